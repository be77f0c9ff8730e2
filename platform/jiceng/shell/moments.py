"""A moment as the browser's own picker sends it, in the tenant's zone."""

from __future__ import annotations

from typing import Any

from django import forms

FORMAT = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """Cleans to an aware datetime. Django reads and shows it in the current zone, which requests set to the tenant's."""

    def __init__(self, **options: Any) -> None:
        picker = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=FORMAT)
        super().__init__(
            **{"widget": picker, "input_formats": [FORMAT, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"], **options}
        )
