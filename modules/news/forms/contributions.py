"""The editor's fields of achievements and cases."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.members.models import Unit

from ..models import Article, CaseOutline
from ..services.contributions import MOST_TAGS, PART_LENGTH, PARTS, TAG_LENGTH
from ..services.contributions_text import changed, text_of
from .details import DetailsForm

UNITS_OFFERED = 500
_BETWEEN = re.compile(r"[\s,，、;；]+")


class TagsField(forms.CharField):
    """Words with blanks or commas between; cleans to a list. How many and how long is for the service to judge."""

    def __init__(self, **options: Any) -> None:
        longest = (MOST_TAGS + 1) * (TAG_LENGTH + 1)
        super().__init__(**{
            "label": _("标签"), "max_length": longest, "required": False, "help_text": _("用空格或逗号隔开，最多 5 个。"), **options,
        })  # fmt: skip

    def clean(self, value: Any) -> list[str]:
        return [word for word in _BETWEEN.split(super().clean(value)) if word]


class AchievementDetailsForm(DetailsForm):
    """Fields of articles of kind ``achievement``."""

    credited_unit = forms.ChoiceField(label=_("署名组织"), required=False)
    tags = TagsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = list(Unit.objects.filter(dissolved_on=None).order_by("tree", "path")[:UNITS_OFFERED])
        choices = [("", _("不署组织"))] + [(str(unit.pk), "　" * (unit.depth - 1) + unit.name) for unit in units]
        current = self.article.credited_unit if self.article else None
        if current is not None and current.pk not in {unit.pk for unit in units}:
            choices.append((str(current.pk), current.name))
        self.fields["credited_unit"].choices = choices  # type: ignore[attr-defined]

    def initial_from(self, article: Article) -> dict[str, Any]:
        tags = article.tags.values_list("name", flat=True)
        return {"credited_unit": str(article.credited_unit_id or ""), "tags": " ".join(tags)}

    def to_details(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        unchanged = self.article and data["credited_unit"] == str(self.article.credited_unit_id or "")
        if unchanged:
            del data["credited_unit"]  # it may have been dissolved since
        return data


class CaseDetailsForm(AchievementDetailsForm):
    """Fields of articles of kind ``case``: three parts as plain words. What is not touched keeps its layout."""

    template = "news/console/contributions/case_fields.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in PARTS.items():
            area = forms.Textarea(attrs={"rows": 6})
            self.fields[name] = forms.CharField(label=label, required=False, max_length=PART_LENGTH // 2, widget=area)

    def initial_from(self, article: Article) -> dict[str, Any]:
        outline = CaseOutline.objects.filter(pk=article.pk).first()
        parts = {name: text_of(getattr(outline, name, "")) for name in PARTS}
        return {**super().initial_from(article), **parts}

    def to_details(self) -> dict[str, Any]:
        data = super().to_details()
        outline = CaseOutline.objects.filter(pk=self.article.pk).first() if self.article else None
        return {**data, **{name: changed(getattr(outline, name, ""), data[name]) for name in PARTS}}
