"""What the console's pages of hours accept."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ..services.hours import LABEL_LENGTH, REASON_LENGTH


class ManualForm(forms.Form):
    label = forms.CharField(label=_("培训或学习的名称"), max_length=LABEL_LENGTH)
    hours = forms.DecimalField(label=_("学时"), help_text=_("全天培训一般记 8 学时，半天 4 学时。"))
    date = forms.DateField(label=_("日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    is_centralised = forms.BooleanField(label=_("集中培训"), required=False)
    reason = forms.CharField(
        label=_("登记原因"), max_length=REASON_LENGTH, help_text=_("写明依据，本人和审计人员都能看到。")
    )
    entry_id = forms.UUIDField(widget=forms.HiddenInput)


class ReverseForm(forms.Form):
    reason = forms.CharField(label=_("冲销原因"), max_length=REASON_LENGTH, help_text=_("本人能看到。原记录保留。"))
