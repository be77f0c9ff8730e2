"""Forms of points, answers and follow-ups."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor
from jiceng.members.models import Person, PersonState
from jiceng.members.scope import people_in_reach

from ..manifest.words import POINTS
from ..models import TEXT_LENGTH, PointKind, Satisfaction, SurveyPoint
from ..services.points import PointFields
from .rounds import unit_choices


class PointForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("类别"), choices=PointKind.choices)
    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("印在海报上，例如“3 号登记窗口”。")
    )
    place = forms.CharField(label=gettext_lazy("地点"), required=False, max_length=100)
    unit_id = forms.TypedChoiceField(
        label=gettext_lazy("所属组织"), required=False, coerce=str, empty_value=None,
        help_text=gettext_lazy("差评由这个组织的负责人办理。"),
    )  # fmt: skip
    person = forms.CharField(
        label=gettext_lazy("对应人员"), required=False, max_length=60,
        help_text=gettext_lazy("只用于“工作人员”类；填姓名，同名的写成“姓名 组织”。"),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, actor: Actor, point: SurveyPoint | None = None) -> None:
        self.actor = actor
        super().__init__(data, initial=_initial(point) if point else None)
        field: Any = self.fields["unit_id"]
        field.choices = unit_choices(actor, POINTS)

    def clean_person(self) -> uuid.UUID | None:
        """The id of the person named."""
        line = self.cleaned_data["person"].strip()
        if not line:
            return None
        name, _blank, unit = line.rpartition(" ")
        found = people_in_reach(self.actor, POINTS).filter(state=PersonState.ACTIVE).select_related("unit")
        fitting = list(found.filter(name=line)[:3]) or list(
            found.filter(name=name.strip(), unit__name__contains=unit)[:3]
        )
        if len(fitting) != 1:
            raise forms.ValidationError(_("没有找到这个人，或有同名的人。请写成“姓名 组织”。"))
        return fitting[0].pk

    def add_error(self, field: Any, error: Any) -> None:
        super().add_error("person" if field == "person_id" else field, error)

    def to_fields(self) -> PointFields:
        """The clean data as services take it."""
        data = self.cleaned_data
        return {
            "kind": data["kind"], "name": data["name"], "place": data["place"], "unit_id": data["unit_id"] or None,
            "person_id": data["person"],
        }  # fmt: skip


def _initial(point: SurveyPoint) -> dict[str, Any]:
    person: Person | None = point.person
    line = f"{person.name} {person.unit.name if person.unit else ''}".strip() if person else ""
    return {
        "kind": point.kind, "name": point.name, "place": point.place, "version": point.version, "person": line,
        "unit_id": str(point.unit_id) if point.unit_id else "",
    }  # fmt: skip


class SurveyForm(forms.Form):
    """What the public fills in. ``website`` is not for people: what stands in it was written by a program."""

    grade = forms.ChoiceField(
        label=gettext_lazy("您满意吗？"), choices=Satisfaction.choices, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择满意程度。")},
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("想说的话（可不填）"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    phone = forms.CharField(
        label=gettext_lazy("手机号（可不填）"), required=False, max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=gettext_lazy("想要电话答复时再填。只用于答复，加密保存，办结后到期删除。"),
    )  # fmt: skip
    form = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    refused_with = 422
    website = forms.CharField(required=False, max_length=300)


class ReceiptForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("回执号"), max_length=20)
    code = forms.CharField(
        label=gettext_lazy("查询码"), max_length=12, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )


class WishForm(forms.Form):
    wish = forms.CharField(
        label=gettext_lazy("还有哪里不满意"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("隐藏的原因"), max_length=200)


class WordsForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))


class SearchForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("考察点名称"), required=False, max_length=60)

    def words(self) -> str:
        return str(self.cleaned_data["q"]) if self.is_valid() else ""
