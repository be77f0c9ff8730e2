"""Writes of this part."""

from __future__ import annotations

from .kind import Kind


class AssessmentKind(Kind):
    """What articles of kind ``assessment`` do beside what all do."""
