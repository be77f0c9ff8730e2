"""Writes of this part."""

from __future__ import annotations

from .kind import Kind


class ActivityKind(Kind):
    """What articles of kind ``activity`` do beside what all do."""
