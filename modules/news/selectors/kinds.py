"""What the pages show of each kind. The one place that names all kinds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from jiceng.access.actor import Actor

from ..models import Article, ColumnKind
from . import activities, assessments, contributions, documents, lessons

PARTS: dict[str, Any] = {
    ColumnKind.DOCUMENT: documents,
    ColumnKind.ASSESSMENT: assessments,
    ColumnKind.ACTIVITY: activities,
    ColumnKind.LESSON: lessons,
    ColumnKind.ACHIEVEMENT: contributions,
    ColumnKind.CASE: contributions,
}


def phone_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Context of ``news/h5/kinds/<kind>.html``; ``{}`` for plain articles."""
    return _ask("phone_part", article, actor, at)


def console_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """Context of ``news/console/kinds/<kind>.html``; ``{}`` for plain articles."""
    return _ask("console_part", article, actor, at)


def may_read(article: Article, *, actor: Actor) -> bool:
    """Whether the kind itself lets ``actor`` read the article, whatever its audience says."""
    reader: Callable[..., bool] | None = getattr(PARTS.get(article.column.kind), "may_read", None)
    return bool(reader and reader(article, actor=actor))


def _ask(question: str, article: Article, actor: Actor, at: datetime) -> dict[str, Any]:
    part = PARTS.get(article.column.kind)
    return getattr(part, question)(article, actor=actor, at=at) if part else {}
