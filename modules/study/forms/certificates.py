"""What the console's pages of certificates accept."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from ..services.certificates import REASON_LENGTH


class RevokeForm(forms.Form):
    reason = forms.CharField(
        label=_("撤销原因"), max_length=REASON_LENGTH, help_text=_("只有管理者能看到；扫码的人只看到“已撤销”。")
    )
