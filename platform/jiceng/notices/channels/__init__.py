"""The ways out of the inbox: the classes that ``settings.NOTICE_CHANNELS`` names; see docs/how-to/send-a-notice.md."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from .port import Answer, Channel, Message, Result

__all__ = ["Answer", "Channel", "Message", "Result", "all_channels", "by_code", "switched_on"]


@lru_cache(maxsize=1)
def all_channels() -> tuple[Channel, ...]:
    return tuple(import_string(path)() for path in settings.NOTICE_CHANNELS)


def switched_on() -> list[Channel]:
    """Those that this tenant uses now."""
    return [channel for channel in all_channels() if channel.is_on()]


def by_code(code: str) -> Channel | None:
    return next((channel for channel in all_channels() if channel.code == code), None)
