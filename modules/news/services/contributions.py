"""新成果 and 好案例: what such articles have beside title and text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.actor import Actor
from jiceng.files import richtext
from jiceng.files import services as files
from jiceng.files.errors import FileNotYours
from jiceng.kernel.cleaning import Cleaner, clean_ids
from jiceng.kernel.errors import FieldError
from jiceng.members.models import Unit

from .. import errors
from ..models import Article, ArticleTag, CaseOutline
from .kind import Kind

MOST_TAGS, TAG_LENGTH = 5, 20
PART_LENGTH = 60_000
PARTS = {"background": gettext_lazy("背景"), "practice": gettext_lazy("做法"), "effect": gettext_lazy("成效")}


class AchievementKind(Kind):
    """``credited_unit``: whose achievement it is; ``tags``: up to five words."""

    known = frozenset({"credited_unit", "tags"})

    def clean(self, details: Mapping[str, Any], *, article: Article | None) -> dict[str, Any]:
        cleaner = Cleaner(within="details")
        cleaner.refuse_unknown(details, set(self.known))
        if "credited_unit" in details:
            _clean_unit(cleaner, details["credited_unit"])
        if "tags" in details:
            _clean_tags(cleaner, details["tags"])
        self.clean_more(cleaner, details)
        return cleaner.done(errors.ArticleInvalid)

    def clean_more(self, cleaner: Cleaner, details: Mapping[str, Any]) -> None:
        """What a kind has beyond that."""

    def save(self, article: Article, details: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
        """The article itself is saved by the service that calls."""
        if "credited_unit" in details:
            article.credited_unit = details["credited_unit"]
        if "tags" in details:
            ArticleTag.objects.filter(article=article).exclude(name__in=details["tags"]).delete()
            rows = [ArticleTag(article=article, name=name) for name in details["tags"]]
            ArticleTag.objects.bulk_create(rows, ignore_conflicts=True)

    def snapshot(self, article: Article) -> dict[str, Any]:
        tags = ArticleTag.objects.filter(article=article).order_by("name").values_list("name", flat=True)
        return {"credited_unit": str(article.credited_unit_id or "") or None, "tags": list(tags)}


class CaseKind(AchievementKind):
    """Beside that ``background``, ``practice`` and ``effect``, HTML or plain text: the article's text is made of them."""

    known = AchievementKind.known | PARTS.keys()

    def clean_more(self, cleaner: Cleaner, details: Mapping[str, Any]) -> None:
        for name in PARTS:
            if name in details and name in cleaner.text(name, details[name], PART_LENGTH).values:
                cleaner.values[name] = richtext.sanitise(cleaner.values[name])

    def save(self, article: Article, details: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
        super().save(article, details, actor=actor, at=at)
        outline, _is_new = CaseOutline.objects.get_or_create(article=article)
        for name in PARTS:
            if name in details:
                setattr(outline, name, details[name])
        outline.save()
        if body := _composed(outline):
            article.body = body
            _attach_pictures(article, actor)

    def snapshot(self, article: Article) -> dict[str, Any]:
        outline = CaseOutline.objects.filter(pk=article.pk).first()
        return {**super().snapshot(article), **{name: getattr(outline, name, "") for name in PARTS}}

    def check(self, article: Article, *, at: datetime) -> None:
        outline = CaseOutline.objects.filter(pk=article.pk).first()
        cleaner = Cleaner(within="details")
        for name, label in PARTS.items():
            if richtext.is_blank(getattr(outline, name, "")):
                cleaner.refuse(name, "required", _("请填写“%(part)s”。") % {"part": label})
        cleaner.done(errors.ArticleInvalid)


def _composed(outline: CaseOutline) -> str:
    parts = ((label, getattr(outline, name)) for name, label in PARTS.items())
    return "".join(f"<h2>{label}</h2>{html}" for label, html in parts if not richtext.is_blank(html))


def _attach_pictures(article: Article, actor: Actor) -> None:
    try:
        files.attach(file_ids=richtext.picture_ids(article.body), owner=f"news.article:{article.pk}", actor=actor)
    except FileNotYours as error:
        fault = FieldError("/details/practice", error.code, error.detail)
        raise errors.ArticleInvalid(fields=(fault,)) from error


def _clean_unit(cleaner: Cleaner, given: Any) -> None:
    if given in (None, ""):
        cleaner.values["credited_unit"] = None
        return
    ids = clean_ids(cleaner, [given], "credited_unit", most=1)
    unit = Unit.objects.filter(pk__in=ids, dissolved_on=None).first()
    if ids and unit is None:
        cleaner.refuse("credited_unit", "unknown_unit", _("没有这个组织，或它已撤销。"))
    cleaner.values["credited_unit"] = unit


def _clean_tags(cleaner: Cleaner, given: Any) -> None:
    if not isinstance(given, (list, tuple)) or not all(isinstance(name, str) for name in given):
        cleaner.refuse("tags", "invalid_tags", _("标签应为文字的列表。"))
        return
    inner = Cleaner()
    names = [str(inner.text("tags", name, TAG_LENGTH).values.get("tags", "")) for name in given]
    if inner.faults:
        cleaner.refuse("tags", inner.faults[0].code, inner.faults[0].message)
        return
    tags = sorted({" ".join(name.split()) for name in names} - {""})
    if len(tags) > MOST_TAGS:
        cleaner.refuse("tags", "too_many", _("标签最多 %(most)d 个。") % {"most": MOST_TAGS})
    cleaner.values["tags"] = tags
