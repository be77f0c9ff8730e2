"""微党课: a short video or sound beside the text, and how far each member got."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.files import services as files
from jiceng.files.models import StoredFile
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors, selectors
from ..models import Article, Lesson, LessonProgress
from .kind import Kind

KNOWN = {"media_id", "media_url", "media_upload", "needed_seconds", "lecturer"}
URL_LENGTH, NAME_LENGTH = 500, 50
LONGEST = 4 * 3600
# What a report may claim beyond the time since the last one: networks are slow, clocks are not equal.
SLACK_SECONDS = 5
# How long players wait before their first report.
FIRST = timedelta(seconds=15)
# Watching so much of it is enough where the editor asks for nothing else.
ENOUGH_PERCENT = 90


class LessonKind(Kind):
    """Its media are files of the article, so whoever may read the article may play them."""

    def clean(self, details: Mapping[str, Any], *, article: Article | None) -> dict[str, Any]:
        """``media_id`` (a stored video or sound) or ``media_url`` (a page elsewhere), ``needed_seconds``, ``lecturer``.

        The console's form may give a fresh upload as ``media_upload``.
        """
        cleaner = Cleaner(within="details").refuse_unknown(details, KNOWN)
        for name, longest in (("media_url", URL_LENGTH), ("lecturer", NAME_LENGTH)):
            if name in details:
                cleaner.text(name, details[name] or "", longest)
        if cleaner.values.get("media_url") and urlsplit(cleaner.values["media_url"]).scheme not in ("http", "https"):
            cleaner.refuse("media_url", "invalid_url", _("链接要以 https:// 或 http:// 开头。"))
        _clean_media(cleaner, details)
        _clean_needed(cleaner, details)
        if cleaner.values.get("media_url") and (cleaner.values.get("media_id") or details.get("media_upload")):
            cleaner.refuse("media_url", "one_source", _("上传文件和填写链接只能选一种。"))
        return cleaner.done(errors.ArticleInvalid)

    def save(self, article: Article, details: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
        lesson = Lesson.objects.select_for_update().filter(article=article).first() or Lesson(article=article)
        values = dict(details)
        if upload := values.pop("media_upload", None):
            values["media_id"] = _on_field("media_upload", lambda: files.store_media(upload=upload, actor=actor)).pk
        if "media_id" in values:
            lesson.media = _media(values["media_id"], article, actor) if values["media_id"] else None
            lesson.duration_seconds = lesson.media.duration_seconds if lesson.media else 0
            lesson.media_url = "" if lesson.media else lesson.media_url
        if values.get("media_url"):
            lesson.media, lesson.duration_seconds = None, 0
        for name in ("media_url", "needed_seconds", "lecturer"):
            if name in values and not (name == "media_url" and lesson.media):
                setattr(lesson, name, values[name])
        if lesson.duration_seconds:
            lesson.needed_seconds = min(lesson.needed_seconds, lesson.duration_seconds)
        lesson.save()

    def snapshot(self, article: Article) -> dict[str, Any]:
        lesson = Lesson.objects.filter(pk=article.pk).first()
        if lesson is None:
            return {}
        return {
            "media_id": str(lesson.media_id) if lesson.media_id else None, "media_url": lesson.media_url,
            "needed_seconds": lesson.needed_seconds, "lecturer": lesson.lecturer,
        }  # fmt: skip

    def files_of(self, article: Article) -> set[uuid.UUID]:
        media = Lesson.objects.filter(pk=article.pk).values_list("media", flat=True).first()
        return {media} if media else set()

    def check(self, article: Article, *, at: datetime) -> None:
        if not Lesson.objects.filter(pk=article.pk).exclude(media=None, media_url="").exists():
            message = _("请上传课程的视频或音频，或填写链接。")
            raise errors.ArticleInvalid(fields=(FieldError("/details/media_id", "required", message),))


@transaction.atomic
def record_progress(
    *, article_id: uuid.UUID, position: int, watched: int, actor: Actor, at: datetime
) -> LessonProgress:
    """``actor`` is at ``position`` and watched ``watched`` seconds since the last report.

    Only so much counts as the clock allows since then, and never more than the lesson lasts; the last report's position is
    where playing resumes. Emits ``news.lesson.completed`` once. Raises ``ArticleMissing``, ``ArticleWithdrawn``,
    ``Forbidden`` for programs. Locks the progress.
    """
    article = selectors.get_published(article_id=article_id, actor=actor, at=at)
    lesson = Lesson.objects.filter(article=article).first()
    if lesson is None or not lesson.media_id or actor.user is None:
        raise errors.ArticleMissing
    LessonProgress.objects.bulk_create(
        [LessonProgress(lesson=lesson, user=actor.user, updated_at=at - FIRST)], ignore_conflicts=True
    )
    row = LessonProgress.objects.select_for_update().get(lesson=lesson, user=actor.user)
    passed = max(int((at - row.updated_at).total_seconds()), 0) + SLACK_SECONDS
    row.watched_seconds = min(row.watched_seconds + max(min(watched, passed), 0), lesson.duration_seconds)
    row.position_seconds = max(min(position, lesson.duration_seconds), 0)
    row.updated_at = max(at, row.updated_at)
    if row.completed_at is None and row.watched_seconds >= needed_seconds(lesson):
        row.completed_at = at
        emit(
            "news.lesson.completed", actor_id=actor.id,
            payload={"article_id": str(article.pk), "user_id": str(actor.user.pk)},
        )  # fmt: skip
    row.save()
    return row


def needed_seconds(lesson: Lesson) -> int:
    """How long one has to watch until it counts as done."""
    return lesson.needed_seconds or -(-lesson.duration_seconds * ENOUGH_PERCENT // 100)


def _clean_media(cleaner: Cleaner, details: Mapping[str, Any]) -> None:
    if details.get("media_upload"):
        cleaner.values["media_upload"] = details["media_upload"]
    elif "media_id" in details:
        try:
            cleaner.values["media_id"] = uuid.UUID(str(details["media_id"])) if details["media_id"] else None
        except ValueError:
            cleaner.refuse("media_id", "invalid_id", _("编号的写法有误。"))


def _clean_needed(cleaner: Cleaner, details: Mapping[str, Any]) -> None:
    if "needed_seconds" not in details:
        return
    value = details["needed_seconds"] or 0
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LONGEST:
        cleaner.refuse("needed_seconds", "out_of_range", _("应为 0 到 %(count)d 之间的秒数。") % {"count": LONGEST})
    else:
        cleaner.values["needed_seconds"] = value


def _media(media_id: uuid.UUID, article: Article, actor: Actor) -> StoredFile:
    owner = f"news.article:{article.pk}"
    media = _on_field("media_id", lambda: files.attach(file_ids=[media_id], owner=owner, actor=actor))[media_id]
    if not media.is_media:
        message = _("请选择视频或音频。")
        raise errors.ArticleInvalid(fields=(FieldError("/details/media_id", "not_media", message),))
    return media


def _on_field(name: str, call: Any) -> Any:
    try:
        return call()
    except DomainError as error:
        raise errors.ArticleInvalid(fields=(FieldError(f"/details/{name}", error.code, error.detail),)) from error
