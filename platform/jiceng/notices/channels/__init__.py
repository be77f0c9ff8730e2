"""The ways out of the inbox. A further one is a file here and a line in ``ALL``; see docs/how-to/send-a-notice.md."""

from __future__ import annotations

from .email import EmailChannel
from .port import Answer, Channel, Message, Result

ALL: tuple[Channel, ...] = (EmailChannel(),)

__all__ = ["ALL", "Answer", "Channel", "Message", "Result", "by_code", "switched_on"]


def switched_on() -> list[Channel]:
    """Those that this tenant uses now."""
    return [channel for channel in ALL if channel.is_on()]


def by_code(code: str) -> Channel | None:
    return next((channel for channel in ALL if channel.code == code), None)
