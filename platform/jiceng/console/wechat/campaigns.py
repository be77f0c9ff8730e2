"""微信推送: each push to many, counted while it runs, and stopped where it must be."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest
from jiceng.wechat import selectors, wording
from jiceng.wechat.models import Campaign, Channel, PushState
from jiceng.wechat.services import campaigns as services

from ..submission import page_url

PER_PAGE = 50
LIVE = frozenset({PushState.QUEUED, PushState.SENDING})
REACHED = frozenset({PushState.SENT, PushState.DELIVERED})
TONES = {PushState.DELIVERED: "ok", PushState.SENT: "ok", PushState.FAILED: "bad", PushState.UNKNOWN: "gold"}


def campaign_list(request: TenantRequest) -> HttpResponse:
    """``?q=``: part of the title."""
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    page = Paginator(selectors.list_campaigns(words=words), 30).get_page(request.GET.get("cursor"))
    counted = selectors.figures_of(list(page.object_list))
    rows = [(row, _short(counted[row.pk])) for row in page.object_list]
    paused = selectors.lanes_waiting(clock.now())
    context = {"page": page, "rows": rows, "words": words, "paused": paused, **_turns(page)}
    return render(request, "console/wechat/campaigns.html", context)


def campaign(request: TenantRequest, campaign_id: uuid.UUID) -> HttpResponse:
    """Figures, which htmx asks for again while anything is on its way, and the people: ``?state=``."""
    found = selectors.get_campaign(campaign_id)
    context = _figures(found)
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "console/wechat/campaign_figures.html", context)
    state = request.GET.get("state", "")
    state = state if state in PushState.values else ""
    page = Paginator(selectors.pushes_of(found, state=state), PER_PAGE).get_page(request.GET.get("cursor"))
    tabs = [{"label": _("全部"), "url": "?", "active": not state}]
    tabs += [
        {"label": row["label"], "url": f"?state={row['state']}", "active": row["state"] == state}
        for row in context["states"]
    ]
    notice = (found.key or "").removeprefix("notice:") if (found.key or "").startswith("notice:") else ""
    context |= {
        "page": page, "rows": [(row, wording.trail_words(row.trail)) for row in page.object_list], "tabs": tabs, "notice": notice,
        "crumbs": [(_("微信推送"), page_url("campaigns", "wechat")), (found.title, "")], **_turns(page),
    }  # fmt: skip
    return render(request, "console/wechat/campaign.html", context)


def cancel(request: TenantRequest, campaign_id: uuid.UUID) -> HttpResponse:
    count = services.cancel(campaign_id=campaign_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已取消 %(count)d 条。") % {"count": count})
    return redirect(page_url("campaign", "wechat", campaign_id=campaign_id))


def again(request: TenantRequest, campaign_id: uuid.UUID) -> HttpResponse:
    count = services.send_unknown_again(campaign_id=campaign_id, actor=request.actor, at=clock.now())
    messages.success(request, _("正在重发 %(count)d 条。") % {"count": count})
    return redirect(page_url("campaign", "wechat", campaign_id=campaign_id))


def _figures(found: Campaign) -> dict[str, Any]:
    counted = selectors.campaign_figures(found)
    totals: dict[str, int] = {}
    for (state, _channel), count in counted.items():
        totals[state] = totals.get(state, 0) + count
    channels = dict(Channel.choices)
    return {
        "campaign": found, "total": sum(totals.values()), "is_live": any(state in totals for state in LIVE),
        "states": [
            {"state": state, "label": label, "count": totals[state], "tone": TONES.get(state, "")}  # type: ignore[call-overload]
            for state, label in PushState.choices
            if state in totals
        ],
        "ways": [
            {"way": channels.get(channel, _("没有可用的方式")), "state": PushState(state).label, "count": count}
            for (state, channel), count in sorted(counted.items(), key=lambda item: (item[0][1], item[0][0]))
        ],
        "waiting": totals.get(PushState.QUEUED, 0), "unknown": totals.get(PushState.UNKNOWN, 0),
    }  # fmt: skip


def _short(counted: Mapping[str, int]) -> dict[str, int]:
    """A row's figures: everybody, whom it reached, who is still to come, and the rest."""
    total, live, reached = (
        sum(count for state, count in counted.items() if state in states)
        for states in (PushState.values, LIVE, REACHED)
    )
    return {"total": total, "reached": reached, "live": live, "missed": total - reached - live}


def _turns(page: Any) -> dict[str, Any]:
    return {
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
    }
