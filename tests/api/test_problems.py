"""Every refusal on an API path is a problem document, whoever refuses; nothing changes by it."""

from __future__ import annotations

import pytest

from .conftest import ARTICLES

DEEP = b"[" * 100_000
BAD_BODIES = {
    "deep": DEEP,
    "33 levels": b'{"title":' + b"[" * 32 + b"]" * 32 + b"}",
    "not json": b"{title: 1}",
    "empty": b"",
    "bad utf-8": b'{"title": "\xff\xfe"}',
    "utf-16": '{"title": "x"}'.encode("utf-16"),
    "duplicate keys": b'{"title": "a", "title": "b"}',
    "duplicate keys below": b'{"column": {"a": 1, "a": 2}}',
    "NaN": b'{"order": NaN}',
    "Infinity": b'{"order": -Infinity}',
    "1e400": b'{"order": 1e400}',
    "10^30": b'{"order": 1000000000000000000000000000000}',
    "5000 digits": b'{"order": ' + b"9" * 5000 + b"}",
    "NUL": b'{"title": "a\\u0000b"}',
    "lone surrogate": b'{"title": "\\ud800"}',
    "lone surrogate in a key": b'{"\\udfff": 1}',
}


@pytest.mark.parametrize(
    "path", ["/api/v1/nothing", "/api/v1/news/articles/", "/api/nothing", "/api", "/api/v1/news/articles/7"]
)
def test_unknown_addresses_are_problems(reader, refused, path):
    refused(reader.get(path), 404, "not_found")


def test_unknown_addresses_of_the_public_api_are_problems(client_for, refused):
    refused(client_for(None).get("/api/public/v1/nothing"), 404, "not_found")


@pytest.mark.parametrize("method", ["put", "delete", "trace"])
def test_methods_that_do_not_exist(writer, refused, article_count, make_articles, hongqi, method):
    make_articles(hongqi, 1)
    response = getattr(writer, method)(ARTICLES)
    refused(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"
    assert article_count() == 1


def test_put_on_an_item_is_not_patch(writer, refused, make_articles, hongqi):
    article = make_articles(hongqi, 1)[0]
    response = writer.put(f"{ARTICLES}/{article.id}", {"title": "换掉"}, content_type="application/json")
    refused(response, 405, "method_not_allowed")


def test_method_override_headers_are_ignored(reader, make_articles, hongqi, article_count):
    article = make_articles(hongqi, 1)[0]
    response = reader.get(f"{ARTICLES}/{article.id}", headers={"X-HTTP-Method-Override": "DELETE"})
    assert response.status_code == 200
    assert article_count() == 1


def test_head_and_options(reader, make_articles, hongqi):
    make_articles(hongqi, 1)
    head = reader.head(ARTICLES)
    assert (head.status_code, head.content) == (200, b"")
    options = reader.options(ARTICLES)
    assert (options.status_code, options["Allow"], options.content) == (204, "GET, POST, HEAD, OPTIONS", b"")


@pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_bad_json_is_refused_and_stores_nothing(writer, refused, article_count, body):
    response = writer.generic("POST", ARTICLES, body, content_type="application/json")
    assert response.json()["code"] in ("body_malformed", "invalid")
    refused(response, 400, response.json()["code"])
    assert article_count() == 0


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"7"])
def test_json_that_is_no_object(writer, refused, article_count, body):
    refused(writer.generic("POST", ARTICLES, body, content_type="application/json"), 400, "invalid")
    assert article_count() == 0


def test_bodies_over_a_megabyte(writer, refused, article_count):
    body = b'{"title": "' + b"a" * (3 * 1024 * 1024) + b'"}'
    refused(writer.generic("POST", ARTICLES, body, content_type="application/json"), 413, "body_too_large")
    assert article_count() == 0


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", ""]
)
def test_other_media_types(writer, refused, article_count, kind):
    refused(writer.generic("POST", ARTICLES, b"title=a", content_type=kind), 415, "unsupported_media_type")
    assert article_count() == 0


@pytest.mark.parametrize("accept", ["application/xml", "text/csv", "text/html"])
def test_other_formats(reader, refused, accept):
    refused(reader.get(ARTICLES, headers={"Accept": accept}), 406, "not_acceptable")


@pytest.mark.parametrize(
    "accept", ["*/*", "application/*", "text/html, application/json;q=0.5", "application/problem+json"]
)
def test_formats_that_include_json(reader, accept):
    response = reader.get(ARTICLES, headers={"Accept": accept})
    assert (response.status_code, response["Content-Type"].partition(";")[0]) == (200, "application/json")


def test_faults_are_named_by_pointer(writer, refused, article_count):
    body = {"title": 7, "is_pinned": "yes", "attachment_ids": ["no"], "is_staff": True, "tenant": "dongfeng"}
    document = refused(writer.post(ARTICLES, body, content_type="application/json"), 400, "invalid")
    found = {fault["pointer"]: fault["code"] for fault in document["errors"]}
    assert found == {
        "/title": "wrong_type", "/is_pinned": "wrong_type", "/is_staff": "unknown_field", "/tenant": "unknown_field",
    }  # fmt: skip
    assert article_count() == 0


def test_title_follows_the_language_and_code_does_not(reader):
    chinese = reader.get("/api/v1/nothing", headers={"Accept-Language": "zh-CN,zh;q=0.9"})
    english = reader.get("/api/v1/nothing", headers={"Accept-Language": "en"})
    assert chinese["Content-Language"] == "zh-hans"
    assert english["Content-Language"] == "en"
    assert chinese.json()["code"] == english.json()["code"] == "not_found"


def test_unknown_hosts_are_problems_too(client_for, refused):
    refused(client_for(None, host="nobody.jiceng.test").get(ARTICLES), 404, "tenant_not_found")


def test_server_errors_tell_nothing_but_the_request_id(reader, monkeypatch, refused):
    from modules.news import selectors

    def broken(**_kwargs):
        raise RuntimeError("SELECT secret FROM members")

    monkeypatch.setattr(selectors, "visible_articles", broken)
    reader.raise_request_exception = False
    response = reader.get(ARTICLES)
    refused(response, 500, "internal_error")
    assert b"secret" not in response.content


def test_database_trouble_is_503_with_retry_after(reader, monkeypatch, refused):
    from django.db import OperationalError

    from modules.news import selectors

    def broken(**_kwargs):
        raise OperationalError("terminating connection")

    monkeypatch.setattr(selectors, "visible_articles", broken)
    response = reader.get(ARTICLES)
    refused(response, 503, "unavailable")
    assert response["Retry-After"] == "5"


def test_pages_get_pages_and_htmx_gets_a_toast(client_for, hongqi):
    client = client_for(hongqi)
    page = client.get("/nothing/")
    assert (page.status_code, page["Content-Type"]) == (404, "text/html; charset=utf-8")
    toast = client.get("/nothing/", headers={"HX-Request": "true"})
    assert (toast.status_code, toast["HX-Reswap"]) == (404, "none")
    assert "toast" in toast["HX-Trigger"]
    assert toast["HX-Trigger"].isascii()


@pytest.mark.parametrize(
    ("state", "status", "code"), [("suspended", 403, "tenant_suspended"), ("closed", 404, "tenant_not_found")]
)
def test_tenants_that_are_not_served(reader, make_articles, hongqi, refused, state, status, code):
    from tenants import directory
    from tenants.context import platform_scope
    from tenants.models import Tenant

    make_articles(hongqi, 1)
    assert reader.get(ARTICLES).status_code == 200
    with platform_scope():
        tenant = Tenant.objects.get(pk=hongqi.id)
        tenant.state = state
        tenant.save(update_fields=("state",))
        directory.changed(tenant)
    refused(reader.get(ARTICLES), status, code)
    refused(reader.get("/api/v1/openapi.json"), status, code)


def test_options_of_the_public_api(client_for):
    response = client_for(None).options("/api/public/v1/signups")
    assert (response.status_code, response["Allow"]) == (204, "POST, OPTIONS")
