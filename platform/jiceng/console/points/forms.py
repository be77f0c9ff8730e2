"""What the pages of points accept. Bounds are judged by the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.points.selectors.rules import Rule
from jiceng.points.services.appeals import TEXT_LENGTH
from jiceng.points.services.by_hand import LABEL_LENGTH, REASON_LENGTH
from jiceng.shell.moments import MomentField


class EntryFilterForm(forms.Form):
    """Filters of the ledger; anything strange is as good as nothing."""

    q = forms.CharField(
        label=_("姓名"), required=False, max_length=50,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("搜索姓名")}),
    )  # fmt: skip
    start = forms.DateField(label=_("从"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    end = forms.DateField(label=_("到"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))

    def criteria(self) -> dict[str, Any]:
        self.is_valid()
        data = self.cleaned_data
        return {"words": data.get("q", ""), "start": data.get("start"), "end": data.get("end")}


class GiveForm(forms.Form):
    points = forms.IntegerField(label=_("几分"), min_value=1)
    label = forms.CharField(label=_("因为什么"), max_length=LABEL_LENGTH, help_text=_("本人看得到，如：获评年度先进。"))
    reason = forms.CharField(label=_("依据"), max_length=REASON_LENGTH, help_text=_("如文号、会议、日期，便于核对。"))
    entry_id = forms.UUIDField(widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("原因"), max_length=REASON_LENGTH, help_text=_("本人看得到。"))


class AnswerForm(forms.Form):
    text = forms.CharField(label=_("答复"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))
    takes_back = forms.BooleanField(label=_("收回这条积分"), required=False)
    points = forms.IntegerField(label=_("补记几分"), required=False, min_value=1, help_text=_("不填则不补记。"))

    def __init__(self, data: Any = None, *, has_entry: bool) -> None:
        super().__init__(data)
        del self.fields["points" if has_entry else "takes_back"]


class FlagForm(forms.Form):
    note = forms.CharField(label=_("情况说明"), max_length=200, help_text=_("只作记录，不影响积分。"))


class RulesForm(forms.Form):
    """Four fields for each rule, named ``<code>|points`` and so on."""

    effective_at = MomentField(label=_("生效时间"), required=False, help_text=_("不填则立即生效；不影响已给的积分。"))
    note = forms.CharField(label=_("修改说明"), max_length=200, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, rules: list[Rule], version: int) -> None:
        super().__init__(data, initial={"version": version})
        self.rules = rules
        for rule in rules:
            self.fields[f"{rule.code}|is_on"] = forms.BooleanField(label=_("启用"), required=False, initial=rule.is_on)
            self._number(rule, "points", _("每次"), rule.declared.minimum, rule.declared.maximum)
            self._number(rule, "daily_cap", _("每天上限"), 1, rule.most_a_day)
            self._number(rule, "yearly_cap", _("全年上限"), 1, rule.most_a_year, required=False)

    def _number(self, rule: Rule, name: str, label: Any, least: int, most: int, *, required: bool = True) -> None:
        self.fields[f"{rule.code}|{name}"] = forms.IntegerField(
            label=label, min_value=least, max_value=most, required=required, initial=getattr(rule, name)
        )

    @property
    def groups(self) -> list[tuple[Rule, list[forms.BoundField]]]:
        """Each rule with its fields, in the order of the table's columns."""
        names = ("is_on", "points", "daily_cap", "yearly_cap")
        return [(rule, [self[f"{rule.code}|{name}"] for name in names]) for rule in self.rules]

    @property
    def general(self) -> list[forms.BoundField]:
        return [self["effective_at"], self["note"]]

    def to_rules(self) -> dict[str, dict[str, Any]]:
        names = ("is_on", "points", "daily_cap", "yearly_cap")
        return {rule.code: {name: self.cleaned_data[f"{rule.code}|{name}"] for name in names} for rule in self.rules}
