"""Counting how often somebody does something within a window of time, in Redis, per scope."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from django.core.cache import caches
from redis.exceptions import RedisError

logger = logging.getLogger("jiceng.limits")
# Counting and setting the window's end must be one step, else a crash between them leaves a count that never ends.
_COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('TTL', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Tally:
    """``count``: with this one. Every number is given out once, however many come at a time."""

    count: int
    reset_seconds: int


def tally(name: str, *, window_seconds: int) -> Tally | None:
    """Count one deed called ``name`` in the current scope; ``None`` when Redis cannot be asked."""
    cache = caches["default"]
    key = cache.make_key(f"tally:{name}")
    try:
        client = cache._cache.get_client(write=True)  # type: ignore[attr-defined]
        count, left = client.eval(_COUNT, 1, key, window_seconds)
    except (RedisError, OSError) as error:
        logger.warning("tally store unreachable: %s", type(error).__name__)
        return None
    return Tally(int(count), max(1, int(left)))
