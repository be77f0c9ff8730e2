"""Comments of readers and what moderators do with them; likes and favourites."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel import limits
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import Forbidden
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.selectors.people import person_of_user
from jiceng.notices import services as notices

from .. import selectors
from ..errors import voices as refusals
from ..manifest.words import MODERATE
from ..models import COMMENT_LENGTH, Article, Comment, CommentState, Reaction, ReactionKind
from ..selectors.voices import accepts_comments, has_expired, path_of
from . import guarding
from .addresses import article_url
from .recording import record_deed

COMMENTS_PER_MINUTE = 5
APPROVED_AT_ONCE = 100
REASON_LENGTH = 200


@transaction.atomic
def write_comment(
    *, article_id: uuid.UUID, text: str, actor: Actor, at: datetime, parent_id: uuid.UUID | None = None
) -> Comment:
    """Comment on an article that ``actor`` may read; ``parent_id``: the comment it answers, one level deep.

    It waits for a moderator where the tenant wants that and ``actor`` is none. Raises ``ArticleMissing``,
    ``ArticleWithdrawn``, ``CommentsClosed``, ``CommentInvalid``, ``SensitiveWords``, ``CommentMissing`` for a parent that
    is not shown, ``CommentTooOften``, ``Forbidden`` for programs.
    """
    user = _user_of(actor)
    article = selectors.get_published(article_id=article_id, actor=actor, at=at)
    if not accepts_comments(article, at=at):
        raise refusals.CommentsClosed
    cleaned = Cleaner().text("text", text, COMMENT_LENGTH, needed=True).done(refusals.CommentInvalid)["text"]
    guarding.check_text(cleaned)
    parent = _answered(article, parent_id) if parent_id else None
    _admit(actor)
    person = person_of_user(user.pk)
    waits = read_settings("news").comments_need_approval and not policy.may(actor, MODERATE, path_of(article))
    comment = Comment.objects.create(
        article=article, parent=parent, user=user, author_name=actor.display_name,
        unit_name=person.unit.name if person and person.unit else "", text=cleaned, created_at=at,
        state=CommentState.PENDING if waits else CommentState.SHOWN,
    )  # fmt: skip
    record_deed("news.comment.written", article, actor, after={"comment": str(comment.pk), "text": cleaned})
    return comment


@transaction.atomic
def delete_comment(*, comment_id: uuid.UUID, actor: Actor, at: datetime) -> Comment:
    """Take one's own comment back: its words are never shown again, answers to it stay. Idempotent.

    Raises ``CommentMissing`` for those of others too. Locks the comment.
    """
    comment = next(iter(_locked([comment_id])), None)
    if comment is None or actor.user is None or comment.user_id != actor.user.pk:
        raise refusals.CommentMissing
    if comment.state != CommentState.DELETED:
        before, comment.state = comment.state, CommentState.DELETED
        comment.save(update_fields=("state",))
        record_deed(
            "news.comment.deleted", comment.article, actor, before={"state": before}, after={"comment": str(comment.pk)}
        )
    return comment


@transaction.atomic
def approve_comments(*, comment_ids: Iterable[uuid.UUID], actor: Actor, at: datetime) -> int:
    """Show comments that wait or were hidden; at most 100 at once. Returns how many changed.

    Those that their authors have deleted meanwhile are passed over. Raises ``CommentMissing`` where one is unknown or of
    an article out of reach: then none is shown. Locks the comments.
    """
    changed = [
        row for row in _moderated(comment_ids, actor) if row.state in (CommentState.PENDING, CommentState.HIDDEN)
    ]
    for comment in changed:
        _decide(comment, CommentState.SHOWN, "news.comment.approved", "", actor, at)
    return len(changed)


@transaction.atomic
def hide_comment(*, comment_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Comment:
    """Hide a comment from everybody but its author, who is told why. Idempotent.

    ``reason``: needed, up to 200 characters. Raises ``CommentMissing``, ``CommentInvalid``. Locks the comment.
    """
    cleaned = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(refusals.CommentInvalid)["reason"]
    comment = _moderated([comment_id], actor)[0]
    if comment.state == CommentState.DELETED:
        raise refusals.CommentMissing
    if comment.state != CommentState.HIDDEN:
        _decide(comment, CommentState.HIDDEN, "news.comment.hidden", cleaned, actor, at)
        notices.send(
            category="news.comment", title=_("您的评论已被隐藏"), text=_("原因：%(reason)s") % {"reason": cleaned}, at=at,
            actor=actor, url=article_url(comment.article), source=f"news.comment:{comment.pk}", users=[comment.user_id],
        )  # fmt: skip
    return comment


@transaction.atomic
def set_reaction(*, article_id: uuid.UUID, kind: str, is_on: bool, actor: Actor, at: datetime) -> bool:
    """Like or keep an article (``kind``: of ``ReactionKind``), or no longer; returns whether anything changed.

    Idempotent, also under concurrency. Taking back is always possible; otherwise raises ``ArticleMissing``,
    ``ArticleWithdrawn``, ``ReactionsClosed`` for expired ones. Raises ``ReactionInvalid``, ``Forbidden`` for programs.
    """
    user = _user_of(actor)
    if kind not in ReactionKind.values:
        raise refusals.ReactionInvalid
    if not is_on:
        deleted, _by_model = Reaction.objects.filter(article=article_id, kind=kind, user=user).delete()
        return bool(deleted)
    article = selectors.get_published(article_id=article_id, actor=actor, at=at)
    if has_expired(article, at=at):
        raise refusals.ReactionsClosed
    _row, is_new = Reaction.objects.get_or_create(article=article, kind=kind, user=user, defaults={"created_at": at})
    return is_new


def _user_of(actor: Actor) -> User:
    if actor.user is None:
        raise Forbidden
    return actor.user


def _answered(article: Article, parent_id: uuid.UUID) -> Comment:
    parent = Comment.objects.filter(pk=parent_id, article=article, parent=None, state=CommentState.SHOWN).first()
    if parent is None:
        raise refusals.CommentMissing
    return parent


def _admit(actor: Actor) -> None:
    """Passes when nothing can be counted: comments are moderated in any case."""
    seen = limits.tally(f"news.comment:{actor.id}", window_seconds=60)
    if seen is not None and seen.count > COMMENTS_PER_MINUTE:
        raise refusals.CommentTooOften(retry_after=seen.reset_seconds)


def _locked(comment_ids: Iterable[uuid.UUID]) -> list[Comment]:
    """In one order, so that two moderators never wait for each other."""
    rows = Comment.objects.select_for_update(of=("self",)).select_related("article__unit", "article__column")
    return list(rows.filter(pk__in=comment_ids).order_by("pk"))


def _moderated(comment_ids: Iterable[uuid.UUID], actor: Actor) -> list[Comment]:
    wanted = set(comment_ids)
    rows = _locked(wanted) if len(wanted) <= APPROVED_AT_ONCE else []
    if len(rows) != len(wanted) or not all(policy.may(actor, MODERATE, path_of(row.article)) for row in rows):
        raise refusals.CommentMissing
    return rows


def _decide(comment: Comment, state: CommentState, action: str, reason: str, actor: Actor, at: datetime) -> None:
    before, comment.state = comment.state, state
    comment.moderated_at, comment.moderator_name, comment.moderation_reason = at, actor.display_name, reason
    comment.save(update_fields=("state", "moderated_at", "moderator_name", "moderation_reason"))
    record_deed(
        action, comment.article, actor, before={"state": before}, after={"comment": str(comment.pk), "state": state},
        note=reason,
    )  # fmt: skip
