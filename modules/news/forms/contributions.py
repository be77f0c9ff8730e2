"""The editor's fields of achievements and cases."""

from __future__ import annotations

from .details import DetailsForm


class AchievementDetailsForm(DetailsForm):
    """Fields of articles of kind ``achievement``."""


class CaseDetailsForm(DetailsForm):
    """Fields of articles of kind ``case``."""
