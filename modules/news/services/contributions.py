"""新成果 and 好案例."""

from __future__ import annotations

from .kind import Kind


class AchievementKind(Kind):
    """What articles of kind ``achievement`` do beside what all do."""


class CaseKind(Kind):
    """What articles of kind ``case`` do beside what all do."""
