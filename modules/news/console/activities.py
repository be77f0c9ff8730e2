"""Activities in the console: who comes, who was there, what came of it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.console.submission import form_page, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .. import selectors
from ..forms.activities import SearchForm
from ..forms.activities_results import ResultForm
from ..manifest.words import PUBLISH
from ..models import SignUpState
from ..selectors import activities as reads
from ..services import activities_exporting as exporting
from ..services import activities_results as results
from ..services import activities_signing as services
from .addresses import url
from .tables import csv_answer

PER_PAGE = 50
SHOWS = (("", gettext_lazy("全部")), ("coming", gettext_lazy("未结束")), ("past", gettext_lazy("已结束")))


def activity_list(request: TenantRequest) -> HttpResponse:
    """Every activity that the actor manages, with how many come."""
    at, show, search = clock.now(), request.GET.get("show", ""), SearchForm(request.GET, label=_("活动或地点"))
    words = search.words()
    found = reads.managed_list(actor=request.actor, at=at, show=show, words=words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("cursor"))
    tabs = [{"label": label, "url": f"?show={code}" if code else "?", "active": code == show} for code, label in SHOWS]
    return render(request, "news/console/activities/list.html", {
        "page": page, "search": search, "words": words, "show": show, "tabs": tabs, **_neighbours(page),
    })  # fmt: skip


def sign_ups(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """Who comes, waits and has cancelled; ticking off who was there."""
    at, search = clock.now(), SearchForm(request.GET, label=_("姓名、组织或备注"))
    words = search.words()
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    activity, figures = reads.activity_of(article), reads.figures(article)
    counts = {
        SignUpState.JOINED: figures.joined, SignUpState.WAITING: figures.waiting, SignUpState.CANCELLED: figures.cancelled,
    }  # fmt: skip
    show = request.GET.get("show", "")
    show = show if show in SignUpState.values else SignUpState.JOINED.value
    page = Paginator(reads.sign_ups(article, show=show, words=words), PER_PAGE).get_page(request.GET.get("cursor"))
    may_publish = selectors.is_managed(article, actor=request.actor, permission=PUBLISH)
    is_open = article.is_published and activity.starts_at - services.EARLY <= at
    return render(request, "news/console/activities/sign_ups.html", {
        "article": article, "activity": activity, "figures": figures, "page": page, "search": search, "words": words, "show": show,
        "may_publish": may_publish, "may_tick": may_publish and is_open and show != SignUpState.CANCELLED,
        "is_over": activity.ends_at <= at, **_neighbours(page),
        "tabs": [
            {"label": f"{state.label} {count}", "url": f"?show={state.value}", "active": state.value == show}
            for state, count in counts.items()
        ],
        "crumbs": [(_("活动报名"), url("activities")), (_("报名名单"), "")],
    })  # fmt: skip


def sign_ups_export(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """Everybody, in the order of signing up, as CSV."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor, permission=PUBLISH)
    rows = exporting.export_sign_ups(article=article, actor=request.actor)
    headers = (_("序号"), _("姓名"), _("组织"), _("状态"), _("备注"), _("报名时间"), _("取消时间"), _("签到"))
    return csv_answer(_("报名名单"), headers, rows)


def attendance(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """``shown``: the rows of the page, ``present``: those ticked. Leads back to the same page of the list."""
    count = services.mark_attendance(
        article_id=article_id, shown=_ids(request, "shown"), present=_ids(request, "present"), actor=request.actor,
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, _("已保存签到，本页 %(count)d 人到场。") % {"count": count})
    return redirect(f"{url('activity-sign-ups', article_id=article_id)}?{request.GET.urlencode()}")


def result(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """Words and pictures below the article, once the activity is over."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor, permission=PUBLISH)
    form = ResultForm(*posted(request), activity=reads.activity_of(article))
    saved = submitted(form, lambda data: results.publish_result(
        article_id=article_id, body=data["body"], pictures=data["pictures"], uploads=data["uploads"],
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("活动成果已发布，读者在文章下方看到。"))
        return redirect(url("preview", article_id=article_id))
    crumbs = [(_("活动报名"), url("activities")), (_("活动成果"), "")]
    return form_page(request, form, template="news/console/activities/result.html", article=article, crumbs=crumbs)


def _neighbours(page: Page[Any]) -> dict[str, str | None]:
    """Cursors of the pages before and after."""
    return {
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
    }


def _ids(request: TenantRequest, name: str) -> list[uuid.UUID]:
    """The ids that a page of the list posts; what is none is left out."""
    found = []
    for text in request.POST.getlist(name)[: 2 * PER_PAGE]:
        try:
            found.append(uuid.UUID(text))
        except ValueError:
            continue
    return found
