"""Coming out, on the spot or at an hour, and being taken back."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.files import richtext
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import FieldError
from jiceng.kernel.tasks import enqueue
from jiceng.members import audiences
from jiceng.notices import services as notices

from .. import errors
from ..manifest.words import PUBLISH
from ..models import Article, State, VersionKind
from . import guarding, scoping, versions
from .kinds import kind_of
from .locking import locked
from .recording import record_deed


@transaction.atomic
def publish_article(
    *, article_id: uuid.UUID, actor: Actor, at: datetime, version: int | None = None, publish_at: datetime | None = None
) -> Article:
    """Show a draft to its readers, now or at ``publish_at``. ``at`` becomes ``published_at``.

    Raises ``ArticleMissing``, ``AlreadyPublished``, ``AlreadyWithdrawn``, ``InReview``, ``NeedsReview``, ``StaleArticle``,
    ``Forbidden`` outside the actor's subtrees, and what ``require_ready`` raises. Emits ``news.article.published``. Locks
    the article.
    """
    article = locked(article_id, version)
    scoping.require_over(article, actor=actor, permission=PUBLISH)
    require_unpublished(article)
    if article.column.needs_review and not actor.is_system:
        raise errors.NeedsReview
    if publish_at is not None:
        article.publish_at = publish_at
    elif article.is_scheduled:
        article.publish_at = None  # the hour set before no longer counts
    require_ready(article, actor=actor, at=at)
    return release(article, actor=actor, at=at)


def release(article: Article, *, actor: Actor, at: datetime) -> Article:
    """Schedule a ready, locked article, or let it come out. For publishing and for the last approval."""
    if article.publish_at and article.publish_at > at:
        return _schedule(article, actor=actor, at=at)
    return come_out(article, actor=actor, at=at)


def _schedule(article: Article, *, actor: Actor, at: datetime) -> Article:
    before, article.state = article.state, State.SCHEDULED
    article.publisher_id, article.publisher_name = actor.id or "", actor.display_name
    versions.touch(article, kind=VersionKind.SAVED, actor=actor, at=at)
    record_deed("news.article.scheduled", article, actor, before={"state": before}, after={"state": State.SCHEDULED})
    enqueue("news.publish_scheduled", at=article.publish_at, article_id=article.pk, version=article.version)
    return article


def reschedule(article: Article, *, actor: Actor, at: datetime) -> None:
    """A locked, scheduled article was changed: it must still be ready, and its hour may be another. Raises as ``require_ready``."""
    if article.publish_at is None:
        message = _("已定时的文章须有发布时间；要改为草稿，请先取消定时。")
        raise errors.ArticleInvalid(fields=(FieldError("/publish_at", "required", message),))
    require_ready(article, actor=actor, at=at)
    enqueue("news.publish_scheduled", at=article.publish_at, article_id=article.pk, version=article.version)


@transaction.atomic
def unschedule_article(*, article_id: uuid.UUID, actor: Actor, at: datetime, version: int | None = None) -> Article:
    """Make a scheduled article a draft again. Raises ``ArticleMissing``, ``StaleArticle``, ``NotScheduled``, ``Forbidden``."""
    article = locked(article_id, version)
    scoping.require_over(article, actor=actor, permission=PUBLISH)
    if not article.is_scheduled:
        raise errors.NotScheduled
    article.state, article.publish_at = State.DRAFT, None
    versions.touch(article, kind=VersionKind.SAVED, actor=actor, at=at)
    record_deed(
        "news.article.unscheduled", article, actor, before={"state": State.SCHEDULED}, after={"state": State.DRAFT}
    )
    return article


@transaction.atomic
def publish_scheduled(*, article_id: uuid.UUID | str, version: int, at: datetime) -> bool:
    """The hour has come. Nothing happens if the article was changed or taken off the schedule since. Idempotent."""
    article = (
        Article.objects.select_for_update(of=("self",)).select_related("column", "unit").filter(pk=article_id).first()
    )
    if article is None or not article.is_scheduled or article.version != version:
        return False
    come_out(article, actor=Actor.system(), at=at)
    return True


def come_out(article: Article, *, actor: Actor, at: datetime) -> Article:
    """Publish a ready, locked article. The list of recipients is made and they are told by a worker."""
    before, article.state, article.published_at = article.state, State.PUBLISHED, at
    if not article.publisher_name:
        article.publisher_id, article.publisher_name = actor.id or "", actor.display_name
    versions.touch(article, kind=VersionKind.PUBLISHED, actor=actor, at=at)
    record_deed("news.article.published", article, actor, before={"state": before}, after={"state": State.PUBLISHED})
    payload = {"article_id": str(article.pk), "title": article.title, "column": article.column.code}
    emit("news.article.published", payload=payload, actor_id=actor.id)
    kind_of(article).published(article, actor=actor, at=at)
    enqueue("news.deliver_article", article_id=article.pk)
    return article


def require_unpublished(article: Article) -> None:
    """Raise ``AlreadyPublished``, ``AlreadyWithdrawn`` or ``InReview``."""
    if article.is_published:
        raise errors.AlreadyPublished
    if article.is_withdrawn:
        raise errors.AlreadyWithdrawn
    if article.is_in_review:
        raise errors.InReview


def require_ready(article: Article, *, actor: Actor, at: datetime) -> None:
    """Raise what still stands in the way of readers.

    ``EmptyBody``, ``SensitiveWords``, ``ClassifiedRefused``, ``ArticleInvalid`` for hours in the past, ``AudienceEmpty``,
    ``AudienceOutOfReach``, and whatever the column's kind misses.
    """
    if richtext.is_blank(article.body):
        raise errors.EmptyBody
    names = article.attachments.values_list("file__original_name", flat=True)
    guarding.check_article(article, file_names=names)
    _require_hours(article, at)
    if article.audience is not None:
        definition = audiences.definition_of(article.audience)
        audiences.require_within(definition, actor=actor, permission=PUBLISH)
        if not audiences.people(article.audience, at=at).exists():
            raise audiences.AudienceEmpty
    elif article.unit is not None and not kind_of(article).is_closed:
        message = _("以组织名义发布的文章，请选择发给谁。")
        raise errors.ArticleInvalid(fields=(FieldError("/audience", "required", message),))
    kind_of(article).check(article, at=at)


def _require_hours(article: Article, at: datetime) -> None:
    cleaner, first = Cleaner(), article.publish_at or at
    if article.publish_at and article.publish_at <= at:
        cleaner.refuse("publish_at", "in_the_past", _("定时发布的时间已经过去。"))
    if article.expires_at and article.expires_at <= first:
        cleaner.refuse("expires_at", "before_publishing", _("下架时间必须晚于发布时间。"))
    if article.confirm_by and article.confirm_by <= first:
        cleaner.refuse("confirm_by", "before_publishing", _("确认期限必须晚于发布时间。"))
    cleaner.done(errors.ArticleInvalid)


@transaction.atomic
def withdraw_article(
    *, article_id: uuid.UUID, reason: str, actor: Actor, at: datetime, version: int | None = None
) -> Article:
    """Take a published article back: its old links show nothing any more. ``reason``: for the record, may be empty.

    Raises ``ArticleMissing``, ``NotPublished``, ``AlreadyWithdrawn``, ``StaleArticle``, ``ArticleInvalid``, ``Forbidden``.
    Emits ``news.article.withdrawn``. Locks the article.
    """
    article = locked(article_id, version)
    scoping.require_over(article, actor=actor, permission=PUBLISH)
    if article.is_withdrawn:
        raise errors.AlreadyWithdrawn
    if not article.is_published:
        raise errors.NotPublished
    article.withdrawn_reason = Cleaner().text("reason", reason, 200).done(errors.ArticleInvalid)["reason"]
    # Two machines' clocks may differ by a moment.
    article.state, article.withdrawn_at = State.WITHDRAWN, max(at, article.published_at or at)
    versions.touch(article, kind=VersionKind.WITHDRAWN, actor=actor, at=at, note=article.withdrawn_reason)
    record_deed(
        "news.article.withdrawn", article, actor, before={"state": State.PUBLISHED},
        after={"state": State.WITHDRAWN}, note=article.withdrawn_reason,
    )  # fmt: skip
    emit("news.article.withdrawn", payload={"article_id": str(article.pk), "title": article.title}, actor_id=actor.id)
    kind_of(article).withdrawn(article, actor=actor, at=at)
    notices.withdraw(source=source_of(article), at=at)
    return article


def source_of(article: Article) -> str:
    """How notices and to-dos name the article."""
    return f"news.article:{article.pk}"
