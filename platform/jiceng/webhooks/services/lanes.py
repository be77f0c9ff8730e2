"""Who sends to which endpoint now. One sender at a time for each endpoint, for each tenant four that began just now.

A lane is a row, so that a lost cache or worker loses nothing. Who has been at it for more than a second may be waiting for
somebody dead and makes room, up to eight in all. Endpoints known to fail share two, so that they cannot take what the
others need.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from jiceng.kernel.tasks import enqueue

from ..models import Delivery, DeliveryState, Lane

AT_ONCE, TROUBLED_AT_ONCE, MOST = 4, 2, 8
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
    just_begun = sum(1 for lane in busy if lane.lease_until and lane.lease_until - lease() > at - LOOK_AGAIN)
    if just_begun >= AT_ONCE or len(busy) >= MOST:
        return True
    return mine.endpoint.failing_since is not None and troubled >= TROUBLED_AT_ONCE


def lease() -> timedelta:
    return timedelta(seconds=settings.WEBHOOKS_LEASE_SECONDS)
