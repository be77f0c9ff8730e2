"""How an article stands, as the audit trail keeps it."""

from __future__ import annotations

from typing import Any

from ..models import Article
from .kinds import kind_of

AUDITED_BODY_LENGTH = 5_000


def snapshot(article: Article) -> dict[str, Any]:
    """How the article stands, as the audit trail keeps it."""
    audience = str(article.audience_id or "")
    return {
        "column": article.column.code, "title": article.title, "summary": article.summary,
        "body": article.body[:AUDITED_BODY_LENGTH], "level": article.level, "is_pinned": article.is_pinned,
        "state": article.state, "cover": str(article.cover_id or ""), "unit": str(article.unit_id or ""),
        "audience": audience, "is_open": article.is_open, "needs_confirmation": article.needs_confirmation,
        "publish_at": _moment(article.publish_at), "expires_at": _moment(article.expires_at),
        "confirm_by": _moment(article.confirm_by), "allows_comments": article.allows_comments,
        "attachments": [str(file_id) for file_id in article.attachments.values_list("file_id", flat=True)],
        "details": kind_of(article).snapshot(article),
    }  # fmt: skip


def _moment(at: Any) -> str:
    return at.isoformat() if at else ""
