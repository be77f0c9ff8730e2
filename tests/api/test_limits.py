"""Rate limits: exact under concurrency, apart for each tenant and caller, told in headers, and bearable without Redis."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.conf import settings

from jiceng.api import limits

from .conftest import ARTICLES


@pytest.fixture(autouse=True)
def limited(settings):
    settings.API_RATE_LIMITS = True


@pytest.fixture
def plan_of(hongqi, dongfeng):
    """``plan_of(20)``: both tenants' plan allows 20 requests a minute."""
    from tenants import directory
    from tenants.context import platform_scope
    from tenants.models import Plan, Tenant

    def limit(requests_per_minute: int) -> None:
        with platform_scope():
            Plan.objects.update(requests_per_minute=requests_per_minute)
            for tenant in Tenant.objects.all():
                directory.changed(tenant)

    return limit


def test_the_headers_tell_what_is_left(reader, plan_of):
    plan_of(20)
    response = reader.get(ARTICLES)
    assert response["RateLimit-Policy"] == '"default";q=20;w=60'
    assert re.fullmatch(r'"default";r=19;t=\d+', response["RateLimit"])
    assert reader.get("/api/v1/modules")["RateLimit"].startswith('"default";r=18;')


def test_refusals_count_and_carry_the_headers(reader, plan_of, refused):
    plan_of(20)
    response = reader.get(f"{ARTICLES}?x=1")
    refused(response, 400, "parameter_invalid")
    assert response["RateLimit"].startswith('"default";r=19;')


def test_too_many(writer, plan_of, refused, new_article, article_count):
    plan_of(3)
    for _time in range(3):
        assert writer.get(ARTICLES).status_code == 200
    response = writer.post(ARTICLES, new_article.body, content_type="application/json")
    refused(response, 429, "rate_limited")
    assert response["RateLimit"].startswith('"default";r=0;')
    assert 1 <= int(response["Retry-After"]) <= 20
    assert article_count() == 0


def test_one_caller_does_not_spend_anothers(with_news, plan_of, client_for, api_key, hongqi, dongfeng, member):
    plan_of(1)
    first = client_for(hongqi, key=api_key(hongqi, ["news.read"]))
    assert [first.get(ARTICLES).status_code for _time in range(2)] == [200, 429]
    others = (
        client_for(hongqi, key=api_key(hongqi, ["news.read"])),
        client_for(dongfeng, key=api_key(dongfeng, ["news.read"])),
        client_for(hongqi).login_as(member),
    )
    assert [client.get(ARTICLES).status_code for client in others] == [200, 200, 200]


def test_exact_under_concurrency(in_hongqi):
    """60 requests from 16 threads against 20 a minute: exactly 20 pass."""
    actor = SimpleNamespace(is_anonymous=False, kind="api_key", id="one")
    request = SimpleNamespace(method="GET", tenant=SimpleNamespace(requests_per_minute=20), address="127.0.0.1")

    def take(_number: int) -> bool:
        from tenants.context import tenant_scope

        with tenant_scope(in_hongqi):
            return limits.take(request, actor)[1]

    with ThreadPoolExecutor(max_workers=16) as pool:
        passed = sum(pool.map(take, range(60)))
    assert passed == 20


@pytest.fixture
def without_redis(monkeypatch):
    monkeypatch.setattr(settings, "REDIS_URL", "redis://127.0.0.1:1/0")
    limits._script.cache_clear()
    yield
    limits._script.cache_clear()


def test_without_redis_known_callers_pass(reader, without_redis):
    response = reader.get(ARTICLES)
    assert response.status_code == 200
    assert "RateLimit" not in response


def test_without_redis_sign_up_is_closed(client_for, without_redis, refused):
    from tenants.context import platform_scope
    from tenants.models import SignupRequest

    response = client_for(None).post("/api/public/v1/signups", {"slug": "x"}, content_type="application/json")
    refused(response, 503, "unavailable")
    assert response["Retry-After"]
    with platform_scope():
        assert not SignupRequest.objects.exists()
