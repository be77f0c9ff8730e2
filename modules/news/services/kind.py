"""What a kind of column may do beside what all articles do. Every method has a harmless default."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from jiceng.access.actor import Actor

from ..models import Article


class Kind:
    """The hooks that the services of articles call, all inside the transaction of the deed."""

    # Without an audience only those whom ``selectors.kinds`` names may read it, not everybody.
    is_closed = False
    # The kind tells its own recipients; the general notice of a new article is not sent.
    sends_own_notice = False

    def clean(self, details: Mapping[str, Any], *, article: Article | None) -> dict[str, Any]:
        """Typed values of ``details``; with an article, those not given stay. Raises ``ArticleInvalid`` with pointers ``/details/…``."""
        return {}

    def save(self, article: Article, details: Mapping[str, Any], *, actor: Actor, at: datetime) -> None:
        """Write cleaned ``details``. Called after every creation, and after changes that give any."""

    def snapshot(self, article: Article) -> dict[str, Any]:
        """The kind's own data as plain JSON, as ``clean`` takes it: for versions, the audit trail and the API."""
        return {}

    def files_of(self, article: Article) -> set[uuid.UUID]:
        """Stored files that the kind's rows refer to; they stay attached to the article."""
        return set()

    def check(self, article: Article, *, at: datetime) -> None:
        """Raise what is missing before the article may be submitted or published."""

    def published(self, article: Article, *, actor: Actor, at: datetime) -> None:
        """The article has just come out."""

    def corrected(self, article: Article, *, actor: Actor, at: datetime) -> None:
        """The published article has just been changed."""

    def withdrawn(self, article: Article, *, actor: Actor, at: datetime) -> None:
        """The article has just been taken back."""
