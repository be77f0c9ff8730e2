"""Articles in the audit trail."""

from __future__ import annotations

from typing import Any

from jiceng.access.actor import Actor
from jiceng.audit.services import record

from ..models import Article


def record_deed(action: str, article: Article, actor: Actor, **more: Any) -> None:
    record(action=action, actor=actor, target=str(article.pk), target_label=article.title, **more)
