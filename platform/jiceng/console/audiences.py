"""Who exactly is in an audience, before anything is saved."""

from __future__ import annotations

from django.core import signing
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.kernel.errors import NotFound
from jiceng.members import audiences
from jiceng.shell.requests import TenantRequest

from .audience_forms import SALT, AudienceForm

PER_PAGE = 50


def preview(request: TenantRequest) -> HttpResponse:
    """Count and list for the audience in the posted form; ``?for=``: the signed permission whose reach holds.

    With htmx the list alone. Those without a login come first: they will get nothing inside the system.
    """
    permission, kept = _signed(request)
    form = AudienceForm(request.POST, actor=request.actor, permission=permission, initial=kept)
    context = {"form": form, "crumbs": [(_("接收人名单"), "")]}
    if form.is_valid():
        definition = form.definition()
        audiences.require_within(definition, actor=request.actor, permission=form.permission)
        people = audiences.people(definition, at=clock.now()).select_related("unit")
        found = people.annotate(has_login=Q(user__isnull=False)).order_by("has_login", "pinyin", "name", "pk")
        page = Paginator(found, PER_PAGE).get_page(request.POST.get("audience-page"))
        context |= {
            "page": page, "count": audiences.count(definition, at=clock.now()),
            "words": audiences.describe(definition),
        }  # fmt: skip
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "console/audiences/people.html" if fragment else "console/audiences/preview.html", context)


def _signed(request: TenantRequest) -> tuple[str, audiences.Definition | None]:
    """The permission, and the audience that may be kept as it is."""
    try:
        permission, kept = signing.loads(request.GET.get("for", ""), salt=SALT, max_age=24 * 3600)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound from error
    return str(permission), audiences.parse(kept) if kept else None
