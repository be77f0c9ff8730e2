"""Two tenants with news on, programs with keys, and the shape that every refusal must have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

ARTICLES = "/api/v1/news/articles"
MOMENT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
PROBLEM_KEYS = {"type", "title", "status", "detail", "code", "request_id"}


@pytest.fixture
def with_news(db, hongqi, dongfeng) -> Callable:
    """Switches the news module on in both tenants; ``with_news(hongqi)`` gives that tenant's first column."""
    from jiceng.access.actor import Actor
    from modules.news.models import Column
    from tenants.context import platform_scope, tenant_scope
    from tenants.modules import set_module

    for tenant in (hongqi, dongfeng):
        with platform_scope():
            set_module(tenant_id=tenant.id, code="news", is_on=True, actor=Actor.system())

    def column(tenant):
        with tenant_scope(tenant):
            return Column.objects.order_by("order", "code").first()

    return column


@pytest.fixture
def make_articles(with_news) -> Callable:
    """``make_articles(tenant, 5)``: published articles an hour apart, newest first; ``drafts=2`` adds as many drafts."""
    from modules.news.models import Article, State
    from tenants.context import tenant_scope

    def make(tenant, count: int, *, drafts: int = 0, title: str = "要闻"):
        column = with_news(tenant)
        rows = []
        with tenant_scope(tenant):
            for number in range(count + drafts):
                at = MOMENT - timedelta(hours=number // 2)  # two share each moment: the id decides
                published = number < count
                rows.append(
                    Article.objects.create(
                        column=column, title=f"{title}{number:03d}", body="<p>正文</p>", created_at=at, updated_at=at,
                        author_id="x", author_name="王芳", published_at=at if published else None,
                        state=State.PUBLISHED if published else State.DRAFT,
                    )
                )  # fmt: skip
        return rows

    return make


@pytest.fixture
def reader(with_news, hongqi, client_for, api_key):
    """A program that may read 红旗社区's news."""
    return client_for(hongqi, key=api_key(hongqi, ["news.read"]))


@pytest.fixture
def writer(with_news, hongqi, client_for, api_key):
    """A program that may read and write 红旗社区's news."""
    return client_for(hongqi, key=api_key(hongqi, ["news.read", "news.publish", "news.columns"]))


@pytest.fixture
def post(with_news) -> Callable:
    """``post(client, url, body, **headers)`` with JSON."""

    def send(client, url: str, body=None, **headers: str):
        return client.post(url, body if body is not None else {}, content_type="application/json", headers=headers)

    return send


@pytest.fixture
def refused() -> Callable:
    """``refused(response, 404, "not_found")``: asserts a problem document and returns it."""

    def check(response, status: int, code: str) -> dict:
        assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json"), (
            response.content
        )
        document = response.json()
        assert PROBLEM_KEYS <= set(document) <= PROBLEM_KEYS | {"errors"}
        assert document["code"] == code, document
        assert document["status"] == status
        assert document["type"] == f"/help/errors#{code}"
        assert document["request_id"] == response["X-Request-Id"]
        assert document["title"] and document["detail"]
        for fault in document.get("errors", []):
            assert set(fault) == {"pointer", "code", "detail"}
        return document

    return check


@pytest.fixture
def article_count(hongqi) -> Callable[[], int]:
    """How many articles 红旗社区 has: for proving that a refusal changed nothing."""

    def count() -> int:
        from modules.news.models import Article
        from tenants.context import tenant_scope

        with tenant_scope(hongqi):
            return Article.objects.count()

    return count


@pytest.fixture
def new_article(with_news, hongqi) -> SimpleNamespace:
    """A valid body for a new article."""
    return SimpleNamespace(
        body={"column": with_news(hongqi).code, "title": "周五义务植树", "body": "<p>湿地公园南门。</p>"}
    )
