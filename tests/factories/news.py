"""Articles for tests, made through the services that the product uses. Call within a tenant's scope."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import factory

from jiceng.access.actor import Actor
from modules.news import services
from modules.news.models import Article

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class ArticleFactory(factory.Factory):
    """``ArticleFactory(state="published")``: draft, published or withdrawn; each one a second younger than the last."""

    class Meta:
        model = Article

    title = factory.Sequence(lambda number: f"窗口服务进社区之{number}")
    column = "releases"
    summary = "流动办理点开进三个老旧小区。"
    body = "<p>入冬以来，登记窗口党支部把流动办理点开进三个老旧小区。</p>"
    state = "draft"
    actor = factory.LazyFunction(Actor.system)
    at = factory.Sequence(lambda number: MONDAY + timedelta(seconds=number))

    @classmethod
    def _create(cls, model_class: type[Article], *args: Any, **kwargs: Any) -> Article:
        state, actor, at = kwargs.pop("state"), kwargs.pop("actor"), kwargs.pop("at")
        article = services.create_article(fields=kwargs, actor=actor, at=at)
        if state != "draft":
            article = services.publish_article(article_id=article.pk, actor=actor, at=at)
        if state == "withdrawn":
            article = services.withdraw_article(article_id=article.pk, reason="数据有误", actor=actor, at=at)
        return article
