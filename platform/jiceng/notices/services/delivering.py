"""Handing out what is due. A worker's job; several may run at once.

Rows are locked while their channel is asked, so nobody else sends them. A worker killed in between lets go of them, and
the next one sends again with the same ``Message.key``: at least once, and once wherever the receiver heeds the key.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.context import require_scope
from jiceng.kernel.tasks import enqueue

from .. import channels, selectors
from ..channels.port import Line
from ..errors import NothingToRetry
from ..manifest import TODO
from ..models import Delivery, DeliveryState, Notice, NoticeState, SkipReason

BATCH = 100
# Waits before the second, third, … attempt.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
_CHANGED = ("state", "reason", "due_at", "attempts", "detail", "finished_at")


@transaction.atomic
def deliver_due(*, at: datetime) -> int:
    """Send up to 100 deliveries (and whatever else is due for the same people); returns how many were dealt with."""
    rows = _claim(at)
    by_channel: dict[str, list[Delivery]] = {}
    for row in rows:
        by_channel.setdefault(row.channel, []).append(row)
    for code, some in by_channel.items():
        _hand_out(some, channels.by_code(code), at)
    Delivery.objects.bulk_update(rows, _CHANGED)
    for due in sorted({row.due_at for row in rows if row.state == DeliveryState.WAITING}):
        enqueue("notices.deliver", at=due)
    return len(rows)


@transaction.atomic
def retry_failed(*, notice_id: uuid.UUID, actor: Actor, at: datetime) -> int:
    """Try the failed deliveries of a notice again; returns how many. Raises ``NoticeUnknown``, ``NothingToRetry``."""
    notice = selectors.get_notice(notice_id)
    failed = Delivery.objects.filter(entry__notice=notice, state=DeliveryState.FAILED)
    count = failed.update(state=DeliveryState.WAITING, due_at=at, attempts=0, finished_at=None)
    if not count:
        raise NothingToRetry
    enqueue("notices.deliver")
    record(
        action="notices.notice.retried", actor=actor, target=str(notice.pk), target_label=notice.title,
        after={"count": count},
    )  # fmt: skip
    return count


def _claim(at: datetime) -> list[Delivery]:
    due = (
        Delivery.objects.filter(state=DeliveryState.WAITING, due_at__lte=at)
        .select_related("entry__notice", "entry__user")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("due_at", "id")
    )
    first = list(due[:BATCH])
    users = {row.entry.user_id for row in first}
    # What else is due for the same people goes into the same message.
    return first + list(due.filter(entry__user__in=users).exclude(pk__in=[row.pk for row in first]))


def _hand_out(rows: list[Delivery], channel: channels.Channel | None, at: datetime) -> None:
    if channel is None or not channel.is_on():
        for row in rows:
            _skip(row, SkipReason.CHANNEL_OFF, at)
        return
    addresses = channel.addresses([row.entry.user_id for row in rows])
    done = selectors.done_sources(row.entry.notice for row in rows)
    batches: dict[object, list[Delivery]] = {}
    for row in rows:
        if reason := _reason_against(row, addresses, done):
            _skip(row, reason, at)
        else:
            # Urgent ones go alone, all others of one person together.
            batches.setdefault(row.pk if row.entry.notice.is_urgent else row.entry.user_id, []).append(row)
    messages = [_message(batch, addresses) for batch in batches.values()]
    for batch, result in zip(batches.values(), channel.push(messages) if messages else [], strict=True):
        _settle(batch, result, at)


def _reason_against(row: Delivery, addresses: dict[uuid.UUID, str], done: set[str]) -> SkipReason | None:
    entry = row.entry
    if entry.notice.state == NoticeState.WITHDRAWN:
        return SkipReason.WITHDRAWN
    if not entry.user.is_active:
        return SkipReason.USER_DISABLED
    if entry.read_at is not None:
        return SkipReason.READ_ALREADY
    if entry.notice.category == TODO and entry.notice.source in done:
        return SkipReason.DONE
    return None if entry.user_id in addresses else SkipReason.NO_ADDRESS


def _message(batch: list[Delivery], addresses: dict[uuid.UUID, str]) -> channels.Message:
    user_id = batch[0].entry.user_id
    lines = tuple(_line(row.entry.notice) for row in batch)
    key, is_urgent = f"{require_scope().schema}.{batch[0].pk}", batch[0].entry.notice.is_urgent
    return channels.Message(key, batch[0].pk, is_urgent, user_id, addresses[user_id], lines)


def _line(notice: Notice) -> Line:
    return Line(notice.pk, notice.title, notice.text, notice.url, notice.category, notice.created_at)


def _settle(batch: list[Delivery], result: channels.Result, at: datetime) -> None:
    for position, row in enumerate(batch):
        row.attempts += 1
        row.detail = result.detail[:200]
        if result.answer is channels.Answer.REFUSED:
            _skip(row, SkipReason.REFUSED, at)
        elif result.answer is channels.Answer.NO_WAY:
            _skip(row, SkipReason.NO_WAY, at)
        elif result.answer in (channels.Answer.SENT, channels.Answer.HANDED) and position:
            _skip(row, SkipReason.IN_DIGEST, at)
        elif result.answer is channels.Answer.HANDED:
            row.state = DeliveryState.HANDED
        elif result.answer is channels.Answer.SENT:
            row.state, row.finished_at = DeliveryState.SENT, at
        elif row.attempts <= len(WAITS):
            row.due_at = at + WAITS[row.attempts - 1]
        else:
            row.state, row.finished_at = DeliveryState.FAILED, at


def _skip(row: Delivery, reason: SkipReason, at: datetime) -> None:
    row.state, row.reason, row.finished_at = DeliveryState.SKIPPED, reason, at
