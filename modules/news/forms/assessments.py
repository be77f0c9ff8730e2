"""The editor's fields of this part."""

from __future__ import annotations

from .details import DetailsForm


class AssessmentDetailsForm(DetailsForm):
    """Fields of articles of kind ``assessment``."""
