"""Doors for background work: load by id, call one service."""

from __future__ import annotations

from jiceng.kernel.clock import now

from .services import delivering


def deliver_assignment(*, assignment_id: str) -> None:
    """Make the list of an assignment and tell the people on it."""
    delivering.deliver_assignment(assignment_id=assignment_id, at=now())
