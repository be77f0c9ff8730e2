"""Rate limits: a token bucket in Redis per (tenant, caller), refilled and taken from in one atomic script.

Headers follow draft-ietf-httpapi-ratelimit-headers-10. Without Redis known callers pass and anonymous writes do not.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import redis
from django.conf import settings
from django.http import HttpRequest
from redis.exceptions import RedisError

from jiceng.kernel.context import require_scope
from jiceng.kernel.errors import Unavailable

from .errors import RateLimited

WINDOW_SECONDS = 60
ANONYMOUS_PER_MINUTE = 60
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
logger = logging.getLogger("jiceng.api")

# KEYS[1]: bucket; ARGV: capacity, window in ms. Time is the server's. Returns {allowed, tokens left, ms until one more}.
_SCRIPT = """
local capacity, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local clock = redis.call('TIME')
local at = clock[1] * 1000 + math.floor(clock[2] / 1000)
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, since = tonumber(kept[1]) or capacity, tonumber(kept[2]) or at
tokens = math.min(capacity, tokens + math.max(0, at - since) * capacity / window)
local allowed = 0
if tokens >= 1 then tokens = tokens - 1; allowed = 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', at)
redis.call('PEXPIRE', KEYS[1], window * 2)
local wait = 0
if tokens < 1 then wait = math.ceil((1 - tokens) * window / capacity) end
return {allowed, math.floor(tokens), wait}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a caller's quota. ``reset_seconds``: until at least one request is possible again."""

    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"default";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={self.remaining};t={self.reset_seconds}',
        }


@lru_cache(maxsize=1)
def _script() -> Any:
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
    return client.register_script(_SCRIPT)


def take(request: HttpRequest, actor: Any) -> tuple[Allowance | None, bool]:
    """Count one request of ``actor``: what is left, and whether this one may pass.

    ``None`` when limits are off or Redis cannot be asked; in that case raises ``Unavailable`` for anonymous writes.
    """
    if not settings.API_RATE_LIMITS:
        return None, True
    caller = f"address:{getattr(request, 'address', '')}" if actor.is_anonymous else f"{actor.kind}:{actor.id}"
    limit = ANONYMOUS_PER_MINUTE if actor.is_anonymous else _limit_of(request)
    key = f"{settings.CACHE_PREFIX}:rate:{require_scope().key}:{caller}"
    try:
        allowed, remaining, wait = _script()(keys=[key], args=[limit, WINDOW_SECONDS * 1000])
    except (RedisError, OSError) as error:
        logger.warning("rate limit store unreachable: %s", type(error).__name__)
        if actor.is_anonymous and request.method not in SAFE_METHODS:
            raise Unavailable from error
        return None, True
    reset = math.ceil(wait / 1000) if remaining < 1 else math.ceil(WINDOW_SECONDS / limit)
    return Allowance(limit, remaining, max(1, reset)), bool(allowed)


def refusal(allowance: Allowance) -> RateLimited:
    return RateLimited(retry_after=allowance.reset_seconds)


def _limit_of(request: HttpRequest) -> int:
    tenant = getattr(request, "tenant", None)
    return getattr(tenant, "requests_per_minute", None) or ANONYMOUS_PER_MINUTE
