"""One way to an article that is going to change."""

from __future__ import annotations

import uuid

from .. import errors
from ..models import Article


def locked(article_id: uuid.UUID | str, version: int | None = None) -> Article:
    """The article, locked until the transaction ends. ``version``: the one the editor saw.

    Raises ``ArticleMissing``, ``StaleArticle``.
    """
    rows = Article.objects.select_for_update(of=("self",)).select_related("column", "unit", "audience")
    article = rows.filter(pk=article_id).first()
    if article is None:
        raise errors.ArticleMissing
    if version is not None and article.version != version:
        raise errors.StaleArticle
    return article
