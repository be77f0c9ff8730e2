"""Doors for background work: load by id, call one service."""

from __future__ import annotations

from jiceng.kernel.clock import now

from .services import tending


def ask_keepers() -> None:
    """Ask keepers of entries that nobody verified for long."""
    tending.ask_keepers(at=now())
