"""Writes of this part."""

from __future__ import annotations

from .kind import Kind


class DocumentKind(Kind):
    """What articles of kind ``document`` do beside what all do."""
