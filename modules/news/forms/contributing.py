"""What members fill in on the phone to hand something in. Judged by the services."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor

from ..models import SUMMARY_LENGTH, TITLE_LENGTH, Article, CaseOutline, ColumnKind
from ..selectors import contributions as reads
from ..services.contributing import MOST_PICTURES, PICTURED, Contribution
from ..services.contributions import PARTS
from ..services.contributions_text import pictures_in, text_of
from .articles import IMAGES, ManyFilesField, ManyFilesInput
from .contributions import TagsField

TEXT_LENGTH = 20_000
HINTS = {
    "background": _("遇到了什么问题，为什么要做。"), "practice": _("怎么做的，分几步，谁参与。"), "effect": _("有什么变化，最好有数字。"),
}  # fmt: skip


class ContributionForm(forms.Form):
    """``kind``: of the column, which decides the fields. ``pictures``: the ids of those it has, to be kept or not."""

    title = forms.CharField(label=_("标题"), max_length=TITLE_LENGTH)
    summary = forms.CharField(
        label=_("摘要"), max_length=SUMMARY_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("一两句话，可以不填。"),
    )  # fmt: skip
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, files: Any = None, *, kind: str, actor: Actor, article: Article | None = None
    ) -> None:
        texts = _texts(kind, article)
        self.pictures = pictures_in(texts[PICTURED if kind == ColumnKind.CASE else "text"])
        super().__init__(data, files, initial=_initial(article, texts, self.pictures))
        for name in texts:
            self.fields[name] = forms.CharField(
                label=PARTS.get(name, _("正文")), max_length=TEXT_LENGTH, required=False, help_text=HINTS.get(name, _("空一行为新的一段。")),
                widget=forms.Textarea(attrs={"rows": 6 if kind == ColumnKind.CASE else 12}),
            )  # fmt: skip
        if kind != ColumnKind.ARTICLE:
            self._ask_for_credit(actor, article)
        self.fields["pictures"] = forms.TypedMultipleChoiceField(
            label=_("保留的图片"),
            required=False,
            coerce=uuid.UUID,
            choices=[(str(pk), str(pk)) for pk in self.pictures],
        )
        self.fields["uploads"] = ManyFilesField(
            label=_("添加图片"), required=False, widget=ManyFilesInput(attrs={"accept": IMAGES}),
            help_text=_("连同已有的最多 %(most)d 张，放在正文后面。") % {"most": MOST_PICTURES},
        )  # fmt: skip

    def _ask_for_credit(self, actor: Actor, article: Article | None) -> None:
        units = reads.units_of(actor)
        choices = [("", _("不署组织")), *((str(unit.pk), unit.name) for unit in units)]
        self.fields["credited_unit"] = forms.TypedChoiceField(
            label=_("署名组织"), required=False, coerce=uuid.UUID, empty_value=None, choices=choices,
            initial=str(units[0].pk) if units and article is None else None,
        )  # fmt: skip
        self.fields["tags"] = TagsField()

    @property
    def shown_pictures(self) -> list[tuple[uuid.UUID, str, bool]]:
        """Id, address of the small one, whether its box is ticked."""
        ticked = {str(pk) for pk in self["pictures"].value() or ()}
        return [(pk, f"/files/{pk}/thumb", str(pk) in ticked) for pk in self.pictures]

    @property
    def written_fields(self) -> list[forms.BoundField]:
        """All but the pictures, which the page lays out itself."""
        return [field for field in self.visible_fields() if field.name not in ("pictures", "uploads")]

    def to_contribution(self) -> Contribution:
        """The clean data as the services take it."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}  # type: ignore[return-value]


class LibraryForm(forms.Form):
    """The filters of the library of cases; anything strange is as good as nothing."""

    q = forms.CharField(required=False, max_length=50)
    tag = forms.CharField(required=False, max_length=20)
    unit = forms.CharField(required=False, max_length=36)

    def criteria(self) -> dict[str, str]:
        data = self.cleaned_data if self.is_valid() else {}
        return {name: str(data.get(name, "")) for name in self.fields}


def _texts(kind: str, article: Article | None) -> dict[str, str]:
    """The HTML behind each field for longer text."""
    if kind != ColumnKind.CASE:
        return {"text": article.body if article else ""}
    outline = CaseOutline.objects.filter(pk=article.pk).first() if article else None
    return {name: getattr(outline, name, "") for name in PARTS}


def _initial(article: Article | None, texts: dict[str, str], pictures: list[uuid.UUID]) -> dict[str, Any]:
    if article is None:
        return {}
    return {
        "title": article.title, "summary": article.summary, "version": article.version,
        "credited_unit": str(article.credited_unit_id or ""), "tags": " ".join(reads.tags_of(article)),
        "pictures": [str(pk) for pk in pictures], **{name: text_of(html) for name, html in texts.items()},
    }  # fmt: skip
