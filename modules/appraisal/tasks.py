"""Doors for what runs by the clock."""

from __future__ import annotations

from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue

from .services import moderating


def purge() -> None:
    """Goes on until nothing is left to remove."""
    if moderating.purge(at=now()) >= moderating.BATCH:
        enqueue("appraisal.purge")
