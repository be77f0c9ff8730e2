"""Sending what is due in one lane, a slice at a time.

A slice is claimed in one transaction and committed before anything leaves; its outcomes are stored in another. A worker
that dies in between leaves rows that say "sending": when their lease has run out, those whose channel drops repetitions by
a key go again with the same key, the others are marked unknown. Nothing is ever sent twice silently.
"""

from __future__ import annotations

import logging
import uuid
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue
from jiceng.notices.selectors import unwanted_deliveries

from ..models import Account, Channel, Lane, Push, PushState
from . import lanes, outcomes, settling
from .transmitting import transmit

SLICE = 100
# These drop a repetition that carries the same key (template) or is the same to the letter (WeCom).
IDEMPOTENT = frozenset({Channel.TEMPLATE, Channel.WECOM})
logger = logging.getLogger("jiceng.wechat")


def run(*, account_id: uuid.UUID, channel: str, at: datetime) -> None:
    """The task: claim a slice now, send it when that is committed."""
    claimed = claim(account_id=account_id, channel=channel, at=at)
    if claimed:
        transaction.on_commit(partial(send_claimed, account_id, channel, claimed))


@transaction.atomic
def claim(*, account_id: uuid.UUID, channel: str, at: datetime) -> list[int]:
    """Take up to a slice of what is due and may go now; returns ids. Writes when somebody has to look again."""
    lane = Lane.objects.select_for_update().filter(account_id=account_id, channel=channel).first()
    if lane is None or (lane.lease_until and lane.lease_until > at):
        return []  # who sends now looks again when done
    lane.lease_until = None
    recover(lane, at=at)
    if lane.paused_until and lane.paused_until > at:
        _sleep(lane, lane.paused_until)
        return []
    if not Account.objects.filter(pk=account_id, state="active").exists():
        settling.reroute_all(lane, at=at)
        _sleep(lane, None)
        return []
    room = lanes.refill(lane, at=at)
    rows = _take(lane, room, at)
    if not rows:
        _sleep(lane, next_look(lane, at=at, is_full=room < 1))
        return []
    lanes.spend(lane, len(rows))
    lane.lease_until = at + _lease()
    _sleep(lane, lane.lease_until)
    return [row.pk for row in rows]


def send_claimed(account_id: uuid.UUID, channel: str, push_ids: list[int]) -> None:
    """Send a slice and store what came of it. Call outside transactions."""
    try:
        results = transmit(push_ids, channel=channel)
        finish(account_id=account_id, channel=channel, results=results, at=now())
    except Exception:
        logger.exception("wechat: a slice of %d in lane %s was not finished; its lease decides", len(push_ids), channel)


@transaction.atomic
def finish(*, account_id: uuid.UUID, channel: str, results: dict[int, settling.Result], at: datetime) -> None:
    """Store outcomes, let go of the lane, and write when somebody has to look again."""
    settling.settle(results, at=at)
    lane = Lane.objects.select_for_update().get(account_id=account_id, channel=channel)
    lane.lease_until = None
    room = lanes.refill(lane, at=at)
    _sleep(lane, next_look(lane, at=at, is_full=room < 1))


def recover(lane: Lane, *, at: datetime) -> None:
    """Rows whose worker died while sending: again with the same key, or unknown. Call with the lane locked."""
    stuck = Push.objects.filter(
        account_id=lane.account_id, channel=lane.channel, state=PushState.SENDING, lease_until__lte=at
    )
    if Channel(lane.channel) in IDEMPOTENT:
        stuck.update(state=PushState.QUEUED, lease_until=None, due_at=at)
        return
    lost = list(stuck.select_related("campaign"))
    stuck.update(state=PushState.UNKNOWN, lease_until=None, finished_at=at, detail="发送途中中断，不能确定对方是否收到")
    for push in lost:
        push.state = PushState.UNKNOWN
    outcomes.tell(lost)


def next_look(lane: Lane, *, at: datetime, is_full: bool) -> datetime | None:
    """When the lane has to be looked at again; ``None`` when nothing waits. ``is_full``: no tokens are left now."""
    first = _waiting(lane).order_by("due_at").values_list("due_at", flat=True).first()
    if first is None:
        return None
    soonest = at + timedelta(seconds=1) if is_full else at
    if lane.paused_until:
        soonest = max(soonest, lane.paused_until)
    if lane.day_count >= lanes.PER_DAY[Channel(lane.channel)] and lane.day == lanes.day_of(at):
        soonest = max(soonest, lanes.next_day(at))
    return max(first, soonest)


def _take(lane: Lane, room: int, at: datetime) -> list[Push]:
    due = (
        _waiting(lane).filter(due_at__lte=at).order_by("-is_urgent", "due_at", "id").select_for_update(skip_locked=True)
    )
    rows = list(due[: max(0, min(room, SLICE))])
    rows = _without_unwanted(rows, at)
    batch = uuid.uuid4() if lane.channel == Channel.WECOM else None
    for row in rows:
        row.state, row.lease_until, row.attempts = PushState.SENDING, at + _lease(), row.attempts + 1
        row.batch = row.batch or batch
    Push.objects.bulk_update(rows, ("state", "lease_until", "attempts", "batch"))
    return rows


def _without_unwanted(rows: list[Push], at: datetime) -> list[Push]:
    """What has been read in the meantime need not be pushed any more."""
    unwanted = unwanted_deliveries([row.delivery_id for row in rows if row.delivery_id is not None])
    dropped = [row for row in rows if row.delivery_id in unwanted]
    for row in dropped:
        row.state, row.finished_at, row.detail = PushState.SKIPPED, at, unwanted[row.delivery_id]  # type: ignore[index]
    Push.objects.bulk_update(dropped, ("state", "finished_at", "detail"))
    outcomes.tell(dropped)
    return [row for row in rows if row.delivery_id not in unwanted]


def _waiting(lane: Lane) -> QuerySet[Push]:
    return Push.objects.filter(account_id=lane.account_id, channel=lane.channel, state=PushState.QUEUED)


def _lease() -> timedelta:
    return timedelta(seconds=settings.WECHAT_PUSH_LEASE_SECONDS)


def _sleep(lane: Lane, until: datetime | None) -> None:
    lane.run_at = until
    lane.save()
    if until is not None:
        enqueue("wechat.push", at=until, account_id=lane.account_id, channel=lane.channel)
