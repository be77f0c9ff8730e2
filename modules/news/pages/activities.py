"""Activities on the phone: what is coming, signing up, into the calendar."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .. import selectors
from ..models import SignUpState
from ..selectors import activities as reads
from ..services import activities_signing as services
from ..services.activities_calendar import calendar_file


def activity_list(request: TenantRequest) -> HttpResponse:
    """What is coming, mine first; ``?show=past`` what is over."""
    at, is_past = clock.now(), request.GET.get("show") == "past"
    if is_past:
        page = reads.past(actor=request.actor, at=at, cursor=request.GET.get("cursor", ""))
    else:
        page = reads.Page(reads.coming(actor=request.actor, at=at), None)
    tabs = [
        {"label": _("即将开始"), "url": "?", "active": not is_past},
        {"label": _("往期活动"), "url": "?show=past", "active": is_past},
    ]
    return render(request, "news/h5/activities/list.html", {"page": page, "tabs": tabs, "is_past": is_past, "at": at})


def activity_sign_up(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    row = services.sign_up(
        article_id=article_id, actor=request.actor, at=clock.now(), note=request.POST.get("note", "")
    )
    if row.state == SignUpState.WAITING:
        messages.success(request, _("名额已满，您已进入候补，有空缺时会通知您。"))
    else:
        messages.success(request, _("报名成功。"))
    return redirect("h5-news-detail", article_id=article_id)


def activity_cancel(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    services.cancel(article_id=article_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已取消报名。"))
    return redirect("h5-news-detail", article_id=article_id)


def activity_calendar(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """The activity for the phone's own calendar. Withdrawn ones are gone (410)."""
    at = clock.now()
    article = selectors.get_published(article_id=article_id, actor=request.actor, at=at)
    page = request.build_absolute_uri(reverse("h5-news-detail", kwargs={"article_id": article.pk}))
    content = calendar_file(article=article, activity=reads.activity_of(article), url=page, at=at)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8; method=PUBLISH")
    answer["Content-Disposition"] = 'attachment; filename="activity.ics"'
    answer["Cache-Control"] = "private, no-store"
    return answer
