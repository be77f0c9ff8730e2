"""Projects on the phone: for members, and what is public for everybody."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import condition

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..models import Category
from ..selectors import projects as reads
from ..selectors.people import volunteer

PER_PAGE = 20
# Places fill up without the register noticing: a page that a browser keeps is asked for again after this.
FRESH_SECONDS = 60


def _etag(request: HttpRequest, *args: object, **kwargs: object) -> str | None:
    """For visitors only: what members see depends on who they are."""
    actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_anonymous:
        return None
    slot = int(clock.now().timestamp()) // FRESH_SECONDS
    return f'"{reads.register_version()}-{slot}-{request.COOKIES.get("mode", "")}"'


@condition(etag_func=_etag)
def project_list(request: TenantRequest) -> HttpResponse:
    """Those that still have shifts first."""
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    category = request.GET.get("category", "")
    category = category if category in Category.values else ""
    rows = reads.upcoming(request.actor, at=clock.now(), category=category, words=words)
    tabs = [{"label": _("全部"), "url": "?", "active": not category}]
    tabs += [
        {"label": label, "url": f"?category={code}", "active": code == category} for code, label in Category.choices
    ]
    return render(request, "volunteering/h5/list.html", {
        "page": numbered_page(rows, request.GET.get("cursor"), size=PER_PAGE), "words": words, "category": category,
        "tabs": tabs,
    })  # fmt: skip


@condition(etag_func=_etag)
def project_detail(request: TenantRequest, project_id: uuid.UUID) -> HttpResponse:
    """Members sign up here, with one tap."""
    project, person = reads.get_project(project_id=project_id, actor=request.actor), volunteer(request.actor)
    return render(request, "volunteering/h5/project.html", {
        "project": project, "offers": reads.offers(project, person, at=clock.now()), "person": person,
    })  # fmt: skip
