"""Every change of articles and columns. Atomic, audited, and told to others through events."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from pypinyin import lazy_pinyin

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.files import richtext
from jiceng.files import services as files
from jiceng.files.errors import FileNotYours
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

from . import errors
from .models import SUMMARY_LENGTH, TITLE_LENGTH, Article, Attachment, Column, ReadReceipt, State

BODY_LENGTH = 200_000
ATTACHMENT_COUNT = 20
AUDITED_BODY_LENGTH = 5_000
DEFAULT_COLUMNS = (
    ("releases", "中心发布"), ("assessments", "专题考核"), ("documents", "文件传真"), ("notices", "活动通知"),
)  # fmt: skip


class ArticleFields(TypedDict, total=False):
    """What an editor may say of an article. ``column``: a column's code; ``body``: HTML or plain text, sanitised here.

    ``cover_id``, ``attachment_ids``: files that the actor uploaded, or that the article already has.
    """

    column: str
    title: str
    summary: str
    body: str
    is_pinned: bool
    cover_id: uuid.UUID | None
    attachment_ids: list[uuid.UUID]


# --- Articles ---------------------------------------------------------------------------------------------------------
@transaction.atomic
def create_article(*, fields: ArticleFields, actor: Actor, at: datetime) -> Article:
    """Write a draft. ``column`` and ``title`` are needed. Raises ``ArticleInvalid`` with a fault by field."""
    article = Article(author_id=actor.id or "", author_name=actor.display_name, created_at=at, updated_at=at)
    cleaned = _clean_article({"column": "", "title": "", **fields})
    _assign(article, cleaned)
    article.save(force_insert=True)
    _assign_files(article, cleaned, actor=actor, at=at)
    _record("news.article.created", article, actor, after=_snapshot(article))
    return article


@transaction.atomic
def update_article(
    *, article_id: uuid.UUID, fields: ArticleFields, actor: Actor, at: datetime, version: int | None = None
) -> Article:
    """Change the given fields of a draft or published article. ``version``: the one the editor saw.

    Raises ``ArticleMissing``, ``AlreadyWithdrawn``, ``StaleArticle``, ``ArticleInvalid``, and ``EmptyBody`` where a
    published article would lose its last word. Locks the article.
    """
    article = _locked(article_id, version)
    if article.is_withdrawn:
        raise errors.AlreadyWithdrawn
    before = _snapshot(article)
    cleaned = _clean_article(fields)
    _assign(article, cleaned)
    if article.is_published and richtext.is_blank(article.body):
        raise errors.EmptyBody
    _assign_files(article, cleaned, actor=actor, at=at)
    _touch(article, at)
    after = _snapshot(article)
    changed = [key for key in after if before[key] != after[key]]
    _record(
        "news.article.updated", article, actor,
        before={key: before[key] for key in changed}, after={key: after[key] for key in changed},
    )  # fmt: skip
    return article


@transaction.atomic
def publish_article(*, article_id: uuid.UUID, actor: Actor, at: datetime, version: int | None = None) -> Article:
    """Show a draft to its readers. ``at`` becomes ``published_at``.

    Raises ``ArticleMissing``, ``AlreadyPublished``, ``AlreadyWithdrawn``, ``StaleArticle``, ``EmptyBody``.
    Emits ``news.article.published``. Locks the article.
    """
    article = _locked(article_id, version)
    if article.is_published:
        raise errors.AlreadyPublished
    if article.is_withdrawn:
        raise errors.AlreadyWithdrawn
    if richtext.is_blank(article.body):
        raise errors.EmptyBody
    article.state, article.published_at = State.PUBLISHED, at
    article.publisher_id, article.publisher_name = actor.id or "", actor.display_name
    _touch(article, at)
    _record(
        "news.article.published", article, actor, before={"state": State.DRAFT}, after={"state": State.PUBLISHED}
    )
    payload = {"article_id": str(article.pk), "title": article.title, "column": article.column.code}
    emit("news.article.published", payload=payload, actor_id=actor.id)
    return article


@transaction.atomic
def withdraw_article(
    *, article_id: uuid.UUID, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Article:
    """Take a published article back: its old links show nothing any more. ``reason``: for the record, may be empty.

    Raises ``ArticleMissing``, ``NotPublished``, ``AlreadyWithdrawn``, ``StaleArticle``, ``ArticleInvalid``.
    Emits ``news.article.withdrawn``. Locks the article.
    """
    article = _locked(article_id, version)
    if article.is_withdrawn:
        raise errors.AlreadyWithdrawn
    if not article.is_published:
        raise errors.NotPublished
    article.withdrawn_reason = _Cleaner().text("reason", reason, 200).done(errors.ArticleInvalid)["reason"]
    article.state, article.withdrawn_at = State.WITHDRAWN, at
    _touch(article, at)
    _record(
        "news.article.withdrawn", article, actor, before={"state": State.PUBLISHED},
        after={"state": State.WITHDRAWN}, note=article.withdrawn_reason,
    )  # fmt: skip
    emit("news.article.withdrawn", payload={"article_id": str(article.pk), "title": article.title}, actor_id=actor.id)
    return article


@transaction.atomic
def delete_draft(*, article_id: uuid.UUID, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Delete an article that nobody has seen. Raises ``ArticleMissing``, ``NotDraft``, ``StaleArticle``."""
    article = _locked(article_id, version)
    if not article.is_draft:
        raise errors.NotDraft
    _record("news.article.deleted", article, actor, before=_snapshot(article))
    owner = owner_of(article)
    article.delete()
    files.release(owner=owner, at=at)


@transaction.atomic
def mark_read(*, article: Article, actor: Actor, at: datetime) -> bool:
    """Note that a signed-in user has read a published article; whether for the first time.

    Idempotent, also under concurrency. Emits ``news.article.read`` the first time.
    """
    if actor.kind != "user" or not article.is_published:
        return False
    receipt, is_first = ReadReceipt.objects.get_or_create(
        article_id=article.pk, user_id=actor.id, defaults={"read_at": at}
    )
    if is_first:
        payload = {"article_id": str(article.pk), "user_id": str(actor.id)}
        emit("news.article.read", payload=payload, actor_id=actor.id, key=f"news.read:{receipt.pk}")
    return is_first


def owner_of(article: Article) -> str:
    """How the article's files name it."""
    return f"news.article:{article.pk}"


# --- Columns ----------------------------------------------------------------------------------------------------------
@transaction.atomic
def create_column(*, name: str, actor: Actor, code: str = "", order: int | None = None) -> Column:
    """Add a column. Without ``code`` one is made from the name's pinyin; without ``order`` it stands last.

    Raises ``ColumnInvalid``, ``ColumnTaken``.
    """
    cleaned = _Cleaner().text("name", name, 20, needed=True).done(errors.ColumnInvalid)
    code = code or "-".join(lazy_pinyin(cleaned["name"], errors="ignore"))[:40].strip("-") or f"c{uuid.uuid4().hex[:8]}"
    if not code.replace("-", "").isalnum() or not code.isascii() or len(code) > 40 or code != code.lower():
        message = _("代码只能用小写字母、数字和短横线，不超过 40 个字符。")
        raise errors.ColumnInvalid(fields=(FieldError("/code", "invalid_code", message),))
    if Column.objects.filter(code=code).exists() or Column.objects.filter(name=cleaned["name"]).exists():
        raise errors.ColumnTaken
    if order is None:
        order = (Column.objects.aggregate(last=Max("order"))["last"] or 0) + 10
    column = Column.objects.create(code=code, name=cleaned["name"], order=order)
    record(action="news.column.created", actor=actor, target=str(column.pk), target_label=column.name,
           after=_column_snapshot(column))  # fmt: skip
    return column


@transaction.atomic
def update_column(
    *,
    column_id: uuid.UUID,
    actor: Actor,
    name: str | None = None,
    order: int | None = None,
    is_active: bool | None = None,
) -> Column:
    """Change what is given. Its code never changes: links hold it. Raises ``ColumnMissing``, ``ColumnInvalid``, ``ColumnTaken``."""
    column = _locked_column(column_id)
    before = _column_snapshot(column)
    if name is not None:
        column.name = _Cleaner().text("name", name, 20, needed=True).done(errors.ColumnInvalid)["name"]
        if Column.objects.filter(name=column.name).exclude(pk=column.pk).exists():
            raise errors.ColumnTaken
    column.order = column.order if order is None else order
    column.is_active = column.is_active if is_active is None else is_active
    column.save()
    record(action="news.column.updated", actor=actor, target=str(column.pk), target_label=column.name,
           before=before, after=_column_snapshot(column))  # fmt: skip
    return column


@transaction.atomic
def delete_column(*, column_id: uuid.UUID, actor: Actor) -> None:
    """Delete a column without articles. Raises ``ColumnMissing``, ``ColumnInUse``."""
    column = _locked_column(column_id)
    if Article.objects.filter(column=column).exists():
        raise errors.ColumnInUse
    record(action="news.column.deleted", actor=actor, target=str(column.pk), target_label=column.name,
           before=_column_snapshot(column))  # fmt: skip
    column.delete()


@transaction.atomic
def prepare_columns() -> None:
    """Give a new tenant its first columns; does nothing where there are any."""
    if Column.objects.exists():
        return
    Column.objects.bulk_create(
        Column(code=code, name=name, order=number * 10) for number, (code, name) in enumerate(DEFAULT_COLUMNS, 1)
    )


# --- Inside -----------------------------------------------------------------------------------------------------------
class _Cleaner:
    """Collects cleaned values and every fault, so that a person sees all of them at once."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self.faults: list[FieldError] = []

    def text(self, name: str, value: Any, longest: int, *, needed: bool = False) -> _Cleaner:
        try:
            text = clean(value if isinstance(value, str) else "")
        except Invalid as error:
            return self.refuse(name, "invalid_text", error.detail)
        if needed and not text:
            return self.refuse(name, "required", _("此项不能为空。"))
        if len(text) > longest:
            return self.refuse(name, "too_long", _("不能超过 %(count)d 个字。") % {"count": longest})
        self.values[name] = text
        return self

    def refuse(self, name: str, code: str, message: str) -> _Cleaner:
        self.faults.append(FieldError(f"/{name}", code, message))
        return self

    def done(self, error: Callable[..., Exception]) -> dict[str, Any]:
        if self.faults:
            raise error(fields=tuple(self.faults))
        return self.values


def _clean_article(fields: ArticleFields) -> dict[str, Any]:
    cleaner = _Cleaner()
    if "title" in fields:
        cleaner.text("title", " ".join(fields["title"].split("\n")), TITLE_LENGTH, needed=True)
    if "summary" in fields:
        cleaner.text("summary", fields["summary"], SUMMARY_LENGTH)
    if "body" in fields and "body" in cleaner.text("body", fields["body"], BODY_LENGTH).values:
        cleaner.values["body"] = richtext.sanitise(cleaner.values["body"])
    if "column" in fields:
        column = Column.objects.filter(code=fields["column"], is_active=True).first()
        if column is None:
            cleaner.refuse("column", errors.ColumnUnknown.code, str(errors.ColumnUnknown.message))
        cleaner.values["column"] = column
    if len(fields.get("attachment_ids", ())) > ATTACHMENT_COUNT:
        cleaner.refuse("attachment_ids", "too_many", _("附件不能超过 %(count)d 个。") % {"count": ATTACHMENT_COUNT})
    for name in ("is_pinned", "cover_id", "attachment_ids"):
        if name in fields:
            cleaner.values[name] = fields[name]
    return cleaner.done(errors.ArticleInvalid)


def _assign(article: Article, cleaned: dict[str, Any]) -> None:
    for name in ("column", "title", "summary", "body", "is_pinned"):
        if name in cleaned:
            setattr(article, name, cleaned[name])


def _assign_files(article: Article, cleaned: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Link cover, attachments and the body's pictures, and let go of files no longer used."""
    if not {"cover_id", "attachment_ids", "body"} & cleaned.keys():
        return
    if "cover_id" in cleaned:
        _link_cover(article, cleaned["cover_id"], actor)
    if "attachment_ids" in cleaned:
        wanted = list(dict.fromkeys(cleaned["attachment_ids"]))
        _attach("attachment_ids", wanted, article, actor)
        article.attachments.exclude(file__in=wanted).delete()
        Attachment.objects.bulk_create(
            [Attachment(article=article, file_id=file_id, order=number) for number, file_id in enumerate(wanted)],
            update_conflicts=True, unique_fields=("file",), update_fields=("order",),
        )  # fmt: skip
    pictures = richtext.picture_ids(article.body)
    if "body" in cleaned:
        _attach("body", pictures, article, actor)
    kept = {*pictures, *article.attachments.values_list("file_id", flat=True), article.cover_id}
    files.release(owner=owner_of(article), keep=[file_id for file_id in kept if file_id], at=at)


def _link_cover(article: Article, cover_id: uuid.UUID | None, actor: Actor) -> None:
    if cover_id:
        cover = _attach("cover_id", [cover_id], article, actor)[cover_id]
        if not cover.is_image:
            message = _("封面必须是图片。")
            raise errors.ArticleInvalid(fields=(FieldError("/cover_id", "not_an_image", message),))
    article.cover_id = cover_id
    article.save(update_fields=("cover",))


def _attach(name: str, file_ids: Any, article: Article, actor: Actor) -> dict[uuid.UUID, Any]:
    try:
        return files.attach(file_ids=file_ids, owner=owner_of(article), actor=actor)
    except FileNotYours as error:
        raise errors.ArticleInvalid(fields=(FieldError(f"/{name}", error.code, error.detail),)) from error


def _locked(article_id: uuid.UUID, version: int | None) -> Article:
    article = Article.objects.select_for_update(of=("self",)).select_related("column").filter(pk=article_id).first()
    if article is None:
        raise errors.ArticleMissing
    if version is not None and article.version != version:
        raise errors.StaleArticle
    return article


def _locked_column(column_id: uuid.UUID) -> Column:
    column = Column.objects.select_for_update().filter(pk=column_id).first()
    if column is None:
        raise errors.ColumnMissing
    return column


def _touch(article: Article, at: datetime) -> None:
    article.version += 1
    article.updated_at = at
    article.save()


def _record(action: str, article: Article, actor: Actor, **more: Any) -> None:
    record(action=action, actor=actor, target=str(article.pk), target_label=article.title, **more)


def _snapshot(article: Article) -> dict[str, Any]:
    return {
        "column": article.column.code, "title": article.title, "summary": article.summary,
        "body": article.body[:AUDITED_BODY_LENGTH], "is_pinned": article.is_pinned, "state": article.state,
        "cover": str(article.cover_id or ""),
        "attachments": [str(file_id) for file_id in article.attachments.values_list("file_id", flat=True)],
    }  # fmt: skip


def _column_snapshot(column: Column) -> dict[str, Any]:
    return {"code": column.code, "name": column.name, "order": column.order, "is_active": column.is_active}
