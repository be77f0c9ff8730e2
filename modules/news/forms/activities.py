"""The editor's fields of this part."""

from __future__ import annotations

from .details import DetailsForm


class ActivityDetailsForm(DetailsForm):
    """Fields of articles of kind ``activity``."""
