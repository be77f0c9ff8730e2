"""What the console's pages of targets accept."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..selectors.plans import NAMES, Plan


class PlanForm(forms.Form):
    member_hours = forms.IntegerField(label=_("党员应修学时"), min_value=0, max_value=200)
    officer_hours = forms.IntegerField(label=_("书记和委员应修学时"), min_value=0, max_value=200)
    officer_centralised_count = forms.IntegerField(label=_("书记和委员集中培训次数"), min_value=0, max_value=12)
    new_secretary_months = forms.IntegerField(
        label=_("新任书记几个月内参加集中培训"), min_value=1, max_value=24, help_text=_("从任职之日算起。")
    )
    new_member_months = forms.IntegerField(
        label=_("新党员几个月内参加培训"), min_value=1, max_value=24, help_text=_("从入党或转正之日算起。")
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, plan: Plan) -> None:
        super().__init__(data, initial={name: getattr(plan, name) for name in (*NAMES, "version")})
