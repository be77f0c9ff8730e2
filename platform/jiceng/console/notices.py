"""消息发送记录: what was sent, whom it reached by which way, and why not."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.audit.services import record
from jiceng.kernel import clock
from jiceng.kernel.registry import registry
from jiceng.notices import channels, selectors, services
from jiceng.notices.models import DeliveryState, Entry, Notice, SkipReason
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer

from .submission import page_url

PER_PAGE, PEOPLE_PER_PAGE = 30, 50
SHOWS = (
    ("", gettext_lazy("全部")), ("unread", gettext_lazy("未读")), ("skipped", gettext_lazy("未推送")), ("failed", gettext_lazy("推送失败")),
)  # fmt: skip


def notice_list(request: TenantRequest) -> HttpResponse:
    """``?q=``: part of the title."""
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    page = Paginator(selectors.sent_notices(words=words), PER_PAGE).get_page(request.GET.get("cursor"))
    return render(request, "console/notices/list.html", {
        "rows": [(notice, _label(notice)) for notice in page.object_list], "page": page, "words": words,
        "channels": [(channel.label, channel.is_on()) for channel in channels.all_channels()], **_turns(page),
    })  # fmt: skip


def notice_detail(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Figures, and the people: ``?show=`` all, ``unread``, ``skipped``, ``failed``."""
    notice = selectors.get_notice(notice_id)
    show = request.GET.get("show", "")
    show = show if show in dict(SHOWS) else ""
    page = Paginator(selectors.entries_of(notice, show=show), PEOPLE_PER_PAGE).get_page(request.GET.get("cursor"))
    figures = selectors.figures(notice)
    return render(request, "console/notices/detail.html", {
        "notice": notice, "label": _label(notice), "figures": figures, "page": page, "show": show,
        "deliveries": [_delivery_words(*key, count) for key, count in sorted(figures.deliveries.items())],
        "failed": sum(count for (_c, state, _r), count in figures.deliveries.items() if state == DeliveryState.FAILED),
        "tabs": [{"label": label, "url": f"?show={code}" if code else "?", "active": code == show} for code, label in SHOWS],
        "crumbs": [(_("消息发送记录"), page_url("notices", "notices")), (_("发送情况"), "")], **_turns(page),
    })  # fmt: skip


def notice_export(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponse:
    """Everybody it went to, with each way out, as CSV."""
    notice = selectors.get_notice(notice_id)
    record(
        action="notices.notice.exported", actor=request.actor, target=str(notice.pk), target_label=notice.title
    )  # fmt: skip
    return csv_answer(_("消息发送记录"), (_("姓名"), _("账号"), _("阅读时间"), _("推送")), _csv_rows(notice))


def notice_retry(request: TenantRequest, notice_id: uuid.UUID) -> HttpResponse:
    count = services.retry_failed(notice_id=notice_id, actor=request.actor, at=clock.now())
    messages.success(request, _("正在重发 %(count)d 条。") % {"count": count})
    return redirect(page_url("notice", "notices", notice_id=notice_id))


def _csv_rows(notice: Notice) -> Iterator[tuple[object, ...]]:
    for entry in selectors.entries_of(notice):
        read_at = f"{entry.read_at.astimezone(clock.local_zone()):%Y-%m-%d %H:%M}" if entry.read_at else ""
        yield entry.user.display_name, entry.user.username, read_at, _outcome(entry)


def _outcome(entry: Entry) -> str:
    return "；".join(
        f"{_channel_label(row.channel)} {row.get_reason_display() or row.get_state_display()}"
        for row in entry.deliveries.all()
    )


def _delivery_words(channel: str, state: str, reason: str, count: int) -> dict[str, Any]:
    label = SkipReason(reason).label if reason else DeliveryState(state).label
    return {"channel": _channel_label(channel), "state": state, "label": label, "count": count}


def _channel_label(code: str) -> str:
    channel = channels.by_code(code)
    return str(channel.label) if channel else code


def _label(notice: Notice) -> str:
    declared = registry.notice_categories.get(notice.category)
    return str(declared.label) if declared else notice.category


def _turns(page: Any) -> dict[str, Any]:
    return {
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
    }
