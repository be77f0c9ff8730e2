"""Stopping what has not gone, and deciding about what may or may not have gone."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit

from ..errors import CampaignOver, CampaignUnknown, NothingUnknown
from ..models import Campaign, Push, PushState
from . import lanes, outcomes

AT_ONCE = 1000


@transaction.atomic
def cancel(*, campaign_id: uuid.UUID, actor: Actor, at: datetime) -> int:
    """Stop everything that waits; returns how many. What is being sent at this moment goes out.

    Raises ``CampaignUnknown``, ``CampaignOver`` where nothing waits.
    """
    campaign = _locked(campaign_id)
    count = _cancel(Push.objects.filter(campaign=campaign), at)
    if not count:
        raise CampaignOver
    Campaign.objects.filter(pk=campaign.pk).update(cancelled_at=at, cancelled_by=actor.display_name[:150])
    record(
        action="wechat.campaign.cancelled", actor=actor, target=str(campaign.pk), target_label=campaign.title,
        after={"count": count},
    )  # fmt: skip
    emit("wechat.campaign.cancelled", actor_id=actor.id, payload={"campaign_id": campaign.pk, "count": count})
    return count


@transaction.atomic
def recall(keys: Sequence[str], *, at: datetime) -> None:
    """What was to be told is not true any more: nothing of it goes out after this."""
    _cancel(Push.objects.filter(campaign__key__in=keys), at)


@transaction.atomic
def send_unknown_again(*, campaign_id: uuid.UUID, actor: Actor, at: datetime) -> int:
    """Send those of unknown outcome once more, although some may get it twice; returns how many.

    Raises ``CampaignUnknown``, ``NothingUnknown``.
    """
    campaign = _locked(campaign_id)
    rows = list(Push.objects.select_for_update().filter(campaign=campaign, state=PushState.UNKNOWN)[:AT_ONCE])
    if not rows:
        raise NothingUnknown
    for row in rows:
        row.state, row.due_at, row.attempts, row.finished_at, row.key = (
            PushState.QUEUED,
            at,
            0,
            None,
            secrets.token_hex(16),
        )
    Push.objects.bulk_update(rows, ("state", "due_at", "attempts", "finished_at", "key"))
    for account_id, channel in {(row.account_id, row.channel) for row in rows}:
        lanes.wake(account_id, channel, at=at)
    record(
        action="wechat.campaign.sent_again", actor=actor, target=str(campaign.pk), target_label=campaign.title,
        after={"count": len(rows)},
    )  # fmt: skip
    return len(rows)


def _cancel(pushes: QuerySet[Push], at: datetime) -> int:
    waiting = pushes.filter(state=PushState.QUEUED)
    rows = list(
        waiting.select_for_update().only("pk", "delivery_id", "state", "trail", "channel", "detail", "remark_id")
    )
    Push.objects.filter(pk__in=[row.pk for row in rows]).update(state=PushState.CANCELLED, finished_at=at)
    for row in rows:
        row.state = PushState.CANCELLED
    outcomes.tell(rows)
    return len(rows)


def _locked(campaign_id: uuid.UUID) -> Campaign:
    campaign = Campaign.objects.select_for_update().filter(pk=campaign_id).first()
    if campaign is None:
        raise CampaignUnknown
    return campaign
