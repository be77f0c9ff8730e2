"""When each tenant was last visited, roughly: kept in the shared cache, for operators only."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime

from django.core.cache import caches
from redis.exceptions import RedisError

NOTE_EVERY_SECONDS = 300
KEEP_SECONDS = 400 * 24 * 3600

_noted: dict[uuid.UUID, float] = {}


def note(tenant_id: uuid.UUID) -> None:
    """Remember a visit. At most one write in five minutes, process and tenant; silent when the cache is away."""
    at = time.monotonic()
    if at - _noted.get(tenant_id, -NOTE_EVERY_SECONDS) < NOTE_EVERY_SECONDS:
        return
    _noted[tenant_id] = at
    try:
        caches["landlord"].set(_key(tenant_id), time.time(), KEEP_SECONDS)
    except (RedisError, OSError):
        _noted.pop(tenant_id, None)


def last_visits(tenant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """The last visit of each of these tenants, where it is known. One read of the cache."""
    keys = {_key(tenant_id): tenant_id for tenant_id in tenant_ids}
    try:
        found = caches["landlord"].get_many(keys)
    except (RedisError, OSError):
        return {}
    return {keys[key]: datetime.fromtimestamp(seconds, UTC) for key, seconds in found.items()}


def _key(tenant_id: uuid.UUID) -> str:
    return f"visited:{tenant_id}"
