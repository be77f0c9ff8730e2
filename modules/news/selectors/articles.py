"""Every look at articles. Who may see what is decided here, once, for all surfaces."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members import audiences

from ..errors import ArticleMissing, ArticleWithdrawn
from ..manifest import NewsSettings
from ..manifest.words import PUBLISH, READ, REVIEW, WRITE
from ..models import Article, Attachment, Column, ColumnKind, ReadReceipt, Recipient, State
from . import kinds
from .searching import matching

HOME_COUNT = 3
# Rows of a list come in this order; the id makes it total.
SHOWN_ORDER = ("-is_pinned", "-published_at", "-id")
EDITED_ORDER = ("-updated_at", "-id")
# Kinds whose articles are for those on a list of their own, not for everybody, where no audience is given.
CLOSED_KINDS = (ColumnKind.DOCUMENT,)


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Some articles and the cursor of the next ones (``None`` at the end)."""

    articles: list[Article]
    next: str | None


def settings() -> NewsSettings:
    return read_settings("news")


def articles() -> QuerySet[Article]:
    """All articles with column, unit, cover and ``read_count``; for those who may see all."""
    receipts = ReadReceipt.objects.filter(article=OuterRef("pk")).order_by()
    counted = receipts.values("article").annotate(total=Count("*")).values("total")
    found = Article.objects.select_related("column", "cover", "unit", "audience").defer("search_terms")
    return found.annotate(read_count=Coalesce(Subquery(counted), 0))


# --- Who may see what -------------------------------------------------------------------------------------------------
def managed(*, actor: Actor, permission: str = WRITE) -> QuerySet[Article]:
    """The articles of the subtrees where ``actor`` has ``permission``, in every state."""
    return articles().filter(_managed(actor, permission))


def readable(*, actor: Actor, at: datetime) -> QuerySet[Article]:
    """Published articles meant for ``actor``, expired ones too. Programs with the right to read see what is for everybody."""
    if not policy.may(actor, READ):
        return Article.objects.none()
    return articles().filter(_readable(actor, at))


def visible_articles(*, actor: Actor, at: datetime | None = None) -> QuerySet[Article]:
    """The articles that ``actor`` may know of: those managed in every state, the others as a reader."""
    wanted = _managed(actor, WRITE)
    if not wanted:  # everything
        return articles()
    if policy.may(actor, READ):
        wanted |= _readable(actor, at or clock.now())
    return articles().filter(wanted)


def _managed(actor: Actor, permission: str) -> Q:
    """An empty condition where it is all of them."""
    wanted = Q(pk__in=())
    for code in (WRITE, PUBLISH) if permission == WRITE else (permission,):  # who may publish may write
        paths = policy.unit_paths(actor, code)
        if paths is None:
            return Q()
        for path in paths:
            wanted |= Q(unit__path__startswith=path)
    return wanted


def _readable(actor: Actor, at: datetime) -> Q:
    """Meant for everybody, for an audience that ``actor`` is in, or sent to ``actor`` when it was published."""
    shown = Q(state=State.PUBLISHED)
    if actor.is_system:
        return shown
    meant = Q(audience=None) & ~Q(column__in=_closed_columns())
    if actor.user is not None:
        ids = audiences.matching_ids(user=actor.user, at=at)
        listed = Exists(Recipient.objects.filter(article=OuterRef("pk"), user=actor.user))
        meant |= Q(audience__in=ids, is_open=True) | (Q(audience__in=ids, is_open=False) & Q(listed))
    return shown & meant


def _closed_columns() -> list[uuid.UUID]:
    return list(Column.objects.filter(kind__in=CLOSED_KINDS).values_list("pk", flat=True))


def _may_read(article: Article, *, actor: Actor, at: datetime) -> bool:
    """Whether a published article is for ``actor``: as lists show it, or by an old list, or by its kind's own rule."""
    if not policy.may(actor, READ):
        return False
    if article.audience_id is None and article.column.kind not in CLOSED_KINDS:
        return True
    if is_managed(article, actor=actor):
        return True
    if actor.user is None:
        return False
    if Recipient.objects.filter(article=article, user=actor.user).exists() or kinds.may_read(article, actor=actor):
        return True
    return bool(article.audience and article.is_open and audiences.fits(article.audience, user=actor.user, at=at))


def is_managed(article: Article, *, actor: Actor, permission: str = WRITE) -> bool:
    """Whether ``actor`` has ``permission`` over the article's unit."""
    path = article.unit.path if article.unit else ""
    codes = (WRITE, PUBLISH) if permission == WRITE else (permission,)
    return any(policy.may(actor, code, path) for code in codes)


# --- One article ------------------------------------------------------------------------------------------------------
def get_article(*, article_id: uuid.UUID, actor: Actor, at: datetime | None = None) -> Article:
    """The article with its attachments, for one who may know of it.

    Raises ``ArticleMissing`` for what is not meant for ``actor``, and ``ArticleWithdrawn``: an old link shows nothing.
    """
    article = _with_attachments(articles()).filter(pk=article_id).first()
    if article is None:
        raise ArticleMissing
    if is_managed(article, actor=actor):
        return article
    return _shown(article, actor, at or clock.now())


def get_managed(*, article_id: uuid.UUID, actor: Actor, permission: str = WRITE) -> Article:
    """The article with its attachments, for one who has ``permission`` over it. Raises ``ArticleMissing``."""
    article = _with_attachments(managed(actor=actor, permission=permission)).filter(pk=article_id).first()
    if article is None:
        raise ArticleMissing
    return article


def get_reviewed(*, article_id: uuid.UUID, actor: Actor) -> Article:
    """An article under review with its attachments, for who may review it. Raises ``ArticleMissing``."""
    article = (
        _with_attachments(managed(actor=actor, permission=REVIEW)).filter(pk=article_id, state=State.REVIEW).first()
    )
    if article is None:
        raise ArticleMissing
    return article


def get_published(*, article_id: uuid.UUID, actor: Actor, at: datetime | None = None) -> Article:
    """What the phone shows, to editors too: published articles. Raises ``ArticleMissing``, ``ArticleWithdrawn``."""
    article = _with_attachments(articles()).filter(pk=article_id).first()
    if article is None:
        raise ArticleMissing
    return _shown(article, actor, at or clock.now())


def _shown(article: Article, actor: Actor, at: datetime) -> Article:
    if article.published_at is None or not _may_read(article, actor=actor, at=at):
        raise ArticleMissing
    if article.is_withdrawn:
        raise ArticleWithdrawn
    return article


def may_read_files_of(*, actor: Actor, owner_id: str) -> bool:
    """Whether ``actor`` may open the files of the article ``owner_id`` (asked by ``jiceng.files``)."""
    article = Article.objects.select_related("column", "unit", "audience").filter(pk=owner_id).first()
    if article is None:
        return False
    if (
        is_managed(article, actor=actor)
        or is_managed(article, actor=actor, permission=REVIEW)
        or (actor.user is not None and article.contributor_id == actor.user.pk)
    ):
        return True
    return article.is_published and _may_read(article, actor=actor, at=clock.now())


def receipt_of(*, article: Article, actor: Actor) -> ReadReceipt | None:
    """When ``actor`` read and confirmed the article."""
    return ReadReceipt.objects.filter(article=article, user=actor.user).first() if actor.user else None


# --- Lists ------------------------------------------------------------------------------------------------------------
def search(found: QuerySet[Article], *, column: str = "", words: str = "", state: str = "") -> QuerySet[Article]:
    """Narrow ``found``: by column code, by state, and to articles that say every one of ``words``."""
    if column:
        found = found.filter(column__in=list(Column.objects.filter(code=column).values_list("pk", flat=True)))
    if state:
        found = found.filter(state=state)
    return matching(found, words)


def feed(
    *, actor: Actor, at: datetime, section: str = "", column: str = "", words: str = "", cursor: str = "",
    size: int | None = None,
) -> ArticlePage:  # fmt: skip
    """A page of the phone's list: pinned first, then the latest; with ``is_read`` by this actor."""
    found = search(_current(actor, at, section if not column else ""), column=column, words=words)
    return _page(found, SHOWN_ORDER, cursor, size or settings().articles_per_page)


def edited_page(
    *, actor: Actor, column: str = "", words: str = "", state: str = "", cursor: str = "", size: int = 20
) -> ArticlePage:
    """A page of the console's list: last edited first."""
    found = search(managed(actor=actor), column=column, words=words, state=state)
    return _page(found, EDITED_ORDER, cursor, size)


def home_card(*, actor: Actor) -> dict[str, Any] | None:
    """The latest articles for the phone's home page; ``None`` hides the card."""
    found = list(_current(actor, clock.now(), "").defer("body", "search_terms").order_by(*SHOWN_ORDER)[:HOME_COUNT])
    return {"articles": found, "show_read_count": settings().show_read_count} if found else None


def _current(actor: Actor, at: datetime, section: str) -> QuerySet[Article]:
    """What ``actor`` may read and has not expired."""
    found = readable(actor=actor, at=at).filter(Q(expires_at=None) | Q(expires_at__gt=at))
    if section:
        found = found.filter(column__in=list(Column.objects.filter(section=section).values_list("pk", flat=True)))
    if actor.user is None:
        return found.annotate(is_read=Value(True))
    return found.annotate(is_read=Exists(ReadReceipt.objects.filter(article=OuterRef("pk"), user=actor.user)))


def _with_attachments(found: QuerySet[Article]) -> QuerySet[Article]:
    return found.prefetch_related(Prefetch("attachments", Attachment.objects.select_related("file")))


def _page(found: QuerySet[Article], order: tuple[str, ...], cursor: str, size: int) -> ArticlePage:
    """Rows after the one that ``cursor`` names (its id), without their texts. An unknown cursor begins anew."""
    last = Article.objects.filter(pk=cursor).first() if _is_uuid(cursor) else None
    if last is not None and all(getattr(last, name.removeprefix("-")) is not None for name in order):
        found = found.filter(_after(last, order))
    rows = list(found.defer("body", "search_terms").order_by(*order)[: size + 1])
    more = len(rows) > size
    return ArticlePage(rows[:size], str(rows[size - 1].pk) if more else None)


def _after(last: Article, order: tuple[str, ...]) -> Q:
    """Keyset condition: all fields descend."""
    condition, same = Q(), Q()
    for name in (field.removeprefix("-") for field in order):
        value = getattr(last, name)
        condition |= same & Q(**{f"{name}__lt": value})
        same &= Q(**{name: value})
    return condition


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


# --- For the platform -------------------------------------------------------------------------------------------------
def count_published() -> int:
    """Articles out now, for the console's dashboard."""
    return Article.objects.filter(state=State.PUBLISHED).count()


def has_articles() -> bool:
    """Whether the first article has been written, for a new tenant's checklist."""
    return Article.objects.exists()
