"""What editors say of an article, cleaned and put into it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.files import richtext
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import DomainError, FieldError
from jiceng.members import audiences

from .. import errors
from ..models import SUMMARY_LENGTH, TITLE_LENGTH, Article, Column
from . import guarding, scoping

BODY_LENGTH = 200_000
ATTACHMENT_COUNT = 20
_AS_GIVEN = (
    "is_pinned", "cover_id", "attachment_ids", "cover_upload", "attachment_uploads", "is_open", "publish_at", "expires_at",
    "needs_confirmation", "confirm_by", "allows_comments",
)  # fmt: skip
_ON_ARTICLE = (
    "column", "unit", "title", "summary", "body", "level", "is_pinned", "audience", "is_open", "publish_at", "expires_at",
    "needs_confirmation", "confirm_by", "allows_comments",
)  # fmt: skip


class ArticleFields(TypedDict, total=False):
    """What an editor may say of an article. ``column``: a column's code; ``body``: HTML or plain text, sanitised here.

    ``audience``: as ``audiences.parse`` takes it, ``None`` for everybody. ``details``: what the column's kind takes.
    ``cover_id``, ``attachment_ids``: files that the actor uploaded, or that the article already has. ``cover_upload`` and
    ``attachment_uploads`` are stored on the way, and take the cover's place or join the attachments.
    """

    column: str
    unit_id: uuid.UUID | None
    title: str
    summary: str
    body: str
    level: str
    is_pinned: bool
    audience: Mapping[str, Any] | None
    is_open: bool
    publish_at: datetime | None
    expires_at: datetime | None
    needs_confirmation: bool
    confirm_by: datetime | None
    allows_comments: bool
    details: Mapping[str, Any]
    cover_id: uuid.UUID | None
    attachment_ids: list[uuid.UUID]
    cover_upload: UploadedFile
    attachment_uploads: list[UploadedFile]


def clean_article(fields: ArticleFields, *, article: Article | None, actor: Actor, at: datetime) -> dict[str, Any]:
    """Typed values of what is given. Raises ``ArticleInvalid`` with every fault, ``ClassifiedRefused``."""
    cleaner = Cleaner()
    _clean_texts(fields, cleaner)
    if "level" in fields:
        cleaner.values["level"] = guarding.level_of(fields["level"])
    if "column" in fields:
        cleaner.values["column"] = _column(fields["column"], article, cleaner)
    if "unit_id" in fields:
        cleaner.values["unit"] = scoping.unit_for(fields["unit_id"], actor=actor)
    if "audience" in fields:
        cleaner.values["audience"] = _audience(fields["audience"], cleaner, at)
    if len(fields.get("attachment_ids", ())) + len(fields.get("attachment_uploads", ())) > ATTACHMENT_COUNT:
        cleaner.refuse("attachment_ids", "too_many", _("附件不能超过 %(count)d 个。") % {"count": ATTACHMENT_COUNT})
    for name in _AS_GIVEN:
        if name in fields:
            cleaner.values[name] = fields[name]  # type: ignore[literal-required]
    if cleaner.values.get("needs_confirmation") is False:
        cleaner.values["confirm_by"] = None
    elif cleaner.values.get("confirm_by") and not cleaner.values.get(
        "needs_confirmation", article and article.needs_confirmation
    ):
        cleaner.refuse("confirm_by", "not_wanted", _("没有要求确认，不能设置确认期限。"))
    return cleaner.done(errors.ArticleInvalid)


def assign(article: Article, cleaned: Mapping[str, Any]) -> None:
    """Put cleaned values into the article."""
    for name in _ON_ARTICLE:
        if name in cleaned:
            setattr(article, name, cleaned[name])


def _clean_texts(fields: ArticleFields, cleaner: Cleaner) -> None:
    if "title" in fields:
        cleaner.text("title", " ".join(fields["title"].split("\n")), TITLE_LENGTH, needed=True)
    if "summary" in fields:
        cleaner.text("summary", fields["summary"], SUMMARY_LENGTH)
    if "body" in fields and "body" in cleaner.text("body", fields["body"], BODY_LENGTH).values:
        cleaner.values["body"] = richtext.sanitise(cleaner.values["body"])


def _column(code: str, article: Article | None, cleaner: Cleaner) -> Column | None:
    column = Column.objects.filter(code=code, is_active=True).first()
    if column is None:
        cleaner.refuse("column", errors.ColumnUnknown.code, str(errors.ColumnUnknown.message))
    elif article is not None and article.column.kind != column.kind:
        cleaner.refuse("column", "other_kind", _("不能改到另一种类型的栏目。"))
    return column


def _audience(wanted: Mapping[str, Any] | None, cleaner: Cleaner, at: datetime) -> Any:
    if wanted is None:
        return None
    try:
        definition = audiences.parse(wanted)
    except DomainError as error:
        cleaner.faults.extend(error.fields or (FieldError("/audience", error.code, error.detail),))
        return None
    return None if definition.everyone else audiences.keep(definition, at=at)
