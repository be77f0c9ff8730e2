"""Reads of this part."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from jiceng.access.actor import Actor

from ..models import Article


def phone_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """What the phone shows below the article."""
    return {}


def console_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """What the article's console page shows."""
    return {}
