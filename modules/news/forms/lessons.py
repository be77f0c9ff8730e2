"""The editor's fields of this part."""

from __future__ import annotations

from .details import DetailsForm


class LessonDetailsForm(DetailsForm):
    """Fields of articles of kind ``lesson``."""
