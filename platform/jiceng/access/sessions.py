"""The session engine (SESSION_ENGINE): rows decide, the cache spares reading them.

The key in the cookie is random; table and cache know it only by its SHA-256. Losing the cache loses no session; a row
that is gone ends its session with the very next request, whatever the cache still holds (``session_user``).
"""

from __future__ import annotations

import hashlib
import logging
from datetime import timedelta
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare
from redis.exceptions import RedisError

from jiceng.kernel.clock import now
from jiceng.kernel.context import request_facts

from .models import Session, User
from .profiles import current_profile

PRIVILEGED = "jc_privileged"  # whether the holder is an administrator or operator, noted at sign-in
PROVED_AT = "jc_proved_at"  # when the holder last gave the password (and code), Unix seconds
SEEN_EVERY = timedelta(minutes=1)
logger = logging.getLogger("jiceng.access")


def hash_key(session_key: str) -> str:
    """How table and cache know the session whose cookie holds ``session_key``."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(SessionBase):
    """Django's session interface over ``access.Session`` and the scoped cache."""

    def load(self) -> dict[str, Any]:
        key_hash = hash_key(self.session_key or "")
        encoded = _cached(key_hash)
        if encoded is None:
            row = Session.objects.filter(key_hash=key_hash, expire_date__gt=now()).first()
            if row is None:
                self._session_key = None
                return {}
            encoded = row.session_data
            _set_cached(key_hash, encoded, int((row.expire_date - now()).total_seconds()))
        return self.decode(encoded)

    def exists(self, session_key: str) -> bool:
        return Session.objects.filter(key_hash=hash_key(session_key)).exists()

    def create(self) -> None:
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write row and cache. Raises ``CreateError`` for a taken key, ``UpdateError`` when the session was ended."""
        if self.session_key is None:
            self.create()
            return
        values = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        key_hash, encoded = hash_key(self.session_key), self.encode(values)
        fields = {"session_data": encoded, "expire_date": self.get_expiry_date(), "user_id": values.get(SESSION_KEY)}
        if must_create:
            _insert(key_hash, fields)
        elif not Session.objects.filter(key_hash=key_hash).update(**fields):
            raise UpdateError
        seconds = self.get_expiry_age()
        _drop_cached(key_hash)
        transaction.on_commit(lambda: _set_cached(key_hash, encoded, seconds))

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            _end(Session.objects.filter(key_hash=hash_key(key)))

    @classmethod
    def clear_expired(cls) -> None:
        Session.objects.filter(expire_date__lt=now()).delete()


def session_user(request: HttpRequest) -> User | None:
    """The user signed in on this request, or ``None``; one query, none for visitors without a session.

    Ends sessions that are idle or too old by the policy profile, of disabled users, and from before a change of
    password. Leaves the row as ``request.session_row``.
    """
    session = request.session
    if not session.session_key or SESSION_KEY not in session:
        return None
    row = (
        Session.objects.select_related("user")
        .filter(key_hash=hash_key(session.session_key), user=session[SESSION_KEY])
        .first()
    )
    if row is None or row.user is None or not _is_good(row, row.user, session):
        session.flush()
        return None
    request.session_row = row  # type: ignore[attr-defined]
    return row.user


def touch(request: HttpRequest) -> None:
    """Note that the session was used; writes at most once a minute. Call after the view's transaction."""
    row: Session | None = getattr(request, "session_row", None)
    if row is None or now() - row.last_seen_at < SEEN_EVERY:
        return
    try:
        Session.objects.filter(pk=row.pk).update(last_seen_at=now(), address=request_facts().address[:45])
    except DatabaseError:
        logger.warning("could not note the use of a session", exc_info=True)


def end_all(user: User, *, keep: str | None = None) -> int:
    """End every session of ``user`` but the one with key ``keep``; returns how many."""
    rows = Session.objects.filter(user=user)
    return _end(rows.exclude(key_hash=hash_key(keep)) if keep else rows)


def end_one(user: User, key_hash: str) -> bool:
    """End one session of ``user``; whether there was one."""
    return bool(_end(Session.objects.filter(user=user, key_hash=key_hash)))


def _is_good(row: Session, user: User, session: SessionBase) -> bool:
    at, limits = now(), current_profile().limits(bool(session.get(PRIVILEGED)))
    if row.expire_date <= at or row.last_seen_at + limits.idle <= at or row.created_at + limits.absolute <= at:
        return False
    if not user.is_active or not session.get(BACKEND_SESSION_KEY):
        return False
    return constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash())


def _insert(key_hash: str, fields: dict[str, Any]) -> None:
    facts = request_facts()
    row = Session(key_hash=key_hash, address=facts.address[:45], agent=facts.agent[:200], **fields)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise CreateError from error


def _end(rows: Any) -> int:
    keys = list(rows.values_list("key_hash", flat=True))
    count, _by_model = Session.objects.filter(key_hash__in=keys).delete() if keys else (0, {})
    for key_hash in keys:
        _drop_cached(key_hash)
    return count


def _cache_key(key_hash: str) -> str:
    return f"session:{key_hash}"


def _cached(key_hash: str) -> str | None:
    try:
        return cache.get(_cache_key(key_hash))
    except (RedisError, OSError):
        return None


def _set_cached(key_hash: str, encoded: str, seconds: int) -> None:
    try:
        cache.set(_cache_key(key_hash), encoded, max(1, seconds))
    except (RedisError, OSError):
        logger.warning("session cache not reachable")


def _drop_cached(key_hash: str) -> None:
    try:
        cache.delete(_cache_key(key_hash))
    except (RedisError, OSError):
        logger.warning("session cache not reachable")
