"""The life of a delivery: claimed by the relay, begun and performed by a worker, retried, given up.

Blind to tenants: everything happens in the scope that the caller has entered. A delivery is run under a row lock, in the
transaction that also marks it done; whoever finds the row locked leaves it alone. Losing the message that carries it
only means that it is claimed again when its lease has run out.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.module_loading import import_string

from jiceng.kernel import agenda
from jiceng.kernel.clock import now
from jiceng.kernel.registry import registry

from .errors import Undeliverable
from .models import Delivery, DeliveryState, MessageKind, OutboxMessage
from .received import ReceivedEvent


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery to hand to a worker. ``name``: its handler, as the envelope names it."""

    id: uuid.UUID
    name: str


def claim(*, at: datetime, limit: int) -> list[Claimed]:
    """Lease up to ``limit`` due deliveries, the longest overdue first. Call inside ``atomic``; skips locked rows."""
    due = Delivery.objects.select_for_update(skip_locked=True).filter(state=DeliveryState.PENDING, due_at__lte=at)
    free = due.exclude(lease_until__gt=at).order_by("due_at", "id")
    rows = list(free.values_list("id", "handler", "sent_count")[:limit])
    for doublings, group in groupby(sorted(rows, key=_doublings), key=_doublings):
        lease = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS * 2**doublings)
        ids = [row[0] for row in group]
        Delivery.objects.filter(pk__in=ids).update(lease_until=at + lease, sent_count=F("sent_count") + 1)
    return [Claimed(row[0], row[1]) for row in rows]


def _doublings(row: tuple[uuid.UUID, str, int]) -> int:
    return min(row[2], settings.OUTBOX_LEASE_DOUBLINGS)


@transaction.atomic
def begin(delivery_id: uuid.UUID, *, name: str) -> int | None:
    """Count an attempt, in a transaction of its own, so that an attempt that kills its process counts too.

    Each time it was handed out allows one attempt, so copies of one message do not use them up.
    Returns the attempt's number; ``None`` when there is nothing to do (finished, begun, or another worker is at it).
    Raises ``Undeliverable``: ``unknown_message``, ``wrong_name``, ``worker_lost``.
    """
    delivery = Delivery.objects.select_for_update(skip_locked=True).filter(pk=delivery_id).first()
    if delivery is None:
        if Delivery.objects.filter(pk=delivery_id).exists():
            return None
        raise Undeliverable("unknown_message", f"no delivery {delivery_id} in this schema")
    if delivery.handler != name:
        raise Undeliverable("wrong_name", f"the envelope says {name!r}, the outbox {delivery.handler!r}")
    if delivery.state != DeliveryState.PENDING or delivery.attempts >= delivery.sent_count:
        return None
    if delivery.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        raise Undeliverable("worker_lost", f"begun {delivery.attempts} times, never finished; {delivery.last_error}")
    delivery.attempts += 1
    delivery.save(update_fields=["attempts"])
    return delivery.attempts


@transaction.atomic
def perform(delivery_id: uuid.UUID, *, attempt: int, modules: Collection[str] | None) -> str | None:
    """Run the handler and mark the delivery done, both or neither; returns the final state.

    ``modules``: those that are on; ``None`` where modules play no part. ``None`` is returned when a later attempt or
    another worker has the delivery. Raises what the handler raises, and ``Undeliverable`` for an unknown handler.
    Waits for the row: whoever holds it now is only finding out, in ``begin``, that this attempt was begun.
    """
    locked = Delivery.objects.select_for_update(of=("self",)).select_related("message")
    delivery = locked.filter(pk=delivery_id, state=DeliveryState.PENDING, attempts=attempt).first()
    if delivery is None:
        return None
    if modules is not None and delivery.module not in modules:
        return _finish(delivery, DeliveryState.SKIPPED)
    _call(delivery)
    return _finish(delivery, DeliveryState.DONE)


def _finish(delivery: Delivery, state: DeliveryState) -> str:
    delivery.state = state
    delivery.finished_at = now()
    delivery.save(update_fields=["state", "finished_at"])
    return str(state)


def _call(delivery: Delivery) -> None:
    message = delivery.message
    if message.kind == MessageKind.TASK:
        if message.name not in registry.tasks:
            raise Undeliverable("unknown_task", f"no manifest declares task {message.name!r}")
        _module, path = registry.tasks[message.name]
        _load(path)(**message.payload)
        return
    _load(delivery.handler)(_received(message))


def _load(path: str) -> Callable[..., object]:
    try:
        return import_string(path)
    except ImportError as error:
        raise Undeliverable("unknown_task", f"cannot import {path!r}: {error}") from error


def _received(message: OutboxMessage) -> ReceivedEvent:
    return ReceivedEvent(
        id=message.id, name=message.name, payload=message.payload, actor_id=message.actor_id,
        happened_at=message.created_at,
    )  # fmt: skip


@transaction.atomic
def retry_later(delivery_id: uuid.UUID, *, attempt: int, error: str, at: datetime) -> bool:
    """After a failed attempt: put the delivery back on the agenda. ``False`` when its attempts are used up."""
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.state != DeliveryState.PENDING or delivery.attempts != attempt:
        return True
    if attempt >= settings.OUTBOX_MAX_ATTEMPTS:
        return False
    delivery.due_at = at + backoff(attempt)
    delivery.lease_until = None
    delivery.last_error = error[:500]
    delivery.save(update_fields=["due_at", "lease_until", "last_error"])
    agenda.wake("outbox", delivery.due_at)
    return True


def backoff(attempt: int) -> timedelta:
    """The wait after attempt ``attempt`` has failed: doubling up to a cap, minus up to a quarter at random."""
    seconds = min(settings.OUTBOX_RETRY_BASE_SECONDS * 2 ** (attempt - 1), settings.OUTBOX_RETRY_CAP_SECONDS)
    return timedelta(seconds=seconds * random.uniform(0.75, 1))  # noqa: S311  spreads load, keeps no secret


@transaction.atomic
def give_up(delivery_id: uuid.UUID, *, error: str) -> bool:
    """Mark a pending delivery dead; ``False`` when it is not pending any more."""
    return bool(
        Delivery.objects.filter(pk=delivery_id, state=DeliveryState.PENDING).update(
            state=DeliveryState.DEAD, last_error=error[:500], finished_at=now()
        )
    )


@transaction.atomic
def revive(delivery_id: uuid.UUID) -> bool:
    """Begin anew with a dead delivery; ``False`` when it is not dead."""
    at = now()
    revived = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.DEAD).update(
        state=DeliveryState.PENDING, attempts=0, sent_count=0, lease_until=None, due_at=at, finished_at=None
    )
    if revived:
        agenda.wake("outbox", at)
    return bool(revived)


@transaction.atomic
def discard(delivery_id: uuid.UUID) -> bool:
    """Close a dead delivery without running it; ``False`` when it is not dead."""
    return bool(
        Delivery.objects.filter(pk=delivery_id, state=DeliveryState.DEAD).update(
            state=DeliveryState.DISCARDED, finished_at=now()
        )
    )
