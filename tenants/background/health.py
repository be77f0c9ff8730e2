"""Signs of life of the background processes, and what is not ready."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from django.conf import settings
from django.core.cache import caches
from django.db import DatabaseError, InterfaceError
from django.db.models import Min
from django.db.models.functions import Coalesce
from redis.exceptions import RedisError

from jiceng.kernel.clock import now

from ..context import platform_scope
from ..models import Agenda

logger = logging.getLogger(__name__)
PARTS = ("worker", "scheduler")
SILENT_SECONDS = 60
BEAT_SECONDS = 5.0
KEEP_SECONDS = 24 * 3600

_last_beat: dict[str, float] = {}


def beat(part: str) -> None:
    """Say that ``part`` ("worker", "scheduler") is alive; at most every five seconds, silently without Redis."""
    if time.monotonic() - _last_beat.get(part, -BEAT_SECONDS) < BEAT_SECONDS:
        return
    try:
        caches["landlord"].set(f"beat:{part}", time.time(), KEEP_SECONDS)
        _last_beat[part] = time.monotonic()
    except (RedisError, OSError):
        logger.warning("no sign of life of %s: Redis does not answer", part)


def problems() -> list[str]:
    """What is not ready, of ``database``, ``redis``, ``worker``, ``scheduler``, ``outbox``. Never raises."""
    return [*_database_problems(), *_redis_problems()]


def _database_problems() -> list[str]:
    try:
        oldest = overdue_since()
    except (DatabaseError, InterfaceError, OSError):
        return ["database"]
    late = oldest is not None and now() - oldest > timedelta(seconds=settings.OUTBOX_LAG_SECONDS)
    return ["outbox"] if late else []


def _redis_problems() -> list[str]:
    try:
        beats = caches["landlord"].get_many([f"beat:{part}" for part in PARTS])
    except (RedisError, OSError):
        return ["redis"]
    oldest = time.time() - SILENT_SECONDS
    return [part for part in PARTS if beats.get(f"beat:{part}", 0) < oldest]


def overdue_since():  # type: ignore[no-untyped-def]
    """When the longest overdue wake-up came due (aware), ``None`` when none is overdue. One query on the agenda."""
    at = now()
    with platform_scope():
        waiting = Agenda.objects.filter(due_at__lte=at).exclude(lease_until__gt=at)
        return waiting.aggregate(oldest=Min(Coalesce("lease_until", "due_at")))["oldest"]
