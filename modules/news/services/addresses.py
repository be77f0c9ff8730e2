"""Where articles are on a tenant's host. Workers have no URL patterns of tenants, so these are written out; a test compares."""

from __future__ import annotations

from ..models import Article


def article_url(article: Article) -> str:
    """Its page on the phone."""
    return f"/news/{article.pk}/"


def review_url(article: Article) -> str:
    """Where reviewers read it whole."""
    return f"/news/review/{article.pk}/"
