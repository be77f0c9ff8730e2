"""The editor's fields of this part."""

from __future__ import annotations

from .details import DetailsForm


class DocumentDetailsForm(DetailsForm):
    """Fields of articles of kind ``document``."""
