"""What residents fill in, and what staff answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.kernel import clock


class HelpForm(forms.Form):
    """``website`` is not for people: what stands in it was written by a program. ``form``: the page's own word."""

    text = forms.CharField(label=_("需要什么帮助"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}))
    place = forms.CharField(label=_("地点"), max_length=100, help_text=_("写到楼栋或路口即可。"))
    wanted = forms.CharField(label=_("希望什么时候"), max_length=60, help_text=_("例如“周六上午”“越快越好”。"))
    name = forms.CharField(label=_("怎么称呼您"), max_length=30)
    phone = forms.CharField(
        label=_("联系电话"), max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("加密保存，只有工作人员和认领的志愿者能看到，办完 30 天后删除。"),
    )  # fmt: skip
    form = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    website = forms.CharField(required=False, max_length=300)


class ReceiptForm(forms.Form):
    number = forms.CharField(label=_("回执号"), max_length=20)
    code = forms.CharField(label=_("查询码"), max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric"}))


class ComplaintForm(forms.Form):
    words = forms.CharField(label=_("哪里不满意"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    reason = forms.CharField(
        label=_("给居民的答复"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("居民凭回执能看到。"),
    )


class PeriodForm(forms.Form):
    """From a day to a day; this year where nothing sensible is given."""

    first = forms.DateField(
        label=_("从"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("到"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def period(self) -> tuple[Any, Any]:
        data = self.cleaned_data if self.is_valid() else {}
        today = clock.today()
        first, last = data.get("first") or today.replace(month=1, day=1), data.get("last") or today
        return min(first, last), max(first, last)
