"""The keys of this run in the shared Redis. Never ``cache.clear()``: that empties the other workers' too."""

from __future__ import annotations

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError


def forget() -> None:
    """Remove the keys of this run, and only of this run; what a lost Redis does to it."""
    try:
        server = caches["default"]._cache.get_client()
        keys = list(server.scan_iter(match=f"{settings.TEST_DATABASE}:*", count=5000))
        if keys:
            server.delete(*keys)
    except RedisError:
        return
