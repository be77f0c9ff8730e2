"""Workers are killed again and again while an article goes out to 5,000 people: each has exactly one entry, nobody none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.clock import now
from jiceng.members.models import Person
from jiceng.notices.models import Entry, Notice
from modules.news import services
from modules.news.models import Article, Recipient
from tenants.context import platform_scope, tenant_scope
from tenants.modules import set_module
from tests.resilience.processes import Processes
from tests.resilience.test_kill_workers import processes, settle  # noqa: F401


@pytest.fixture
def crowd(request, fresh_tenant):
    """So many people with a login, everybody in the register; news are switched on."""
    count = request.param
    with platform_scope(), transaction.atomic():
        set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=Actor.system())
    with tenant_scope(fresh_tenant), transaction.atomic():
        users = [User(username=f"u{number}", display_name=f"成员{number}") for number in range(count)]
        User.objects.bulk_create(users, 1000)
        Person.objects.bulk_create(
            [
                Person(name=f"成员{number}", pinyin="cheng yuan", search_key="chengyuan", initial="C", user=user)
                for number, user in enumerate(users)
            ],
            1000,
        )
    connection.close()
    return count


def publish(record) -> Article:
    fields = {"column": "releases", "title": "通知", "body": "<p>正文</p>", "audience": {"everyone": True}}
    with tenant_scope(record), transaction.atomic():
        article = services.create_article(fields=fields, actor=Actor.system(), at=now())
        return services.publish_article(
            article_id=article.pk, actor=Actor.system(), at=now() + timedelta(microseconds=1)
        )


def kill_while_publishing(record, processes: Processes, *, articles: int, kills: int) -> list[Article]:  # noqa: F811
    """Publish while killing: mostly a worker's child, every tenth time the whole worker."""
    published, killed = [], 0
    while killed < kills or len(published) < articles:
        if len(published) < articles and killed * articles >= kills * len(published):
            published.append(publish(record))
            connection.close()
        if killed % 10 == 9:
            processes.kill("worker")
            killed += 1
        else:
            killed += processes.kill_child()
        processes.wait_until(lambda: False, 0.35)
    return published


def assert_everybody_once(record, articles: list[Article], count: int) -> None:
    with tenant_scope(record), transaction.atomic():
        for article in articles:
            notice = Notice.objects.get(source=f"news.article:{article.pk}")  # one, not two
            assert Recipient.objects.filter(article=article).count() == count
            users = Entry.objects.filter(notice=notice).values_list("user", flat=True)
            assert len(users) == len(set(users)) == count
            assert Article.objects.get(pk=article.pk).recipient_count == count


@pytest.mark.parametrize("crowd", [500], indirect=True)
def test_every_recipient_has_one_entry(fresh_tenant, crowd, processes):  # noqa: F811
    articles = kill_while_publishing(fresh_tenant, processes, articles=4, kills=10)
    settle(fresh_tenant, processes, 90)
    assert_everybody_once(fresh_tenant, articles, crowd)


@pytest.mark.slow
@pytest.mark.parametrize("crowd", [5_000], indirect=True)
def test_a_hundred_kills_while_publishing_to_five_thousand(fresh_tenant, crowd, processes):  # noqa: F811
    articles = kill_while_publishing(fresh_tenant, processes, articles=20, kills=100)
    settle(fresh_tenant, processes, 600)
    assert_everybody_once(fresh_tenant, articles, crowd)
