"""Writing, changing, deleting, going back to an earlier version."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.events.services import emit
from jiceng.files import richtext
from jiceng.files import services as files
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..manifest.words import PUBLISH, WRITE
from ..models import Article, ArticleVersion, VersionKind
from . import guarding, publishing, scoping, versions
from .assigning import ArticleFields, assign, clean_article
from .filing import assign_files, owner_of
from .kinds import KINDS, kind_of
from .locking import locked
from .recording import record_deed
from .snapshots import snapshot


@transaction.atomic
def create_article(*, fields: ArticleFields, actor: Actor, at: datetime, contributor: User | None = None) -> Article:
    """Write a draft. ``column`` and ``title`` are needed. ``contributor``: the member who hands it in.

    Raises ``ArticleInvalid`` with a fault by field, ``ClassifiedRefused``.
    """
    given: ArticleFields = {"column": "", "title": "", **fields}
    cleaned = clean_article(given, article=None, actor=actor, at=at)
    if "unit" not in cleaned and contributor is None:
        cleaned["unit"] = scoping.unit_for(None, actor=actor)
    cleaned.setdefault("allows_comments", cleaned["column"].allows_comments)
    details = KINDS[cleaned["column"].kind].clean(fields.get("details", {}), article=None)
    article = Article(
        author_id=actor.id or "", author_name=actor.display_name, created_at=at, updated_at=at, contributor=contributor
    )
    assign(article, cleaned)
    article.save(force_insert=True)
    kind_of(article).save(article, details, actor=actor, at=at)
    assign_files(article, cleaned, actor=actor, at=at)
    versions.keep(article, kind=VersionKind.SAVED, actor=actor, at=at)
    record_deed("news.article.created", article, actor, after=snapshot(article))
    return article


@transaction.atomic
def update_article(
    *,
    article_id: uuid.UUID,
    fields: ArticleFields,
    actor: Actor,
    at: datetime,
    version: int | None = None,
    note: str = "",
) -> Article:
    """Change the given fields of a draft, scheduled or published article. ``version``: the one the editor saw.

    Changing a published article is a correction: it needs the right to publish, and ``note`` is shown to readers.
    A scheduled article comes off the schedule when it no longer could come out.

    Raises ``ArticleMissing``, ``AlreadyWithdrawn``, ``InReview``, ``StaleArticle``, ``ArticleInvalid``, ``Forbidden``,
    ``EmptyBody`` where a published article would lose its last word, ``AudienceFixed`` and the guards' refusals for
    published ones. Emits ``news.article.corrected``. Locks the article.
    """
    article = locked(article_id, version)
    _require_changeable(article, actor)
    before = snapshot(article)
    cleaned = clean_article(fields, article=article, actor=actor, at=at)
    details = kind_of(article).clean(fields["details"], article=article) if "details" in fields else None
    if article.is_published:
        _require_correctable(article, cleaned)
    assign(article, cleaned)
    if details is not None:
        kind_of(article).save(article, details, actor=actor, at=at)
    assign_files(article, cleaned, actor=actor, at=at)
    _keep_change(article, before, actor=actor, at=at, note=note)
    return article


def _require_changeable(article: Article, actor: Actor) -> None:
    if (
        article.contributor_id is None
        or actor.user is None
        or article.contributor_id != actor.user.pk
        or article.is_published
    ):
        scoping.require_over(article, actor=actor, permission=PUBLISH if article.is_published else WRITE)
    if article.is_withdrawn:
        raise errors.AlreadyWithdrawn
    if article.is_in_review:
        raise errors.InReview


def _require_correctable(article: Article, cleaned: dict[str, Any]) -> None:
    """What readers have been promised stays: to whom it went, and the hour it came out."""
    fixed = [
        name for name in ("audience", "unit", "is_open") if name in cleaned and cleaned[name] != getattr(article, name)
    ]
    if fixed:
        raise errors.AudienceFixed
    cleaned.pop("publish_at", None)


def _keep_change(article: Article, before: dict[str, Any], *, actor: Actor, at: datetime, note: str) -> None:
    note = Cleaner().text("note", note, 200).done(errors.ArticleInvalid)["note"]
    after = snapshot(article)
    changed = [key for key in after if before[key] != after[key]]
    words = {"title", "summary", "body", "attachments", "details"}
    is_correction = article.is_published and bool(words & set(changed))
    if article.is_published:
        if richtext.is_blank(article.body):
            raise errors.EmptyBody
        guarding.check_article(article, file_names=article.attachments.values_list("file__original_name", flat=True))
    if is_correction:
        article.corrected_at, article.correction_note = at, note
    versions.touch(
        article, kind=VersionKind.CORRECTED if is_correction else VersionKind.SAVED, actor=actor, at=at, note=note
    )
    action = "news.article.corrected" if is_correction else "news.article.updated"
    record_deed(
        action, article, actor, before={key: before[key] for key in changed}, after={key: after[key] for key in changed},
        note=note,
    )  # fmt: skip
    if is_correction:
        kind_of(article).corrected(article, actor=actor, at=at)
        payload = {"article_id": str(article.pk), "title": article.title}
        emit("news.article.corrected", payload=payload, actor_id=actor.id)
    elif article.is_scheduled:
        publishing.reschedule(article, actor=actor, at=at)


@transaction.atomic
def restore_version(
    *, article_id: uuid.UUID, number: int, actor: Actor, at: datetime, version: int | None = None
) -> Article:
    """Give the article the title, summary, text and details of an earlier version, as a change like any other.

    Raises what ``update_article`` raises, and ``VersionMissing``.
    """
    old = ArticleVersion.objects.filter(article=article_id, number=number).first()
    if old is None:
        raise errors.VersionMissing
    fields: ArticleFields = {"title": old.title, "summary": old.summary, "body": old.body}
    if old.details:
        fields["details"] = old.details
    note = _("恢复到第 %(number)d 版") % {"number": number}
    article = update_article(article_id=article_id, fields=fields, actor=actor, at=at, version=version, note=note)
    record_deed("news.article.restored", article, actor, after={"version": number})
    return article


@transaction.atomic
def delete_draft(*, article_id: uuid.UUID, actor: Actor, at: datetime, version: int | None = None) -> None:
    """Delete an article that nobody has seen. Raises ``ArticleMissing``, ``NotDraft``, ``StaleArticle``, ``Forbidden``."""
    article = locked(article_id, version)
    if actor.user is None or article.contributor_id != actor.user.pk:
        scoping.require_over(article, actor=actor, permission=WRITE)
    if not article.is_draft:
        raise errors.NotDraft
    record_deed("news.article.deleted", article, actor, before=snapshot(article))
    owner = owner_of(article)
    article.delete()
    files.release(owner=owner, at=at)
