"""How many attempts to sign in there are: five per (tenant, username, address), twenty a minute per address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.db import connection
from django.http import HttpRequest
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from jiceng.kernel.context import require_scope
from jiceng.kernel.errors import TooMany, Unavailable

from .profiles import current_profile

WINDOW_SECONDS = 60
# Counting and setting the window's end must be one step, else a crash between them leaves a count that never ends.
_COUNT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""


def failure_limit(request: HttpRequest, credentials: Any) -> int:
    return current_profile().failures


def cool_off(request: HttpRequest | None = None) -> timedelta:
    return current_profile().lockout


def client_address(request: HttpRequest) -> str | None:
    """The address that ``RequestFactsMiddleware`` found; forwarded headers are never read here."""
    return getattr(request, "address", None) or request.META.get("REMOTE_ADDR") or None


def client_description(username: str | None, address: str | None, agent: str, path: str, request: HttpRequest) -> str:
    """What axes writes to the log: no names, for people type passwords into the wrong field."""
    return str(address)


def locked_response(request: HttpRequest, original: Any, credentials: Any) -> Any:
    """What axes answers instead of the view's response once the limit is reached."""
    from .pages.login import locked_page

    return locked_page(request)


def admit(address: str) -> None:
    """Count one attempt from ``address``. Raises ``TooMany``; ``Unavailable`` when Redis cannot count."""
    cache = caches["default"]
    key = cache.make_key(f"login-attempts:{address}")
    try:
        count = cache._cache.get_client(write=True).eval(_COUNT, 1, key, WINDOW_SECONDS)  # type: ignore[attr-defined]
    except (RedisError, OSError) as error:
        raise Unavailable(_("暂时无法登录，请稍后再试。")) from error
    if int(count) > settings.LOGIN_ATTEMPTS_PER_MINUTE:
        raise TooMany(_("尝试次数过多，请一分钟后再试。"), retry_after=WINDOW_SECONDS)


def queue_up(username: str, address: str) -> None:
    """Let attempts on one (tenant, username, address) pass one after the other, until the end of the transaction.

    Without it many at once would all be checked against a count that none of them has yet raised.
    """
    name = f"login|{require_scope().key}|{username}|{address}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [name])
