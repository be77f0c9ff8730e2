"""Several at once: one wins, nothing is counted twice."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.events.models import OutboxMessage
from modules.news import errors, services
from modules.news.models import Article, ReadReceipt
from tenants.context import tenant_scope
from tests.factories import make_user
from tests.factories.news import MONDAY, ArticleFactory
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def news_on():
    """These tests call services; no module has to be on."""


def test_eight_editors_publish_once(fresh_tenant):
    with tenant_scope(fresh_tenant):
        article = ArticleFactory()
    outcomes = at_once(
        fresh_tenant, 8,
        lambda: services.publish_article(article_id=article.pk, actor=Actor.system(), at=MONDAY).state,
    )  # fmt: skip
    assert sorted(map(str, outcomes)) == sorted(["published"] + [str(errors.AlreadyPublished)] * 7)
    with tenant_scope(fresh_tenant):
        assert OutboxMessage.objects.filter(name="news.article.published").count() == 1


def test_eight_taps_are_one_reading(fresh_tenant):
    reader = make_user(fresh_tenant, "duzhe", "member", display_name="读者")
    with tenant_scope(fresh_tenant):
        article = Article.objects.get(pk=ArticleFactory(state="published").pk)
    outcomes = at_once(
        fresh_tenant, 8, lambda: services.mark_read(article=article, actor=Actor.for_user(reader), at=MONDAY)
    )
    assert sorted(outcomes) == [False] * 7 + [True]
    with tenant_scope(fresh_tenant):
        assert ReadReceipt.objects.count() == 1
        assert OutboxMessage.objects.filter(name="news.article.read").count() == 1


def test_of_eight_changes_to_one_version_one_is_kept(fresh_tenant):
    with tenant_scope(fresh_tenant):
        article = ArticleFactory()
    outcomes = at_once(
        fresh_tenant, 8,
        lambda: services.update_article(
            article_id=article.pk, fields={"title": "改"}, version=1, actor=Actor.system(), at=MONDAY
        ).version,
    )  # fmt: skip
    assert sorted(map(str, outcomes)) == sorted(["2"] + [str(errors.StaleArticle)] * 7)
