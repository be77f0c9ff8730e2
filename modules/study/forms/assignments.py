"""What the console's pages of assignments accept."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.console.audience_forms import AudienceForm
from jiceng.members import audiences
from jiceng.shell.moments import MomentField

from ..manifest.words import ASSIGN
from ..models import TITLE_LENGTH
from ..selectors import assignments as reads
from ..selectors import materials
from ..services.assignments import WORDS_LENGTH, AssignmentFields
from .units import offer_units, unit_field

OFFERED = 300


class AssignmentForm(forms.Form):
    what = forms.ChoiceField(label=_("学什么"), help_text=_("课程，或单独一份资料。"))
    title = forms.CharField(
        label=_("任务名称"), max_length=TITLE_LENGTH, required=False, help_text=_("不填则用课程的名称。")
    )
    words = forms.CharField(
        label=_("要求"), max_length=WORDS_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("随通知一起发给大家，可以不填。"),
    )  # fmt: skip
    due_at = MomentField(label=_("截止时间"), required=False, help_text=_("请留出足够的时间，错开节假日。"))
    is_mandatory = forms.BooleanField(
        label=_("必学"), required=False, initial=True, help_text=_("必学任务的通知不能被屏蔽。")
    )
    unit_id = unit_field()

    def __init__(self, data: Any = None, *, actor: Actor, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.audience = AudienceForm(data, actor=actor, permission=ASSIGN)
        courses = [(f"course:{row.pk}", row.title) for row in reads.assignable(actor)[:OFFERED]]
        single = [(f"material:{row.pk}", row.title) for row in materials.usable()[:OFFERED]]
        field: Any = self.fields["what"]
        field.choices = [(_("课程"), courses), (_("单独一份资料"), single)]
        offer_units(self, actor=actor, permission=ASSIGN)

    def is_valid(self) -> bool:
        """Both parts are checked, so that all faults are seen at once."""
        whole, audience = super().is_valid(), self.audience.is_valid()
        if whole and not audience:
            self.add_error(None, _("请检查“发给谁”。"))
        return whole and audience

    def to_fields(self) -> AssignmentFields:
        data = dict(self.cleaned_data)
        kind, _colon, pk = data.pop("what").partition(":")
        fields: dict[str, Any] = {**data, f"{kind}_id": uuid.UUID(pk)}
        return AssignmentFields(**fields, audience=audiences.as_json(self.audience.definition()))  # type: ignore[typeddict-item]


class DeadlineForm(forms.Form):
    due_at = MomentField(label=_("截止时间"), required=False, help_text=_("不填则不限时间。"))
