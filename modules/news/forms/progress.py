"""What a player reports."""

from __future__ import annotations

from django import forms


class ProgressForm(forms.Form):
    """Whole seconds."""

    position = forms.IntegerField(min_value=0, max_value=14_400)
    watched = forms.IntegerField(min_value=0, max_value=14_400)
