"""Doors for background work: load by id, call one service."""

from __future__ import annotations

from jiceng.kernel.clock import now

from . import services


def publish_scheduled(*, article_id: str, version: int) -> None:
    """Publish a scheduled article whose hour has come."""
    services.publish_scheduled(article_id=article_id, version=version, at=now())


def deliver_article(*, article_id: str) -> None:
    """Make the list of recipients of a published article and tell them."""
    services.deliver_article(article_id=article_id, at=now())
