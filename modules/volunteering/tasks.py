"""Doors for background work: load by id, call one service."""

from __future__ import annotations

from jiceng.kernel.clock import now

from .services import helping, reminding


def remind_shift(*, shift_id: str, starts_at: str, name: str) -> None:
    """Remind those who come to a shift."""
    reminding.remind_of_shift(shift_id=shift_id, starts_at=starts_at, name=name, at=now())


def purge() -> None:
    """Take away telephone numbers that nobody needs any more."""
    helping.purge(at=now())
