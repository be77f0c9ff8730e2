"""The form of a round, and those of appeals."""

from __future__ import annotations

import re
from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.console.audience_forms import AudienceForm
from jiceng.members.audiences import Clause, Definition, as_json, definition_of
from jiceng.members.models import Unit
from jiceng.shell.moments import MomentField

from ..manifest.words import MANAGE
from ..models import Group, Normalisation, Round
from ..selectors.rounds import criteria_of
from ..services.rounds import RoundFields

_LINE = re.compile(r"^(?P<name>\S.*?)[\s,，|]+(?P<weight>\d{1,3})(?:[\s,，|]+(?P<most>\d{1,3}))?$")
_EXAMPLE = "政治素质 30\n履职尽责 30\n服务群众 20\n廉洁自律 20"


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options})


def unit_choices(actor: Actor, permission: str) -> list[tuple[str, str]]:
    """The units that ``actor`` may act for; the whole organisation first, for those who may."""
    paths = policy.unit_paths(actor, permission)
    units = list(Unit.objects.filter(dissolved_on=None).order_by("tree", "path"))
    if paths is not None:
        units = [unit for unit in units if any(unit.path.startswith(path) for path in paths)]
    named = [(str(unit.pk), "　" * (unit.depth - 1) + unit.name) for unit in units]
    return ([("", _("全单位"))] if paths is None else []) + named


class RoundForm(forms.Form):
    """Everything of a draft. ``audience``: a form of its own, shown below."""

    title = forms.CharField(label=gettext_lazy("名称"), max_length=100)
    unit_id = forms.TypedChoiceField(label=gettext_lazy("组织评分的单位"), required=False, coerce=str, empty_value=None)
    period_from = DayField(label=gettext_lazy("考评期开始"))
    period_to = DayField(label=gettext_lazy("考评期结束"))
    opens_at = MomentField(label=gettext_lazy("评分开始"))
    closes_at = MomentField(label=gettext_lazy("评分截止"))
    description = forms.CharField(
        label=gettext_lazy("说明"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    criteria = forms.CharField(
        label=gettext_lazy("评分指标"), max_length=5000, widget=forms.Textarea(attrs={"rows": 6}), initial=_EXAMPLE,
        help_text=gettext_lazy("每行一项：名称 权重 [满分]。权重合计 100，满分不写为 10。由人打分，不引用学时、点赞、登录。"),
    )  # fmt: skip
    self_weight = forms.IntegerField(
        label=gettext_lazy("自评权重"), min_value=0, max_value=100, initial=0, required=False,
        help_text=gettext_lazy("四组合计 100；填 0 的组不参加评分。"),
    )  # fmt: skip
    peers_weight = forms.IntegerField(
        label=gettext_lazy("互评权重"), min_value=0, max_value=100, initial=40, required=False
    )
    branch_weight = forms.IntegerField(
        label=gettext_lazy("支部评权重"), min_value=0, max_value=100, initial=40, required=False
    )
    leaders_weight = forms.IntegerField(
        label=gettext_lazy("上级评权重"), min_value=0, max_value=100, initial=20, required=False,
    )  # fmt: skip
    peer_count = forms.IntegerField(
        label=gettext_lazy("每人由几名同支部党员互评"), min_value=1, max_value=50, initial=10,
        help_text=gettext_lazy("人少的支部互相都评。"),
    )  # fmt: skip
    is_blind = forms.BooleanField(
        label=gettext_lazy("匿名评分"), required=False, initial=True,
        help_text=gettext_lazy("任何人（包括管理员）都查不到谁打了多少分；提交后不能再改。"),
    )  # fmt: skip
    normalisation = forms.ChoiceField(
        label=gettext_lazy("算法"), choices=Normalisation.choices, initial=Normalisation.NONE,
        help_text=gettext_lazy("“按评分人标准化”让打分严的和打分松的人一样算数，只能用于实名评分。"),
    )  # fmt: skip
    excellent_from = forms.DecimalField(
        label=gettext_lazy("优秀分数线"), min_value=0, max_value=100, decimal_places=2, initial=90
    )
    good_from = forms.DecimalField(
        label=gettext_lazy("合格分数线"), min_value=0, max_value=100, decimal_places=2, initial=75
    )
    basic_from = forms.DecimalField(
        label=gettext_lazy("基本合格分数线"), min_value=0, max_value=100, decimal_places=2, initial=60
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, actor: Actor, round: Round | None = None) -> None:
        self.round = round
        super().__init__(data, initial=_initial(round) if round else None)
        field: Any = self.fields["unit_id"]
        field.choices = unit_choices(actor, MANAGE)
        members = Definition(clauses=(Clause(body="party"),))
        self.audience = AudienceForm(
            data, actor=actor, permission=MANAGE, initial=definition_of(round.audience) if round else members
        )
        self.audience.fields["scope"].label = _("评谁")

    def is_valid(self) -> bool:
        own, audience = super().is_valid(), self.audience.is_valid()
        return own and audience

    def clean_criteria(self) -> list[dict[str, Any]]:
        found = []
        told = {row.name: row.description for row in criteria_of(self.round)} if self.round else {}
        for number, line in enumerate(filter(None, map(str.strip, self.cleaned_data["criteria"].splitlines())), 1):
            read = _LINE.match(line)
            if read is None:
                raise forms.ValidationError(_("第 %(number)d 行看不懂，请写成“名称 权重 满分”。") % {"number": number})
            name = read["name"].strip()
            found.append({
                "name": name, "weight": int(read["weight"]), "max_score": int(read["most"] or 10),
                "description": told.get(name, ""),  # programs can give one, this form has no room for it
            })  # fmt: skip
        return found

    def add_error(self, field: Any, error: Any) -> None:
        """Faults of the weights belong to the first of them."""
        super().add_error("self_weight" if field == "weights" else field, error)

    def to_fields(self) -> RoundFields:
        """The clean data as services take it."""
        data = self.cleaned_data
        names = (
            "title", "description", "period_from", "period_to", "opens_at", "closes_at", "criteria", "peer_count", "is_blind",
            "normalisation", "excellent_from", "good_from", "basic_from",
        )  # fmt: skip
        fields = {
            **{name: data[name] for name in names}, "unit_id": data["unit_id"] or None,
            "weights": {group: data.get(f"{group}_weight") or 0 for group in Group.values},
            "audience": as_json(self.audience.definition()),
        }  # fmt: skip
        return cast(RoundFields, fields)


def _initial(round: Round) -> dict[str, Any]:
    names = [name for name in RoundForm.base_fields if name not in ("criteria", "unit_id")]
    lines = [f"{row.name} {row.weight} {row.max_score}" for row in criteria_of(round)]
    return {
        **{name: getattr(round, name) for name in names}, "criteria": "\n".join(lines),
        "unit_id": str(round.unit_id) if round.unit_id else "",
    }  # fmt: skip


class AppealForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("申诉理由"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class AnswerForm(forms.Form):
    """``adjusted_total`` empty: the result stands."""

    answer = forms.CharField(label=gettext_lazy("答复"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))
    adjusted_total = forms.CharField(
        label=gettext_lazy("调整后的总分"),
        required=False,
        max_length=10,
        help_text=gettext_lazy("不填表示维持原结果。"),
    )
