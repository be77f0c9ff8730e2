"""Idempotency-Key: one effect and one answer, however often, at once, or after a crash; never stuck."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection

from .conftest import ARTICLES

KEY = "6f1c9a34-0f0b-4d0c-9d1f-4f7f5f9f2b11"


def create(client, body: dict, key: str = KEY, url: str = ARTICLES):
    return client.post(url, body, content_type="application/json", headers={"Idempotency-Key": key})


def test_the_same_request_again_is_answered_from_memory(writer, new_article, article_count):
    first = create(writer, new_article.body)
    again = create(writer, new_article.body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert (again["ETag"], again["Location"], again["Content-Type"]) == (
        first["ETag"], first["Location"], first["Content-Type"],
    )  # fmt: skip
    assert article_count() == 1


def test_without_a_key_each_request_counts(writer, new_article, article_count):
    for _time in range(2):
        assert writer.post(ARTICLES, new_article.body, content_type="application/json").status_code == 201
    assert article_count() == 2


def test_another_body_under_the_same_key(writer, new_article, article_count, refused):
    create(writer, new_article.body)
    refused(create(writer, {**new_article.body, "title": "另一篇"}), 422, "idempotency_key_reused")
    assert article_count() == 1


def test_keys_belong_to_their_caller_method_path_and_tenant(
    writer, new_article, article_count, client_for, api_key, hongqi, dongfeng, with_news
):
    scopes = ["news.read", "news.publish", "news.columns"]
    create(writer, new_article.body)
    colleague = client_for(hongqi, key=api_key(hongqi, scopes))
    neighbour = client_for(dongfeng, key=api_key(dongfeng, scopes))
    assert "Idempotent-Replayed" not in create(colleague, new_article.body)
    assert article_count() == 2
    body = {**new_article.body, "column": with_news(dongfeng).code}
    assert "Idempotent-Replayed" not in create(neighbour, body)
    other_path = create(writer, {"name": "工会之家"}, url="/api/v1/news/columns")
    assert (other_path.status_code, "Idempotent-Replayed" in other_path) == (201, False)


def test_patch_and_commands_too(writer, new_article):
    address = create(writer, new_article.body)["Location"]
    key = {"Idempotency-Key": "a"}
    first = writer.patch(address, {"title": "改过"}, content_type="application/json", headers=key)
    again = writer.patch(address, {"title": "改过"}, content_type="application/json", headers=key)
    assert (again.content, again["Idempotent-Replayed"]) == (first.content, "true")
    published = create(writer, {}, "b", f"{address}/publish")
    again = create(writer, {}, "b", f"{address}/publish")
    assert (published.status_code, again.content) == (200, published.content)


def test_refusals_are_remembered_and_left_no_effect(writer, new_article, article_count, refused):
    body = {**new_article.body, "title": ""}
    first = create(writer, body)
    refused(first, 400, "invalid")
    again = create(writer, body)
    assert (again.status_code, again.content, again["Idempotent-Replayed"]) == (400, first.content, "true")
    assert article_count() == 0


def test_conflicts_are_worth_another_try(writer, new_article, refused):
    address = create(writer, new_article.body, "make")["Location"]
    create(writer, {}, "publish", f"{address}/publish")
    response = create(writer, {}, "again", f"{address}/publish")
    refused(response, 409, response.json()["code"])
    assert "Idempotent-Replayed" not in create(writer, {}, "again", f"{address}/publish")


def test_a_server_error_leaves_nothing_behind(writer, new_article, article_count, monkeypatch, hongqi):
    from jiceng.api.models import IdempotentResponse
    from modules.news.api import articles as api
    from tenants.context import tenant_scope

    monkeypatch.setattr(api.ArticleViewSet, "represent", lambda *_args: 1 / 0)
    writer.raise_request_exception = False
    assert create(writer, new_article.body).status_code == 500
    with tenant_scope(hongqi):
        assert not IdempotentResponse.objects.exists()
    assert article_count() == 0
    monkeypatch.undo()
    assert create(writer, new_article.body).status_code == 201
    assert article_count() == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "键", "x" * 201, "a\tb"])
def test_keys_that_are_none(writer, new_article, article_count, refused, key):
    refused(create(writer, new_article.body, key), 400, "idempotency_key_invalid")
    assert article_count() == 0


def test_after_a_day_the_key_is_free(writer, new_article, article_count, hongqi):
    from jiceng.api.models import IdempotentResponse
    from jiceng.kernel.clock import now
    from tenants.context import tenant_scope

    first = create(writer, new_article.body)
    with tenant_scope(hongqi):
        IdempotentResponse.objects.update(expires_at=now() - timedelta(seconds=1))
    second = create(writer, {**new_article.body, "title": "第二天"})
    assert (second.status_code, second.json()["title"]) == (201, "第二天")
    assert second.json()["id"] != first.json()["id"]
    assert article_count() == 2


def test_expired_answers_are_cleared_away(writer, new_article, hongqi):
    from jiceng.api.models import IdempotentResponse
    from jiceng.kernel.clock import now
    from tenants.context import tenant_scope

    for number in range(5):
        create(writer, new_article.body, f"old-{number}")
    with tenant_scope(hongqi):
        IdempotentResponse.objects.update(expires_at=now() - timedelta(seconds=1))
    create(writer, new_article.body, "new")
    with tenant_scope(hongqi):
        assert list(IdempotentResponse.objects.values_list("key", flat=True)) == ["new"]


def test_answers_are_not_readable_in_the_database(writer, new_article, hongqi):
    from jiceng.api.models import IdempotentResponse
    from tenants.context import tenant_scope

    create(writer, new_article.body)
    with tenant_scope(hongqi):
        body = bytes(IdempotentResponse.objects.get().body)
    assert new_article.body["title"].encode() not in body


@pytest.fixture
def committed(fresh_tenant, api_key):
    """A committed tenant with news on, a key that may write there, and a valid body."""
    from jiceng.access.actor import Actor
    from tenants import directory
    from tenants.context import platform_scope
    from tenants.modules import set_module

    with platform_scope():
        set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=Actor.system())
    key = api_key(fresh_tenant, ["news.read", "news.publish"])
    body = {"column": "notices", "title": "只此一篇", "body": "<p>正文</p>"}
    return SimpleNamespace(tenant=directory.get(fresh_tenant.id), key=key, body=body)


def articles_of(tenant) -> int:
    from modules.news.models import Article
    from tenants.context import tenant_scope

    with tenant_scope(tenant):
        return Article.objects.count()


def in_thread(work):
    """Run ``work`` with a database connection of its own."""

    def run():
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(run).result(timeout=30)


@pytest.mark.django_db(transaction=True)
def test_while_the_first_is_running_the_second_is_told_to_wait(committed, client_for, monkeypatch, refused):
    from modules.news.api.articles import ArticleViewSet

    client, second = client_for(committed.tenant, key=committed.key), []
    original = ArticleViewSet.create_item

    def create_item(self, data):
        monkeypatch.setattr(ArticleViewSet, "create_item", original)
        second.append(in_thread(lambda: create(client_for(committed.tenant, key=committed.key), committed.body)))
        return original(self, data)

    monkeypatch.setattr(ArticleViewSet, "create_item", create_item)
    assert create(client, committed.body).status_code == 201
    refused(second[0], 409, "request_in_flight")
    assert second[0]["Retry-After"] == "1"
    assert articles_of(committed.tenant) == 1
    assert create(client, committed.body)["Idempotent-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_a_request_whose_process_died_does_not_hold_its_key(committed, client_for, monkeypatch):
    """The connection breaks after the effect and before the commit: nothing is kept, the retry works."""
    from modules.news.api.articles import ArticleViewSet

    client = client_for(committed.tenant, key=committed.key)
    original = ArticleViewSet.create_item

    def create_item(self, data):
        item = original(self, data)
        connection.connection.close()
        return item

    monkeypatch.setattr(ArticleViewSet, "create_item", create_item)
    client.raise_request_exception = False
    assert create(client, committed.body).status_code >= 500
    connection.close()
    monkeypatch.undo()
    assert articles_of(committed.tenant) == 0
    assert create(client, committed.body).status_code == 201
    assert articles_of(committed.tenant) == 1


@pytest.mark.django_db(transaction=True)
def test_thirty_two_at_once_have_one_effect(committed, client_for):
    """Each gets the one answer, or is told to come back; afterwards all get the one answer."""

    def send(_number: int):
        try:
            response = create(client_for(committed.tenant, key=committed.key), committed.body)
            return response.status_code, response.headers.get("Retry-After"), response.content
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=32) as pool:
        answers = list(pool.map(send, range(32)))
    statuses = Counter(status for status, _after, _content in answers)
    assert set(statuses) <= {201, 409}
    assert statuses[201] >= 1
    assert {after for status, after, _content in answers if status == 409} <= {"1"}
    assert len({content for status, _after, content in answers if status == 201}) == 1
    assert articles_of(committed.tenant) == 1
    assert send(0)[0] == 201
