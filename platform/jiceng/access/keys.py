"""Recognising API keys. The HTTP side is the API shell's."""

from __future__ import annotations

import hmac
import ipaddress
import re
from datetime import datetime, timedelta

from jiceng.kernel.clock import now
from jiceng.kernel.crypto import hash_token

from .errors import KeyRefused
from .models import ApiKey

KEY_MARK = "jck"
PREFIX_LENGTH = 8
USED_EVERY = timedelta(minutes=1)
_TOKEN = re.compile(rf"{KEY_MARK}_([a-z0-9]{{{PREFIX_LENGTH}}})_[0-9a-f]{{48}}")
_NO_HASH = "0" * 64


def looks_like_key(token: str) -> bool:
    """Whether the text has the form of a key, for refusing keys in places where they must not be."""
    return _TOKEN.search(token) is not None


def authenticate(token: str, address: str) -> ApiKey:
    """The valid key of this token, used from ``address``. Raises ``KeyRefused`` for whatever reason.

    For a while after a change of secret the one before opens too. One query, compared in constant time; a second one, at
    most once a minute, notes the use.
    """
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise KeyRefused
    key, at = ApiKey.objects.filter(prefix=match[1]).first(), now()
    is_same, is_previous = _compare(key, hash_token(token), at)
    if key is None or not (is_same or is_previous) or key.state_at(at) != "active" or not _is_allowed(key, address):
        raise KeyRefused
    _note_use(key, at, "previous_used_at" if is_previous else "last_used_at")
    return key


def _compare(key: ApiKey | None, presented: str, at: datetime) -> tuple[bool, bool]:
    """Whether it is the secret in force, or the one before while that still opens. Both are compared whatever comes out."""
    is_same = hmac.compare_digest(presented, key.key_hash if key else _NO_HASH)
    has_previous = key is not None and key.has_previous_at(at)
    is_previous = hmac.compare_digest(presented, key.previous_hash if key and has_previous else _NO_HASH)
    return is_same, is_previous and has_previous


def _is_allowed(key: ApiKey, address: str) -> bool:
    if not key.allowed_addresses:
        return True
    try:
        client = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(client, "ipv4_mapped", None)
    return any((mapped or client) in ipaddress.ip_network(network) for network in key.allowed_addresses)


def _note_use(key: ApiKey, at: datetime, field: str) -> None:
    """Requests with one key come side by side: whoever finds the row locked leaves the noting to the other."""
    used_at = getattr(key, field)
    if used_at is None or at - used_at >= USED_EVERY:
        free = ApiKey.objects.filter(pk=key.pk).select_for_update(skip_locked=True)
        ApiKey.objects.filter(pk__in=free.values("pk")).update(**{field: at})
        setattr(key, field, at)
