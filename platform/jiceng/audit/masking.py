"""Keeping secrets and personal numbers out of the audit trail."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

MASK = "***"
_SENSITIVE = (
    "password", "passwd", "secret", "token", "phone", "mobile", "telephone", "id_number", "id_card", "recovery_code",
    "api_key", "authorization", "cookie", "session_key",
)  # fmt: skip


def is_sensitive(key: str) -> bool:
    """Whether values under ``key`` must not be kept in clear."""
    lowered = key.lower().replace("-", "_")
    return any(word in lowered for word in _SENSITIVE)


def masked(value: Any) -> Any:
    """A copy of ``value`` as JSON can hold it, with everything under a sensitive key replaced by ``***``."""
    if isinstance(value, dict):
        return {
            str(key): MASK if is_sensitive(str(key)) and item not in (None, "", []) else masked(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple, set, frozenset)):
        return [masked(item) for item in value]
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
