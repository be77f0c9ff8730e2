"""Handing an article in for review, and what becomes of it. The workflow ``news.publish`` decides."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.files import richtext
from jiceng.members import audiences
from jiceng.workflow.services import start_case
from jiceng.workflow.summaries import CaseSummary, SummaryRow

from .. import errors
from ..manifest.words import WRITE
from ..models import Article, State, VersionKind
from . import publishing, scoping, versions
from .addresses import review_url
from .locking import locked
from .recording import record_deed

WORKFLOW = "news.publish"


@transaction.atomic
def submit_for_review(*, article_id: uuid.UUID, actor: Actor, at: datetime, version: int | None = None) -> Article:
    """Hand a draft in. Its last approval publishes it, at its hour if it has one.

    Raises ``ArticleMissing``, ``StaleArticle``, ``Forbidden``, and what ``publishing`` raises for articles that are not
    ready. Contributors may submit their own. Emits ``news.article.submitted``.
    """
    article = locked(article_id, version)
    if actor.user is None or article.contributor_id != actor.user.pk:
        scoping.require_over(article, actor=actor, permission=WRITE)
    publishing.require_unpublished(article)
    if article.is_scheduled:
        raise errors.AlreadyScheduled
    publishing.require_ready(article, actor=Actor.system() if article.contributor_id else actor, at=at)
    before, article.state, article.submitted_at = article.state, State.REVIEW, at
    versions.touch(article, kind=VersionKind.SUBMITTED, actor=actor, at=at)
    record_deed("news.article.submitted", article, actor, before={"state": before}, after={"state": State.REVIEW})
    unit_path = article.unit.path if article.unit else ""
    start_case(workflow=WORKFLOW, subject_id=article.pk, title=article.title, actor=actor, at=at, unit_path=unit_path)
    emit("news.article.submitted", payload={"article_id": str(article.pk), "title": article.title}, actor_id=actor.id)
    return article


@transaction.atomic
def decide(*, subject_id: str, is_approved: bool, actor: Actor, at: datetime) -> None:
    """The last step has been decided: the article comes out, or goes back to its author."""
    article = locked(subject_id)
    if not article.is_in_review:
        return
    if is_approved:
        if article.publish_at and article.publish_at <= at:
            article.publish_at = None  # the hour passed while it was under review
        article.publisher_id, article.publisher_name = actor.id or "", actor.display_name
        publishing.require_ready(article, actor=Actor.system(), at=at)
        publishing.release(article, actor=actor, at=at)
    else:
        _back_to_draft(article, actor, at)


@transaction.atomic
def take_back(*, subject_id: str, actor: Actor, at: datetime) -> None:
    """The author has taken the article out of review."""
    article = locked(subject_id)
    if article.is_in_review:
        _back_to_draft(article, actor, at)


def _back_to_draft(article: Article, actor: Actor, at: datetime) -> None:
    article.state = State.DRAFT
    versions.touch(article, kind=VersionKind.RETURNED, actor=actor, at=at)
    record_deed("news.article.returned", article, actor, before={"state": State.REVIEW}, after={"state": State.DRAFT})


def summary_of(*, subject_id: str) -> CaseSummary:
    """What reviewers are shown: the article itself as it stands."""
    article = Article.objects.select_related("column", "audience").filter(pk=subject_id).first()
    if article is None:
        return CaseSummary(note=_("这篇文章已删除。"))
    return CaseSummary(
        rows=tuple(SummaryRow(label, value) for label, value in _facts(article)),
        files=tuple((item.file.original_name, item.file.url()) for item in article.attachments.select_related("file")),
        url=review_url(article), url_label=_("查看全文"),
    )  # fmt: skip


def _facts(article: Article) -> list[tuple[str, Any]]:
    text = richtext.plain_text(article.body)
    facts = [
        (_("栏目"), article.column.name), (_("标题"), article.title), (_("作者"), article.author_name),
        (_("密级"), article.get_level_display()), (_("发给"), audience_words(article)),
        (_("正文"), text if len(text) <= 1000 else f"{text[:1000]}…"),
    ]  # fmt: skip
    if article.publish_at:
        facts.append((_("定时发布"), f"{article.publish_at:%Y-%m-%d %H:%M}"))
    return facts


def audience_words(article: Article) -> str:
    """The article's audience in words."""
    if article.audience is None:
        return _("全体成员")
    return "；".join(audiences.describe(audiences.definition_of(article.audience)))
