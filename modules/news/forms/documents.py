"""The editor's fields of a document, and the forms around its circulation."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.members.models import Unit
from jiceng.shell.moments import MomentField

from ..models import Article, Circulation, Document, Urgency
from .details import DetailsForm

UNITS_OFFERED = 500


def unit_choices(without: set[uuid.UUID] | None = None) -> list[tuple[str, str]]:
    """Standing units, indented by depth."""
    units = Unit.objects.filter(dissolved_on=None).order_by("tree", "path")[:UNITS_OFFERED]
    return [(str(unit.pk), "　" * (unit.depth - 1) + unit.name) for unit in units if unit.pk not in (without or ())]


class DocumentDetailsForm(DetailsForm):
    """Fields of articles of kind ``document``."""

    number = forms.CharField(label=_("文号"), max_length=60, required=False, help_text=_("如：机党发〔2026〕12号"))
    issuer = forms.CharField(label=_("发文机关"), max_length=100, required=False)
    urgency = forms.ChoiceField(label=_("缓急"), choices=Urgency.choices, required=False, initial=Urgency.NORMAL)
    issued_on = forms.DateField(
        label=_("成文日期"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    sign_by = MomentField(label=_("签收期限"), required=False)
    units = forms.MultipleChoiceField(
        label=_("传阅组织"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("每个组织由有签收权限的人代表签收一次。发布后可以补充，不能减少。"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.article and self.article.is_published:
            del self.fields["units"]
        else:
            self.fields["units"].choices = unit_choices()  # type: ignore[attr-defined]

    def initial_from(self, article: Article) -> dict[str, Any]:
        document = Document.objects.get(pk=article.pk)
        units = Circulation.objects.filter(document=document).values_list("unit", flat=True)
        return {
            "number": document.number, "issuer": document.issuer, "urgency": document.urgency,
            "issued_on": document.issued_on, "sign_by": document.sign_by, "units": [str(pk) for pk in units],
        }  # fmt: skip

    def to_details(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["urgency"] = data.get("urgency") or Urgency.NORMAL
        return data


class SignForm(forms.Form):
    opinion = forms.CharField(
        label=_("意见"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("可以不填。"),
    )


class OpinionForm(forms.Form):
    text = forms.CharField(label=_("批注"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ArchiveForm(forms.Form):
    number = forms.CharField(label=_("归档号"), max_length=60)


class AddUnitsForm(forms.Form):
    units = forms.TypedMultipleChoiceField(label=_("补充传阅"), coerce=uuid.UUID, widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any = None, *, article: Article) -> None:
        super().__init__(data)
        have = set(Circulation.objects.filter(document=article.pk).values_list("unit", flat=True))
        self.fields["units"].choices = unit_choices(have)  # type: ignore[attr-defined]
