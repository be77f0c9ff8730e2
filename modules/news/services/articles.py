"""Writing, publishing, withdrawing, reading."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypedDict, TypeVar

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.files import richtext
from jiceng.files import services as files
from jiceng.files.models import StoredFile
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors
from ..models import SUMMARY_LENGTH, TITLE_LENGTH, Article, Attachment, Column, ReadReceipt, State
from .cleaning import Cleaner

Result = TypeVar("Result")

BODY_LENGTH = 200_000
ATTACHMENT_COUNT = 20
AUDITED_BODY_LENGTH = 5_000


class ArticleFields(TypedDict, total=False):
    """What an editor may say of an article. ``column``: a column's code; ``body``: HTML or plain text, sanitised here.

    ``cover_id``, ``attachment_ids``: files that the actor uploaded, or that the article already has. ``cover_upload`` and
    ``attachment_uploads`` are stored on the way, and take the cover's place or join the attachments.
    """

    column: str
    title: str
    summary: str
    body: str
    is_pinned: bool
    cover_id: uuid.UUID | None
    attachment_ids: list[uuid.UUID]
    cover_upload: UploadedFile
    attachment_uploads: list[UploadedFile]


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
    _record("news.article.published", article, actor, before={"state": State.DRAFT}, after={"state": State.PUBLISHED})
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
    article.withdrawn_reason = Cleaner().text("reason", reason, 200).done(errors.ArticleInvalid)["reason"]
    # Two machines' clocks may differ by a moment.
    article.state, article.withdrawn_at = State.WITHDRAWN, max(at, article.published_at or at)
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
    if actor.user is None or not article.is_published:
        return False
    receipt, is_first = ReadReceipt.objects.get_or_create(article=article, user=actor.user, defaults={"read_at": at})
    if is_first:
        payload = {"article_id": str(article.pk), "user_id": str(actor.id)}
        emit("news.article.read", payload=payload, actor_id=actor.id, key=f"news.read:{receipt.pk}")
    return is_first


def owner_of(article: Article) -> str:
    """How the article's files name it."""
    return f"news.article:{article.pk}"


def _clean_article(fields: ArticleFields) -> dict[str, Any]:
    cleaner = Cleaner()
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
    if len(fields.get("attachment_ids", ())) + len(fields.get("attachment_uploads", ())) > ATTACHMENT_COUNT:
        cleaner.refuse("attachment_ids", "too_many", _("附件不能超过 %(count)d 个。") % {"count": ATTACHMENT_COUNT})
    for name in ("is_pinned", "cover_id", "attachment_ids", "cover_upload", "attachment_uploads"):
        if name in fields:
            cleaner.values[name] = fields[name]
    return cleaner.done(errors.ArticleInvalid)


def _assign(article: Article, cleaned: dict[str, Any]) -> None:
    for name in ("column", "title", "summary", "body", "is_pinned"):
        if name in cleaned:
            setattr(article, name, cleaned[name])


def _assign_files(article: Article, cleaned: dict[str, Any], *, actor: Actor, at: datetime) -> None:
    """Link cover, attachments and the body's pictures, and let go of files no longer used."""
    _store_uploads(article, cleaned, actor)
    if not {"cover_id", "attachment_ids", "body"} & cleaned.keys():
        return
    if "cover_id" in cleaned:
        _link_cover(article, cleaned["cover_id"], actor)
    if "attachment_ids" in cleaned:
        _link_attachments(article, list(dict.fromkeys(cleaned["attachment_ids"])), actor)
    pictures = richtext.picture_ids(article.body)
    if "body" in cleaned:
        _attach("body", pictures, article, actor)
    kept = {*pictures, *article.attachments.values_list("file_id", flat=True), article.cover_id}
    files.release(owner=owner_of(article), keep=[file_id for file_id in kept if file_id], at=at)


def _store_uploads(article: Article, cleaned: dict[str, Any], actor: Actor) -> None:
    """Turn uploads into ids of stored files."""
    if "cover_upload" in cleaned:
        store = partial(files.store_image, upload=cleaned["cover_upload"], actor=actor)
        cleaned["cover_id"] = _on_field("cover_upload", store).pk
    stored = [
        _on_field("attachment_uploads", partial(files.store_attachment, upload=upload, actor=actor)).pk
        for upload in cleaned.get("attachment_uploads", ())
    ]
    if stored:
        kept = cleaned.get("attachment_ids")
        kept = list(article.attachments.values_list("file_id", flat=True)) if kept is None else list(kept)
        cleaned["attachment_ids"] = kept + stored


def _link_cover(article: Article, cover_id: uuid.UUID | None, actor: Actor) -> None:
    if cover_id and not _attach("cover_id", [cover_id], article, actor)[cover_id].is_image:
        message = _("封面必须是图片。")
        raise errors.ArticleInvalid(fields=(FieldError("/cover_id", "not_an_image", message),))
    article.cover_id = cover_id
    article.save(update_fields=("cover",))


def _link_attachments(article: Article, wanted: list[uuid.UUID], actor: Actor) -> None:
    _attach("attachment_ids", wanted, article, actor)
    article.attachments.exclude(file__in=wanted).delete()
    Attachment.objects.bulk_create(
        [Attachment(article=article, file_id=file_id, order=number) for number, file_id in enumerate(wanted)],
        update_conflicts=True, unique_fields=("file",), update_fields=("order",),
    )  # fmt: skip


def _attach(name: str, file_ids: Any, article: Article, actor: Actor) -> dict[uuid.UUID, StoredFile]:
    return _on_field(name, lambda: files.attach(file_ids=file_ids, owner=owner_of(article), actor=actor))


def _on_field(name: str, call: Callable[[], Result]) -> Result:
    """Let a refusal of the files say which field it is about."""
    try:
        return call()
    except DomainError as error:
        raise errors.ArticleInvalid(fields=(FieldError(f"/{name}", error.code, error.detail),)) from error


def _locked(article_id: uuid.UUID, version: int | None) -> Article:
    article = Article.objects.select_for_update(of=("self",)).select_related("column").filter(pk=article_id).first()
    if article is None:
        raise errors.ArticleMissing
    if version is not None and article.version != version:
        raise errors.StaleArticle
    return article


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
