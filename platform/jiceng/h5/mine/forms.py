"""Forms of one's own data. What a value must look like is the services' to say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from jiceng.members.fields import FIELDS
from jiceng.members.identity import ETHNICITIES
from jiceng.members.models import Gender, IdKind
from jiceng.members.profile.groups import Group
from jiceng.members.profile.requests import NOTE_LENGTH


class LightForm(forms.Form):
    """The fields that one changes without asking."""

    office_phone = forms.CharField(
        required=False, max_length=40, label=FIELDS["office_phone"].label,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "work tel"}),
    )  # fmt: skip
    email = forms.CharField(
        required=False, max_length=254, label=FIELDS["email"].label,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "email"}),
    )  # fmt: skip
    education = forms.CharField(
        required=False, max_length=20, label=FIELDS["education"].label, help_text=_("例如：大学本科。")
    )


class ManyFilesInput(forms.FileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files, also none."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:  # type: ignore[override]
        return [super(ManyFilesField, self).clean(each, initial) for each in data or () if each]


def _day(label: Any) -> forms.Field:
    return forms.DateField(required=False, label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


def _choice(choices: Any) -> Callable[[Any], forms.Field]:
    return lambda label: forms.ChoiceField(required=False, label=label, choices=[("", _("请选择")), *choices])


def _text(limit: int, **attrs: str) -> Callable[[Any], forms.Field]:
    widget = forms.TextInput(attrs=attrs)
    return lambda label: forms.CharField(required=False, label=label, max_length=limit, widget=widget)


CONTROLS: Mapping[str, Callable[[Any], forms.Field]] = {
    "name": _text(50, autocomplete="name"),
    "phone": _text(30, inputmode="tel", autocomplete="tel"),
    "id_kind": _choice(IdKind.choices),
    "id_number": _text(40, autocomplete="off"),
    "birth_date": _day,
    "work_start_date": _day,
    "gender": _choice(Gender.choices),
    "ethnicity": _choice([(f"{name}族", f"{name}族") for name in ETHNICITIES]),
}


class AskForm(forms.Form):
    """New values of one group, a word of explanation, evidence."""

    note = forms.CharField(
        required=False, max_length=NOTE_LENGTH, label=_("说明"), help_text=_("为什么要改，审批人会看到。"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    evidence = ManyFilesField(
        required=False, label=_("证明材料"),
        widget=ManyFilesInput(attrs={"accept": "image/*,application/pdf", "multiple": True}),
    )  # fmt: skip

    def __init__(self, group: Group, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        for code in group.fields:
            self.fields[code] = CONTROLS[code](FIELDS[code].label)
        self.fields["evidence"].help_text = f"{group.advice}{_('图片或 PDF，最多 3 个。')}"
        self.order_fields([*group.fields, "note", "evidence"])

    def values(self) -> dict[str, Any]:
        return {code: self.cleaned_data[code] for code in self.group.fields}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=200, label=_("查看理由"), help_text=_("至少 4 个字，申请人可以看到。"),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
