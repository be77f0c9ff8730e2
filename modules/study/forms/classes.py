"""What the console's pages of offline classes accept."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor

from ..manifest.words import HOURS
from ..models import TITLE_LENGTH, DurationKind, OfflineClass
from ..services.classes import REASON_LENGTH, ClassFields
from .units import offer_units, unit_field

_NAMES = (
    "title", "place", "lecturer", "first_date", "last_date", "duration_kind", "duration_count", "is_centralised",
    "version",
)  # fmt: skip


class ClassForm(forms.Form):
    title = forms.CharField(label=_("培训名称"), max_length=TITLE_LENGTH)
    first_date = forms.DateField(label=_("开始日期"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_date = forms.DateField(
        label=_("结束日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("只有一天的不填。学时计入这一天所在的年度。"),
    )  # fmt: skip
    place = forms.CharField(label=_("地点"), max_length=100, required=False)
    lecturer = forms.CharField(label=_("主讲人"), max_length=50, required=False)
    duration_kind = forms.ChoiceField(label=_("时长单位"), choices=DurationKind.choices)
    duration_count = forms.DecimalField(
        label=_("时长"), min_value=0, max_value=99, help_text=_("几个全天、几个半天或几小时，按模块设置折算学时。")
    )
    is_centralised = forms.BooleanField(label=_("集中培训"), required=False)
    unit_id = unit_field()
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, actor: Actor, offline_class: OfflineClass | None = None) -> None:
        initial = {name: getattr(offline_class, name) for name in _NAMES} if offline_class else None
        super().__init__(data, initial=initial)
        offer_units(self, actor=actor, permission=HOURS, fixed=offline_class is not None)

    def to_fields(self) -> ClassFields:
        return ClassFields(**{name: value for name, value in self.cleaned_data.items() if name != "version"})  # type: ignore[typeddict-item]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"), max_length=REASON_LENGTH, help_text=_("记入每个人的学时记录，本人能看到。")
    )


class AttendanceForm(forms.Form):
    """The table's fields ``state-<person>`` are read beside it."""

    reason = forms.CharField(label=_("更正原因"), max_length=REASON_LENGTH, required=False)


class AttendanceImportForm(forms.Form):
    upload = forms.FileField(label=_("表格"), help_text=_("xlsx 或 csv，不超过 5 MB。"))
    is_rehearsal = forms.BooleanField(label=_("只检查，不导入"), required=False, initial=True)


def states_in(data: Mapping[str, Any]) -> dict[uuid.UUID, str]:
    """``state-<person>`` of a POST; those left empty are left alone, and so is what nobody could have sent from the page.

    ``all``: the state of everybody on the page who has none, whose ids are in ``shown``.
    """
    states: dict[uuid.UUID, str] = {}
    for name, value in data.items():
        if name.startswith("state-") and (person_id := _id(name.removeprefix("state-"))) and value:
            states[person_id] = str(value)
    if everybody := data.get("all"):
        for shown in data.getlist("shown"):  # type: ignore[attr-defined]
            if (person_id := _id(shown)) and person_id not in states:
                states[person_id] = str(everybody)
    return states


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
