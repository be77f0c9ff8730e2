"""Sending what is due to one endpoint, a slice at a time.

A slice is claimed in one transaction and committed before anything leaves; each outcome is stored as soon as it is known.
A worker that dies in between leaves rows that say "sending": when the lease has run out they go again with the same id.
"""

from __future__ import annotations

import logging
import time
import uuid
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from jiceng.kernel.clock import now

from ..models import Delivery, DeliveryState, Lane
from . import lanes, outcomes, pool, transmitting

SLICE = 20
# A slice ends after this even if more of it is left: leases are longer.
SLICE_SECONDS = 20.0
logger = logging.getLogger("jiceng.webhooks")


def run(*, endpoint_id: uuid.UUID, at: datetime) -> None:
    """The task: claim a slice now; when that is committed one of the process's senders takes it."""
    claimed = claim(endpoint_id=endpoint_id, at=at)
    if claimed:
        is_troubled = Lane.objects.filter(pk=endpoint_id, endpoint__failing_since__isnull=False).exists()
        job = partial(send_claimed, endpoint_id, claimed)
        transaction.on_commit(
            partial(pool.hand_over, job, partial(give_back, endpoint_id, claimed), is_troubled=is_troubled)
        )


@transaction.atomic
def claim(*, endpoint_id: uuid.UUID, at: datetime) -> list[uuid.UUID]:
    """Take up to a slice of what is due; returns ids. Writes when somebody has to look again."""
    every = list(Lane.objects.select_for_update(of=("self",)).select_related("endpoint").order_by("pk"))
    lane = next((one for one in every if one.pk == endpoint_id), None)
    if lane is None or (lane.lease_until and lane.lease_until > at):
        return []  # removed; or who sends now looks again when done
    lane.lease_until = None
    recover(lane, at=at)
    if not lane.endpoint.is_active:
        lanes.sleep(lane, None)
        return []
    if lanes.is_full(every, lane, at=at):
        lanes.sleep(lane, at + lanes.LOOK_AGAIN)
        return []
    ids = _take(lane, at)
    if ids:
        lane.lease_until = at + lanes.lease()
    lanes.sleep(lane, lane.lease_until or lanes.next_look(lane))
    return ids


def send_claimed(endpoint_id: uuid.UUID, delivery_ids: list[uuid.UUID]) -> None:
    """Send a slice, storing what came of each. Call outside transactions."""
    began = time.monotonic()
    try:
        for position, delivery_id in enumerate(delivery_ids):
            outcome = transmitting.transmit(delivery_id)
            if outcome is not None:
                outcomes.store(delivery_id, outcome, at=now())
            if (outcome is not None and outcome.is_silent) or time.monotonic() - began > SLICE_SECONDS:
                _untake(delivery_ids[position + 1 :])
                break
        finish(endpoint_id, at=now())
    except Exception:
        logger.exception(
            "webhooks: a slice of %d for %s was not finished; its lease decides", len(delivery_ids), endpoint_id
        )
    finally:
        if not connection.in_atomic_block:
            connection.close()


def give_back(endpoint_id: uuid.UUID, delivery_ids: list[uuid.UUID]) -> None:
    """Nobody in this process is free: another look in a second. Call outside transactions."""
    _untake(delivery_ids)
    finish(endpoint_id, at=now(), not_before=now() + lanes.LOOK_AGAIN)


@transaction.atomic
def finish(endpoint_id: uuid.UUID, *, at: datetime, not_before: datetime | None = None) -> None:
    """Let go of the lane, and write when somebody has to look again."""
    lane = Lane.objects.select_for_update().filter(pk=endpoint_id).first()
    if lane is None:
        return
    lane.lease_until = None
    due_at = lanes.next_look(lane)
    lanes.sleep(lane, due_at and max(due_at, not_before or at))


def recover(lane: Lane, *, at: datetime) -> None:
    """Rows whose sender died: again, with the same id. Call with the lane locked and unleased."""
    Delivery.objects.filter(endpoint_id=lane.pk, state=DeliveryState.SENDING, lease_until__lte=at).update(
        state=DeliveryState.WAITING, lease_until=None, due_at=at
    )


def _take(lane: Lane, at: datetime) -> list[uuid.UUID]:
    """In the order in which they came due. One alone where the endpoint has been failing: the next waits for its outcome."""
    size = 1 if lane.endpoint.failing_since else SLICE
    waiting = Delivery.objects.filter(endpoint_id=lane.pk, state=DeliveryState.WAITING, due_at__lte=at)
    rows = list(waiting.select_for_update(skip_locked=True).order_by("due_at", "position", "id")[:size])
    for row in rows:
        row.state, row.lease_until, row.attempts = DeliveryState.SENDING, at + lanes.lease(), row.attempts + 1
    Delivery.objects.bulk_update(rows, ("state", "lease_until", "attempts"))
    return [row.pk for row in rows]


@transaction.atomic
def _untake(delivery_ids: list[uuid.UUID]) -> None:
    """These were not tried."""
    rows = list(Delivery.objects.select_for_update().filter(pk__in=delivery_ids, state=DeliveryState.SENDING))
    for row in rows:
        row.state, row.lease_until, row.attempts = DeliveryState.WAITING, None, row.attempts - 1
    Delivery.objects.bulk_update(rows, ("state", "lease_until", "attempts"))
