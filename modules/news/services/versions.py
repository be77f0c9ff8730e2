"""Keeping every version of an article."""

from __future__ import annotations

from datetime import datetime

from jiceng.access.actor import Actor

from ..models import Article, ArticleVersion, VersionKind
from .kinds import kind_of
from .terms import search_terms


def touch(article: Article, *, kind: VersionKind, actor: Actor, at: datetime, note: str = "") -> None:
    """Count the version up, save the article and keep how it stands now."""
    article.version += 1
    article.updated_at = at
    keep(article, kind=kind, actor=actor, at=at, note=note)


def keep(article: Article, *, kind: VersionKind, actor: Actor, at: datetime, note: str = "") -> None:
    """Save the article and keep how it stands now under its version."""
    article.search_terms = search_terms(article)
    article.save()
    article.search_terms = None  # an expression; nobody reads it back
    ArticleVersion.objects.create(
        article=article, number=article.version, kind=kind, title=article.title, summary=article.summary,
        body=article.body, details=kind_of(article).snapshot(article), note=note[:200], made_at=at,
        editor_id=actor.id or "", editor_name=actor.display_name[:150],
    )  # fmt: skip
