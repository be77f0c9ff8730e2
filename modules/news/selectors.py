"""Every look at articles and columns. Who may see what is decided here, once, for all surfaces."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, TruncDate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.audit.selectors import list_entries
from jiceng.files import richtext
from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings

from .errors import ArticleMissing, ArticleWithdrawn, ColumnMissing
from .manifest import PUBLISH, READ, NewsSettings
from .models import Article, Attachment, Column, ReadReceipt, State

HOME_COUNT = 3
DEEDS = {
    "news.article.created": gettext_lazy("写成草稿"), "news.article.updated": gettext_lazy("修改"),
    "news.article.published": gettext_lazy("发布"), "news.article.withdrawn": gettext_lazy("撤回"),
    "news.article.deleted": gettext_lazy("删除"),
}  # fmt: skip
FIELD_LABELS = {
    "column": gettext_lazy("栏目"), "title": gettext_lazy("标题"), "summary": gettext_lazy("摘要"),
    "body": gettext_lazy("正文"), "is_pinned": gettext_lazy("置顶"), "state": gettext_lazy("状态"),
    "cover": gettext_lazy("封面"), "attachments": gettext_lazy("附件"),
}  # fmt: skip
STATISTIC_DAYS = 14
# Rows of a list come in this order; the id makes it total.
SHOWN_ORDER = ("-is_pinned", "-published_at", "-id")
EDITED_ORDER = ("-updated_at", "-id")


@dataclass(frozen=True, slots=True)
class ArticlePage:
    """Some articles and the cursor of the next ones (``None`` at the end)."""

    articles: list[Article]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadingFigures:
    """How far an article got. ``daily``: (local day, first reads) of the days after publishing, gaps filled."""

    reader_count: int
    user_count: int
    daily: tuple[tuple[Any, int], ...]

    @property
    def percent(self) -> int:
        return round(100 * self.reader_count / self.user_count) if self.user_count else 0

    @property
    def unread_count(self) -> int:
        return max(self.user_count - self.reader_count, 0)


def settings() -> NewsSettings:
    return read_settings("news")


# --- Articles ---------------------------------------------------------------------------------------------------------
def articles() -> QuerySet[Article]:
    """All articles with column, cover and ``read_count``; for those who may publish."""
    receipts = ReadReceipt.objects.filter(article=OuterRef("pk")).order_by()
    counted = receipts.values("article").annotate(total=Count("*")).values("total")
    return Article.objects.select_related("column", "cover").annotate(read_count=Coalesce(Subquery(counted), 0))


def visible_articles(*, actor: Actor) -> QuerySet[Article]:
    """The articles that ``actor`` may know of: all for those who may publish, published ones for readers."""
    if policy.may(actor, PUBLISH):
        return articles()
    if policy.may(actor, READ):
        return articles().filter(state=State.PUBLISHED)
    return Article.objects.none()


def search(found: QuerySet[Article], *, column: str = "", words: str = "", state: str = "") -> QuerySet[Article]:
    """Narrow ``found``: by column code, by state, and to titles or summaries holding every one of ``words``."""
    if column:
        found = found.filter(column__code=column)
    if state:
        found = found.filter(state=state)
    for word in words.split()[:10]:
        found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word))
    return found


def published_page(
    *, actor: Actor, column: str = "", words: str = "", cursor: str = "", size: int | None = None
) -> ArticlePage:
    """A page of the phone's list: pinned first, then the latest; with ``is_read`` by this actor."""
    found = search(_published_for(actor), column=column, words=words)
    return _page(found.defer("body"), SHOWN_ORDER, cursor, size or settings().articles_per_page)


def edited_page(*, column: str = "", words: str = "", state: str = "", cursor: str = "", size: int = 20) -> ArticlePage:
    """A page of the console's list: last edited first."""
    found = search(articles(), column=column, words=words, state=state)
    return _page(found.defer("body"), EDITED_ORDER, cursor, size)


def get_article(*, article_id: uuid.UUID, actor: Actor) -> Article:
    """The article with its attachments, for one who may read it.

    Raises ``ArticleMissing`` for drafts of others' making, and ``ArticleWithdrawn``: an old link shows nothing.
    """
    article = _with_attachments(articles()).filter(pk=article_id).first()
    if article is None:
        raise ArticleMissing
    if policy.may(actor, PUBLISH):
        return article
    if article.is_withdrawn:
        raise ArticleWithdrawn
    if not article.is_published:
        raise ArticleMissing
    return article


def get_published(*, article_id: uuid.UUID) -> Article:
    """What the phone shows, to editors too: published articles. Raises ``ArticleMissing``, ``ArticleWithdrawn``."""
    article = _with_attachments(articles()).filter(pk=article_id).first()
    if article is None or article.is_draft:
        raise ArticleMissing
    if article.is_withdrawn:
        raise ArticleWithdrawn
    return article


def home_card(*, actor: Actor) -> dict[str, Any] | None:
    """The latest articles for the phone's home page; ``None`` hides the card."""
    found = list(_published_for(actor).defer("body").order_by(*SHOWN_ORDER)[:HOME_COUNT])
    return {"articles": found, "show_read_count": settings().show_read_count} if found else None


def may_read_files_of(*, actor: Actor, owner_id: str) -> bool:
    """Whether ``actor`` may open the files of the article ``owner_id`` (asked by ``jiceng.files``)."""
    state = Article.objects.filter(pk=owner_id).values_list("state", flat=True).first()
    if state is None:
        return False
    return policy.may(actor, PUBLISH) or (state == State.PUBLISHED and policy.may(actor, READ))


def _published_for(actor: Actor) -> QuerySet[Article]:
    published = articles().filter(state=State.PUBLISHED)
    if actor.user is None:
        return published.annotate(is_read=Value(True))
    mine = ReadReceipt.objects.filter(article=OuterRef("pk"), user=actor.user)
    return published.annotate(is_read=Exists(mine))


def _with_attachments(found: QuerySet[Article]) -> QuerySet[Article]:
    return found.prefetch_related(Prefetch("attachments", Attachment.objects.select_related("file")))


def _page(found: QuerySet[Article], order: tuple[str, ...], cursor: str, size: int) -> ArticlePage:
    """Rows after the one that ``cursor`` names (its id). An unknown cursor begins anew."""
    last = Article.objects.filter(pk=cursor).first() if _is_uuid(cursor) else None
    if last is not None:
        found = found.filter(_after(last, order))
    rows = list(found.order_by(*order)[: size + 1])
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


# --- History ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Change:
    """One deed done to an article. ``before``/``after``: what changed, under names for people."""

    at: datetime
    who: str
    deed: Any
    before: dict[str, str]
    after: dict[str, str]
    note: str


def history(*, article: Article, cursor: str = "") -> tuple[list[Change], str | None]:
    """Who wrote, changed, published and withdrew the article, latest first, and the cursor of older changes."""
    page = list_entries(action="news.article.", target=str(article.pk), cursor=cursor)
    changes = [
        Change(entry.happened_at, entry.actor_name, DEEDS.get(entry.action, entry.action), _labelled(entry.before),
               _labelled(entry.after), entry.note)
        for entry in page.entries
    ]  # fmt: skip
    return changes, page.next_cursor


def _labelled(values: dict[str, Any] | None) -> dict[str, str]:
    """Audited values as people read them."""
    shown = {}
    for name, value in (values or {}).items():
        text = richtext.plain_text(value) if name == "body" else value
        text = _("是") if text is True else _("否") if text is False else text
        text = State(text).label if name == "state" else text
        shown[str(FIELD_LABELS.get(name, name))] = "、".join(text) if isinstance(text, list) else str(text)
    return shown


# --- Readers ----------------------------------------------------------------------------------------------------------
def readers(*, article: Article) -> QuerySet[ReadReceipt]:
    """Who has read the article, latest first."""
    return ReadReceipt.objects.filter(article=article).select_related("user").order_by("-read_at", "-id")


def unread_users(*, article: Article) -> QuerySet[User]:
    """Active users who have not read the article yet."""
    seen = ReadReceipt.objects.filter(article=article).values("user")
    return User.objects.filter(is_active=True).exclude(pk__in=seen).order_by("display_name", "pk")


def reading_figures(*, article: Article, at: datetime) -> ReadingFigures:
    receipts = ReadReceipt.objects.filter(article=article)
    zone = clock.local_zone()
    per_day = dict(
        receipts.annotate(day=TruncDate("read_at", tzinfo=zone))
        .values_list("day")
        .annotate(count=Count("*"))
        .order_by()
    )
    first = (article.published_at or at).astimezone(zone).date()
    last = min(at.astimezone(zone).date(), first + timedelta(days=STATISTIC_DAYS - 1))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    return ReadingFigures(
        reader_count=sum(per_day.values()),
        user_count=User.objects.filter(is_active=True).count(),
        daily=tuple((day, per_day.get(day, 0)) for day in days),
    )


# --- Columns ----------------------------------------------------------------------------------------------------------
def columns(*, only_active: bool = True) -> QuerySet[Column]:
    found = Column.objects.order_by("order", "code")
    return found.filter(is_active=True) if only_active else found


def columns_with_counts() -> QuerySet[Column]:
    """All columns with ``article_count`` and ``published_count``."""
    mine = Article.objects.filter(column=OuterRef("pk")).order_by()
    return columns(only_active=False).annotate(
        article_count=Coalesce(Subquery(mine.values("column").annotate(n=Count("*")).values("n")), 0),
        published_count=Coalesce(
            Subquery(mine.filter(state=State.PUBLISHED).values("column").annotate(n=Count("*")).values("n")), 0
        ),
    )


def get_column(*, column_id: uuid.UUID) -> Column:
    """Raises ``ColumnMissing``."""
    column = Column.objects.filter(pk=column_id).first()
    if column is None:
        raise ColumnMissing
    return column


def count_published() -> int:
    """Articles out now, for the console's dashboard."""
    return Article.objects.filter(state=State.PUBLISHED).count()


def has_articles() -> bool:
    """Whether the first article has been written, for a new tenant's checklist."""
    return Article.objects.exists()
