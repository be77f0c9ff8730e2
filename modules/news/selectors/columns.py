"""Reads of columns."""

from __future__ import annotations

import uuid

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from ..errors import ColumnMissing
from ..models import Article, Column, State


def columns(*, only_active: bool = True, section: str = "") -> QuerySet[Column]:
    found = Column.objects.order_by("order", "code")
    if section:
        found = found.filter(section=section)
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
