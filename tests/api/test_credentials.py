"""Keys and sessions: one of them, in its place, still valid, of this tenant; every refusal changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .conftest import ARTICLES


def test_without_credentials(with_news, client_for, hongqi, refused, new_article, article_count):
    client = client_for(hongqi)
    for response in (
        client.get(ARTICLES),
        client.post(ARTICLES, new_article.body, content_type="application/json"),
        client.get("/api/v1/modules"),
    ):
        refused(response, 401, "unauthenticated")
        assert response["WWW-Authenticate"] == 'Bearer realm="api"'
    assert article_count() == 0


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer jck_",
        "Bearer jck_aaaaaaaa_" + "0" * 48,
        "Basic YTpi",
        "jck_x",
        "Bearer " + "x" * 9000,
        "Bearer é",
    ],
)
def test_keys_that_are_none(with_news, client_for, hongqi, refused, header):
    response = client_for(hongqi).get(ARTICLES, HTTP_AUTHORIZATION=header)
    refused(response, 401, "access.key_refused")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


def test_a_key_opens_only_its_own_tenant(make_articles, client_for, api_key, hongqi, dongfeng, refused):
    make_articles(dongfeng, 1, title="东风机密")
    make_articles(hongqi, 1)
    key = api_key(hongqi, ["news.read"])
    assert client_for(hongqi, key=key).get(ARTICLES).status_code == 200
    response = client_for(dongfeng, key=key).get(ARTICLES)
    refused(response, 401, "access.key_refused")
    assert "东风机密" not in response.content.decode()


@pytest.mark.parametrize("change", ["expired", "revoked", "altered", "elsewhere"])
def test_keys_that_were(with_news, client_for, api_key, hongqi, refused, change):
    from jiceng.access.models import ApiKey
    from jiceng.kernel.clock import now
    from tenants.context import tenant_scope

    key = api_key(hongqi, ["news.read"])
    assert client_for(hongqi, key=key).get(ARTICLES).status_code == 200
    with tenant_scope(hongqi):
        rows = ApiKey.objects.filter(prefix=key.split("_")[1])
        if change == "expired":
            rows.update(expires_at=now() - timedelta(seconds=1))
        elif change == "revoked":
            rows.update(revoked_at=now())
        elif change == "elsewhere":
            rows.update(allowed_addresses=["10.9.8.0/24"])
    if change == "altered":
        key = key[:-1] + ("0" if key[-1] != "0" else "1")
    refused(client_for(hongqi, key=key).get(ARTICLES), 401, "access.key_refused")


def test_scopes_are_kept(reader, refused, new_article, article_count, make_articles, hongqi):
    article = make_articles(hongqi, 1)[0]
    for response in (
        reader.post(ARTICLES, new_article.body, content_type="application/json"),
        reader.patch(f"{ARTICLES}/{article.id}", {"title": "改"}, content_type="application/json"),
        reader.delete(f"{ARTICLES}/{article.id}"),
        reader.post(f"{ARTICLES}/{article.id}/withdraw", {}, content_type="application/json"),
    ):
        refused(response, 403, "forbidden")
    assert article_count() == 1
    assert reader.get(f"{ARTICLES}/{article.id}").json()["title"] == article.title


def test_a_key_in_the_address_is_refused_and_not_repeated(with_news, client_for, api_key, hongqi, refused):
    key = api_key(hongqi, ["news.read"])
    for address in (f"{ARTICLES}?api_key={key}", f"{ARTICLES}?x={key}", f"/api/v1/modules/{key}"):
        response = client_for(hongqi).get(address)
        refused(response, 400, "key_in_address")
        assert key.split("_")[2] not in response.content.decode()


def test_key_and_session_together(with_news, client_for, api_key, hongqi, secretary, refused):
    client = client_for(hongqi, key=api_key(hongqi, ["news.read"])).login_as(secretary)
    refused(client.get(ARTICLES), 400, "credentials_ambiguous")


def test_a_session_reads(make_articles, client_for, hongqi, member):
    make_articles(hongqi, 2, drafts=1)
    response = client_for(hongqi).login_as(member).get(ARTICLES)
    assert len(response.json()["results"]) == 2


def test_a_session_writes_only_with_its_csrf_token(client_for, hongqi, editor, new_article, refused, article_count):
    client = client_for(hongqi, enforce_csrf_checks=True).login_as(editor)
    refused(client.post(ARTICLES, new_article.body, content_type="application/json"), 403, "csrf_failed")
    assert article_count() == 0
    token = "a" * 32
    client.cookies["jc_csrf"] = token
    response = client.post(ARTICLES, new_article.body, content_type="application/json", headers={"X-CSRFToken": token})
    assert response.status_code == 201, response.content
    assert article_count() == 1


def test_a_session_without_the_role(with_news, client_for, hongqi, stranger, refused, new_article, article_count):
    client = client_for(hongqi).login_as(stranger)
    refused(client.get(ARTICLES), 403, "forbidden")
    refused(client.post(ARTICLES, new_article.body, content_type="application/json"), 403, "forbidden")
    assert article_count() == 0


def test_a_module_that_is_off(reader, refused, hongqi, make_articles):
    from jiceng.access.actor import Actor
    from tenants.context import platform_scope
    from tenants.modules import set_module

    article = make_articles(hongqi, 1)[0]
    assert reader.get(ARTICLES).status_code == 200
    with platform_scope():
        set_module(tenant_id=hongqi.id, code="news", is_on=False, actor=Actor.system())
    refused(reader.get(ARTICLES), 403, "module_disabled")
    refused(reader.get(f"{ARTICLES}/{article.id}"), 403, "module_disabled")


def test_items_of_others_do_not_exist(writer, make_articles, hongqi, dongfeng, refused):
    from modules.news.models import Article
    from tenants.context import tenant_scope

    foreign = make_articles(dongfeng, 1, title="东风机密")[0]
    address = f"{ARTICLES}/{foreign.id}"
    for response in (
        writer.get(address),
        writer.patch(address, {"title": "改"}, content_type="application/json"),
        writer.delete(address),
        writer.post(f"{address}/publish", {}, content_type="application/json"),
    ):
        assert response.status_code == 404
        assert "东风机密" not in response.content.decode()
    with tenant_scope(dongfeng):
        assert Article.objects.get(pk=foreign.pk).title == foreign.title
