"""The relay: from due wake-ups to deliveries in the hands of workers. What is not due is not looked at.

One transaction per tenant takes its due wake-ups away, leases its due deliveries and writes the next wake-up, at the
latest for when those leases run out. Only after it has committed are the envelopes sent. Whatever dies in between, the
next wake-up brings the delivery again; any number of relays may run side by side.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from celery import Celery
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Min, QuerySet
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from jiceng.events import delivering, selectors
from jiceng.events.models import Delivery
from jiceng.kernel import agenda, crypto
from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue

from ..context import platform_scope
from ..models import Agenda
from . import schedules
from .envelope import seal
from .targets import Target, by_role

logger = logging.getLogger(__name__)
DELIVER, BEAT = "jiceng.deliver", "jiceng.beat"
ROLES_PER_TICK = 200
# Deliveries that are due and yet could not be claimed are being run right now: look again after this.
RECHECK = timedelta(seconds=5)
# A tenant that is suspended, or whose schema gives errors, is left alone for this long.
UNSERVED = timedelta(minutes=10)
TROUBLED = timedelta(seconds=30)


class BrokerAway(Exception):
    """Celery's broker does not take messages; what was leased has been given back."""


def tick() -> int:
    """Serve every tenant that has something due; returns how many deliveries were sent.

    Raises ``BrokerAway``, and ``OperationalError``/``InterfaceError`` when the database is away. Trouble with one
    tenant is logged and does not keep the others waiting.
    """
    roles = due_roles(now())
    room = settings.OUTBOX_QUEUE_LIMIT - queued() if roles else 0
    sent = 0
    for role in roles:
        if sent >= room:
            break
        try:
            sent += serve(role, limit=min(settings.OUTBOX_BATCH, room - sent))
        except (OperationalError, InterfaceError, BrokerAway):
            raise
        except Exception:
            logger.exception("relay: role %s gives errors", role)
            _postpone(role)
    return sent


def due_roles(at: datetime) -> list[str]:
    """Roles with due wake-ups, the longest overdue first. The only thing a tick with nothing due asks."""
    with platform_scope():
        found = _due(at).values("role_name").annotate(oldest=Min("due_at")).order_by("oldest")
        return [row["role_name"] for row in found[:ROLES_PER_TICK]]


def _due(at: datetime) -> QuerySet[Agenda]:
    return Agenda.objects.filter(due_at__lte=at).exclude(lease_until__gt=at)


def serve(role: str, *, limit: int) -> int:
    """Hand out up to ``limit`` due deliveries of one role; returns how many were sent."""
    with platform_scope(), transaction.atomic():
        target, claimed = _claim(role, now(), limit)
    if target is None:
        return 0
    _send(target, claimed)
    return len(claimed)


def _claim(role: str, at: datetime, limit: int) -> tuple[Target | None, list[delivering.Claimed]]:
    with platform_scope():
        rows = list(_due(at).select_for_update(skip_locked=True).filter(role_name=role))
        target = by_role(role) if rows else None
        ids = [row.pk for row in rows]
        if target is None or target.is_gone:
            Agenda.objects.filter(pk__in=ids).delete()
            return None, []
        if not target.is_served:
            Agenda.objects.filter(pk__in=ids).update(lease_until=at + UNSERVED)
            return None, []
        scheduled = [(row.kind, row.due_at) for row in rows if row.kind.startswith(schedules.PREFIX)]
        Agenda.objects.filter(pk__in=[row.pk for row in rows if not row.kind.startswith(schedules.PREFIX)]).delete()
        fired = schedules.fire(scheduled, target, at)
    with target.scope():
        for task, due_at in fired:
            enqueue(task, key=f"{schedules.PREFIX}{task}:{due_at.isoformat()}")
        claimed = delivering.claim(at=now(), limit=limit)
        _wake_again(at, is_full=len(claimed) == limit)
    return target, claimed


def _wake_again(at: datetime, *, is_full: bool) -> None:
    """Write the scope's next wake-up, if anything is left: at once after a full batch."""
    due_at = selectors.next_due_at()
    if due_at is not None:
        agenda.wake("outbox", due_at if is_full else max(due_at, at + RECHECK))


def _postpone(role: str) -> None:
    at = now()
    with platform_scope():
        _due(at).filter(role_name=role).update(lease_until=at + TROUBLED)


def _send(target: Target, claimed: list[delivering.Claimed]) -> None:
    app = application()
    for position, delivery in enumerate(claimed):
        try:
            app.send_task(DELIVER, kwargs={"envelope": seal(target, delivery.id, delivery.name)})
        except (BrokerError, RedisError, OSError) as error:
            _give_back(target, claimed[position:])
            raise BrokerAway(str(error)) from error


def _give_back(target: Target, unsent: list[delivering.Claimed]) -> None:
    with target.scope(), transaction.atomic():
        ids = [delivery.id for delivery in unsent]
        Delivery.objects.filter(pk__in=ids).update(lease_until=None, sent_count=F("sent_count") - 1)
        agenda.wake("outbox", now())


def queued() -> int:
    """How many messages wait for a worker. More than a lease's worth would only be copies. Raises ``BrokerAway``."""
    app = application()
    try:
        with app.pool.acquire(block=True) as connection:
            # Not passive: with a key prefix kombu then says that the queue does not exist.
            return connection.default_channel.queue_declare(queue=app.conf.task_default_queue).message_count
    except (BrokerError, RedisError, OSError) as error:
        raise BrokerAway(str(error)) from error


def send_beat() -> None:
    """Send the watchdog's message: when a worker takes it, the whole way through the broker works."""
    sent_at = now().isoformat()
    try:
        application().send_task(
            BEAT, kwargs={"sent_at": sent_at, "signature": crypto.sign(sent_at, purpose="beat")}, expires=60
        )
    except (BrokerError, RedisError, OSError) as error:
        raise BrokerAway(str(error)) from error


def application() -> Celery:
    return import_string(settings.CELERY_APPLICATION)
