"""Telling whoever wanted a push what came of it."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from jiceng.kernel.clock import now
from jiceng.notices.models import DeliveryState, SkipReason
from jiceng.notices.services import Outcome, send, settle_handed

from ..manifest import ASKED
from ..models import CampaignKind, Push, PushState
from ..wording import trail_words

FINAL = frozenset({
    PushState.SENT, PushState.DELIVERED, PushState.UNKNOWN, PushState.FAILED, PushState.SKIPPED, PushState.CANCELLED,
})  # fmt: skip
_STATES = {
    PushState.SENT: (DeliveryState.SENT, ""), PushState.DELIVERED: (DeliveryState.SENT, ""),
    PushState.UNKNOWN: (DeliveryState.UNKNOWN, ""), PushState.FAILED: (DeliveryState.FAILED, ""),
    PushState.SKIPPED: (DeliveryState.SKIPPED, SkipReason.NO_WAY), PushState.CANCELLED: (DeliveryState.SKIPPED, SkipReason.CANCELLED),
}  # fmt: skip


def tell(pushes: Iterable[Push]) -> None:
    """Report pushes that are over: to the notices they came from, and, of answers, to the member's inbox."""
    found = list(pushes)
    wanted = {push.delivery_id: _outcome(push) for push in found if push.delivery_id is not None}
    if wanted:
        settle_handed(wanted, at=now())
    for push in found:
        if push.remark_id is not None and push.state in (PushState.SKIPPED, PushState.FAILED, PushState.UNKNOWN):
            _put_into_inbox(push)


def _outcome(push: Push) -> Outcome:
    state, reason = _STATES[PushState(push.state)]
    if push.state == PushState.SKIPPED and push.detail:
        reason = push.detail if push.detail in SkipReason.values else reason
    words = [trail_words(push.trail), push.get_channel_display() if push.channel else "", push.detail]
    return Outcome(state, str(reason), "；".join(str(word) for word in words if word)[:200])


def _put_into_inbox(push: Push) -> None:
    """No way in WeChat was open for an answer: it waits where the member sees it at the next visit."""
    person = push.person
    if person is None or person.user_id is None or push.campaign.kind != CampaignKind.REPLY:
        return
    send(
        category=ASKED, title=_("您的咨询有新回复"), text=push.campaign.text[:300], url=push.campaign.url,
        source=f"wechat.remark:{push.remark_id}", users=[person.user_id], at=now(), key=f"wechat-answer:{push.remark_id}",
    )  # fmt: skip
