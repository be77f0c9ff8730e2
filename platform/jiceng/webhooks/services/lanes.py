"""Who sends to which endpoint now. One sender at a time for each endpoint, at most four for each tenant.

A lane is a row, so that a lost cache or worker loses nothing. Endpoints that have been failing share two of the four, so
that they cannot take what the others need.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from jiceng.kernel.tasks import enqueue

from ..models import Delivery, DeliveryState, Lane

AT_ONCE, TROUBLED_AT_ONCE = 4, 2
LOOK_AGAIN = timedelta(seconds=1)


def wake(endpoint_id: uuid.UUID, *, at: datetime) -> None:
    """Have a worker look at the lane at ``at``, unless one comes earlier anyway."""
    sleeping = Lane.objects.filter(Q(run_at=None) | Q(run_at__gt=at), endpoint_id=endpoint_id)
    if sleeping.update(run_at=at):
        enqueue("webhooks.send", at=at, endpoint_id=endpoint_id)


def sleep(lane: Lane, until: datetime | None) -> None:
    """Save ``lane``, looked at again at ``until``; ``None``: when something new comes."""
    lane.run_at = until
    lane.save(update_fields=["run_at", "lease_until"])
    if until is not None:
        enqueue("webhooks.send", at=until, endpoint_id=lane.endpoint_id)


def next_look(lane: Lane) -> datetime | None:
    """When the first of what waits is due."""
    waiting = Delivery.objects.filter(endpoint_id=lane.endpoint_id, state=DeliveryState.WAITING)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def is_full(lanes: list[Lane], mine: Lane, *, at: datetime) -> bool:
    """Whether this tenant's senders are all busy. ``lanes``: all of them, locked, with their endpoints."""
    busy = [lane for lane in lanes if lane.pk != mine.pk and lane.lease_until and lane.lease_until > at]
    troubled = sum(1 for lane in busy if lane.endpoint.failing_since)
    return len(busy) >= AT_ONCE or (mine.endpoint.failing_since is not None and troubled >= TROUBLED_AT_ONCE)


def lease() -> timedelta:
    return timedelta(seconds=settings.WEBHOOKS_LEASE_SECONDS)
