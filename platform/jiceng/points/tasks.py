"""Doors for background work."""

from __future__ import annotations

from datetime import timedelta

from jiceng.kernel.clock import local_zone, now

from .services import flags, standings


def look_for_flags() -> None:
    """Yesterday, in the tenant's zone."""
    at = now()
    flags.look(day=at.astimezone(local_zone()).date() - timedelta(days=1), at=at)


def forget_old() -> None:
    """Sums of periods that no board shows any more."""
    standings.forget_old(now().astimezone(local_zone()).date())
