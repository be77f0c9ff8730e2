"""Doors for the background worker."""

from __future__ import annotations

from jiceng.kernel.clock import now

from . import key_reminders


def remind_of_keys() -> None:
    key_reminders.remind(at=now())
