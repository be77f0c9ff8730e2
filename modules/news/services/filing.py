"""The files of an article: its cover, its attachments, the pictures in its text."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.files import richtext
from jiceng.files import services as files
from jiceng.files.models import StoredFile
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors
from ..models import Article, Attachment
from .kinds import kind_of

Result = TypeVar("Result")


def owner_of(article: Article) -> str:
    """How the article's files name it."""
    return f"news.article:{article.pk}"


def assign_files(article: Article, cleaned: dict[str, Any], *, actor: Actor, at: datetime) -> None:
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
    kept = {
        *pictures, *article.attachments.values_list("file_id", flat=True), article.cover_id,
        *kind_of(article).files_of(article),
    }  # fmt: skip
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
