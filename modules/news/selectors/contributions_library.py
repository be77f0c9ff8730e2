"""The library of good cases."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from jiceng.access.actor import Actor
from jiceng.members.models import Unit

from ..models import Article, ArticleTag, ColumnKind
from .articles import readable
from .contributions import PER_PAGE, Page, is_id
from .searching import matching

TAGS_OFFERED, UNITS_OFFERED = 20, 200


def library(*, actor: Actor, at: datetime) -> QuerySet[Article]:
    """The cases that ``actor`` may read and that have not expired."""
    found = readable(actor=actor, at=at).filter(column__kind=ColumnKind.CASE)
    return found.filter(Q(expires_at=None) | Q(expires_at__gt=at))


def narrowed(found: QuerySet[Article], *, tag: str = "", unit: str = "", words: str = "") -> QuerySet[Article]:
    """``found`` by what it says, a tag's exact name and the credited unit's id; what is no id finds nothing."""
    found = matching(found, words)
    if tag:
        found = found.filter(tags__name=tag)
    if unit:
        found = found.filter(credited_unit=UUID(unit)) if is_id(unit) else found.none()
    return found


def page_of_cases(found: QuerySet[Article], *, cursor: str = "") -> Page:
    """A page of ``found``, the latest first, with column, cover and credited unit."""
    last = Article.objects.filter(pk=cursor, published_at__isnull=False).first() if is_id(cursor) else None
    if last is not None:
        earlier = Q(published_at__lt=last.published_at) | Q(published_at=last.published_at, pk__lt=last.pk)
        found = found.filter(earlier)
    found = found.select_related("column", "cover", "credited_unit").defer("body", "search_terms")
    rows = list(found.order_by("-published_at", "-id")[: PER_PAGE + 1])
    return Page(rows[:PER_PAGE], str(rows[PER_PAGE - 1].pk) if len(rows) > PER_PAGE else None)


def tags_in(found: QuerySet[Article]) -> list[str]:
    """The words used most in ``found``."""
    counted = (
        ArticleTag.objects.filter(article__in=found.values("pk")).order_by().values("name").annotate(uses=Count("*"))
    )
    return [row["name"] for row in counted.order_by("-uses", "name")[:TAGS_OFFERED]]


def units_in(found: QuerySet[Article]) -> list[Unit]:
    """The units credited in ``found``."""
    return list(Unit.objects.filter(pk__in=found.values("credited_unit")).order_by("tree", "path")[:UNITS_OFFERED])
