"""Writes of this part."""

from __future__ import annotations

from .kind import Kind


class LessonKind(Kind):
    """What articles of kind ``lesson`` do beside what all do."""
