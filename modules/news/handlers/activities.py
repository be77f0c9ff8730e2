"""Doors for background work on activities: load by id, call one service."""

from __future__ import annotations

import uuid

from jiceng.kernel.clock import now

from ..services import activities


def remind_activity(*, article_id: str, starts_at: str) -> None:
    """The day before: remind those who come."""
    activities.remind_of_activity(article_id=uuid.UUID(article_id), starts_at=starts_at, at=now())
