"""Reads of comments, likes and favourites."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.files import richtext

from ..errors.voices import CommentMissing
from ..manifest.words import MODERATE, SHARE
from ..models import Article, Comment, CommentState, Level, Reaction, ReactionKind, State
from . import kinds
from .articles import CLOSED_KINDS, visible_articles

COMMENTS_PER_PAGE = 10
ANSWERS_SHOWN = 50
FAVOURITES_PER_PAGE = 20
QUEUE_PER_PAGE = 30
DESCRIPTION_LENGTH = 100


@dataclass(frozen=True, slots=True)
class CommentPage:
    """Comments, the latest first, and the cursor of older ones (``None`` at the end).

    Each has ``is_mine``, ``is_legible`` (else only that something stood here is shown, because of its answers) and
    ``shown_answers``: at most 50, the earliest first.
    """

    comments: Sequence[Comment]
    next: str | None


@dataclass(frozen=True, slots=True)
class Favourite:
    """``article``: ``None`` where it was withdrawn, since then not even its title is shown. ``article_id``: to let go of it."""

    article_id: uuid.UUID
    article: Article | None


# --- Whether something may be said ------------------------------------------------------------------------------------
def has_expired(article: Article, *, at: datetime) -> bool:
    return article.expires_at is not None and article.expires_at <= at


def accepts_comments(article: Article, *, at: datetime) -> bool:
    """Whether readers may comment on a published article now."""
    return article.is_published and article.allows_comments and not has_expired(article, at=at)


def path_of(article: Article) -> str:
    """Where a right over the article must reach; ``""``: everywhere."""
    return article.unit.path if article.unit else ""


# --- Below one article ------------------------------------------------------------------------------------------------
def phone_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """What the phone shows below the article: ``reactions``, ``talk`` where comments are allowed; ``card``: for its <head>."""
    return {
        "reactions": reactions(article, actor=actor, at=at),
        "talk": talk(article, actor=actor, at=at) if article.allows_comments else None,
        "card": {"title": article.title, "description": description_of(article), "image": article.cover_image},
    }


def talk(article: Article, *, actor: Actor, at: datetime, cursor: str = "") -> dict[str, Any]:
    """A page of comments, how many are shown to everybody, and what ``actor`` may do with them."""
    return {
        "page": comments(article, actor=actor, cursor=cursor),
        "count": Comment.objects.filter(article=article, state=CommentState.SHOWN).count(),
        "is_open": accepts_comments(article, at=at) and actor.user is not None,
        "may_moderate": policy.may(actor, MODERATE, path_of(article)),
    }


def reactions(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """How many like and keep the article, and whether ``actor`` does."""
    like, favourite = Q(kind=ReactionKind.LIKE), Q(kind=ReactionKind.FAVOURITE)
    mine = Q(user=actor.user) if actor.user else Q(pk__in=())
    found = Reaction.objects.filter(article=article).aggregate(
        likes=Count("pk", filter=like), favourites=Count("pk", filter=favourite),
        liked=Count("pk", filter=like & mine), kept=Count("pk", filter=favourite & mine),
    )  # fmt: skip
    return {**found, "is_open": article.is_published and not has_expired(article, at=at)}


def comments(article: Article, *, actor: Actor, cursor: str = "", size: int = COMMENTS_PER_PAGE) -> CommentPage:
    """What ``actor`` may see below an article that they may read: what is shown, their own, and, moderating, what waits.

    ``cursor``: the id of the last one seen; a strange one begins anew. Two queries.
    """
    legible = _legible(actor, policy.may(actor, MODERATE, path_of(article)))
    mine = Q(user=actor.user) if actor.user else Q(pk__in=())
    told = Comment.objects.annotate(is_mine=_flag(mine), is_legible=_flag(legible))
    answers = told.filter(legible).order_by("id")[:ANSWERS_SHOWN]
    answered = Exists(Comment.objects.filter(parent=OuterRef("pk"), state=CommentState.SHOWN))
    found = told.filter(legible | Q(answered), article=article, parent=None).order_by("-id")
    if last := _id_or_none(cursor):
        found = found.filter(pk__lt=last)
    rows = list(found.prefetch_related(Prefetch("answers", answers, to_attr="shown_answers"))[: size + 1])
    return CommentPage(rows[:size], str(rows[size - 1].pk) if len(rows) > size else None)


def _legible(actor: Actor, moderates: bool) -> Q:
    legible = Q(state=CommentState.SHOWN)
    if actor.user is not None:
        legible |= Q(user=actor.user, state=CommentState.PENDING) | Q(user=actor.user, state=CommentState.HIDDEN)
    if moderates:
        legible |= Q(state=CommentState.PENDING)
    return legible


def _flag(condition: Q) -> ExpressionWrapper:
    return ExpressionWrapper(condition, BooleanField())


# --- What I keep ------------------------------------------------------------------------------------------------------
def favourites(*, actor: Actor, at: datetime, cursor: str = "") -> tuple[list[Favourite], str | None]:
    """The articles that ``actor`` keeps and may still read, the latest kept first, and the cursor of earlier ones.

    Withdrawn ones stand there without anything of theirs. Kinds with readers of their own are asked one by one.
    """
    visible = visible_articles(actor=actor, at=at).filter(state=State.PUBLISHED)
    found = Reaction.objects.filter(user=actor.user, kind=ReactionKind.FAVOURITE).filter(
        Q(article__in=visible.values("pk")) | Q(article__state=State.WITHDRAWN)
        | Q(article__state=State.PUBLISHED, article__column__kind__in=CLOSED_KINDS)
    )  # fmt: skip
    if last := _id_or_none(cursor):
        found = found.filter(pk__lt=last)
    rows = list(
        found.annotate(is_visible=Exists(visible.filter(pk=OuterRef("article"))))
        .select_related("article__column", "article__cover")
        .defer("article__body", "article__search_terms")
        .order_by("-id")[: FAVOURITES_PER_PAGE + 1]
    )
    shown, more = rows[:FAVOURITES_PER_PAGE], len(rows) > FAVOURITES_PER_PAGE
    return list(_favourites(shown, actor)), str(shown[-1].pk) if more else None


def _favourites(rows: Sequence[Reaction], actor: Actor) -> Iterable[Favourite]:
    for row in rows:
        if row.article.is_withdrawn:
            yield Favourite(row.article.pk, None)
        elif row.is_visible or kinds.may_read(row.article, actor=actor):  # type: ignore[attr-defined]  # annotated
            yield Favourite(row.article.pk, row.article)


# --- For moderators ---------------------------------------------------------------------------------------------------
def moderated(*, actor: Actor) -> QuerySet[Comment]:
    """Comments below articles of the subtrees where ``actor`` moderates; deleted ones are their authors' own business."""
    found = Comment.objects.exclude(state=CommentState.DELETED).select_related("article", "parent")
    paths = policy.unit_paths(actor, MODERATE)
    if paths is None:
        return found
    reach = Q(pk__in=())
    for path in paths:
        reach |= Q(article__unit__path__startswith=path)
    return found.filter(reach)


def get_moderated(*, comment_id: uuid.UUID, actor: Actor) -> Comment:
    """A comment that ``actor`` may moderate. Raises ``CommentMissing``."""
    comment = moderated(actor=actor).filter(pk=comment_id).first()
    if comment is None:
        raise CommentMissing
    return comment


def ids_in(texts: Iterable[str]) -> set[uuid.UUID]:
    """The ids that a form sent; raises ``CommentMissing`` for what is none."""
    found = {_id_or_none(text) for text in texts}
    if None in found:
        raise CommentMissing
    return {pk for pk in found if pk}


def queue(*, actor: Actor, state: str = CommentState.PENDING, cursor: str = "") -> CommentPage:
    """A page of the comments in ``state`` below published articles, the latest first."""
    found = moderated(actor=actor).filter(state=state, article__state=State.PUBLISHED)
    if last := _id_or_none(cursor):
        found = found.filter(pk__lt=last)
    rows = list(found.defer("article__body", "article__search_terms").order_by("-id")[: QUEUE_PER_PAGE + 1])
    more = len(rows) > QUEUE_PER_PAGE
    return CommentPage(rows[:QUEUE_PER_PAGE], str(rows[QUEUE_PER_PAGE - 1].pk) if more else None)


def with_counts(found: QuerySet[Article]) -> QuerySet[Article]:
    """``found`` with ``like_count``, ``favourite_count`` and ``comment_count`` (those shown), each a subquery by index."""
    shown = Comment.objects.filter(state=CommentState.SHOWN)
    return found.annotate(
        like_count=_counted(Reaction.objects.filter(kind=ReactionKind.LIKE)),
        favourite_count=_counted(Reaction.objects.filter(kind=ReactionKind.FAVOURITE)),
        comment_count=_counted(shown),
    )


def _counted(rows: QuerySet[Any]) -> Coalesce:
    of_one = rows.filter(article=OuterRef("pk")).order_by().values("article")
    return Coalesce(Subquery(of_one.annotate(total=Count("*")).values("total")), 0)


# --- The article's console page, and its card elsewhere ---------------------------------------------------------------
def counts_of(article: Article) -> dict[str, int]:
    """``like_count``, ``favourite_count``, ``comment_count`` of one article; one query."""
    counted: QuerySet[Any] = with_counts(Article.objects.filter(pk=article.pk))
    return counted.values("like_count", "favourite_count", "comment_count").get()  # type: ignore[no-any-return]


def console_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """``counts_of`` the article, and whether ``actor`` may share it now."""
    may_share = is_shareable(article, at=at) and policy.may(actor, SHARE, path_of(article))
    return {**counts_of(article), "may_share": may_share}


def is_shareable(article: Article, *, at: datetime) -> bool:
    """Whether people outside may read it, given a link."""
    return article.is_published and article.level == Level.PUBLIC and not has_expired(article, at=at)


def description_of(article: Article) -> str:
    """A sentence or two for cards: the summary, or how the text begins."""
    return article.summary or richtext.plain_text(article.body)[:DESCRIPTION_LENGTH]


def _id_or_none(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
