"""/api/v1/news/: what other systems get, and what they may not do."""

from __future__ import annotations

import json
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.files.models import StoredFile
from jiceng.files.services import store_image
from modules.news.models import Article
from tenants import directory, modules
from tenants.context import platform_scope, tenant_scope
from tests.factories.news import ArticleFactory
from tests.files import samples

ARTICLES = "/api/v1/news/articles"


@pytest.fixture
def api(client_for, api_key, hongqi):
    """A program of 红旗社区 that may write."""
    return client_for(hongqi, key=api_key(hongqi, ["news.read", "news.publish"]))


@pytest.fixture
def reader(client_for, api_key, hongqi):
    return client_for(hongqi, key=api_key(hongqi, ["news.read"]))


@pytest.fixture
def write(hongqi):
    def make(**facts):
        with tenant_scope(hongqi):
            return ArticleFactory(**facts)

    return make


def send(client, method, path, body, **headers):
    content = body if isinstance(body, (bytes, str)) else json.dumps(body)
    return getattr(client, method)(path, data=content, content_type="application/json", headers=headers)


def count_articles(tenant):
    with tenant_scope(tenant):
        return Article.objects.count()


def test_an_article_goes_its_way_through_the_api(api, reader, hongqi):
    made = send(api, "post", ARTICLES, {"column": "bulletins", "title": "植树通知", "body": "周五上午\n\n湿地公园"})
    article = made.json()
    assert made.status_code == 201 and made.headers["Location"] == f"{ARTICLES}/{article['id']}"
    assert (article["state"], article["body"]) == ("draft", "<p>周五上午</p><p>湿地公园</p>")
    place = f"{ARTICLES}/{article['id']}"
    assert reader.get(place).status_code == 404
    changed = send(api, "patch", place, {"title": "周五植树通知"}, **{"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json()["title"], changed.json()["version"]) == (200, "周五植树通知", 2)
    published = send(api, "post", f"{place}/publish", {})
    assert (published.status_code, published.json()["state"]) == (200, "published")
    assert [row["title"] for row in reader.get(ARTICLES).json()["results"]] == ["周五植树通知"]
    withdrawn = send(api, "post", f"{place}/withdraw", {"reason": "改期"})
    assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    gone = reader.get(place)
    assert (gone.status_code, gone.json()["code"], "植树" in gone.content.decode()) == (
        410,
        "news.article_withdrawn",
        False,
    )
    assert reader.get(ARTICLES).json()["results"] == []


def test_one_article_in_full(reader, write, hongqi):
    article = write(state="published", title="要闻")
    shown = reader.get(f"{ARTICLES}/{article.pk}").json()
    assert shown == {
        "id": str(article.pk), "column": "releases", "column_name": "中心发布", "title": "要闻", "summary": article.summary,
        "state": "published", "is_pinned": False, "cover_id": None, "author_name": "系统", "publisher_name": "系统",
        "published_at": article.published_at.isoformat().replace("+00:00", "Z"),
        "updated_at": article.updated_at.isoformat().replace("+00:00", "Z"), "version": 2, "body": article.body,
        "attachments": [], "read_count": 0, "like_count": 0, "favourite_count": 0, "comment_count": 0,
        "withdrawn_at": None, "kind": "article", "unit_id": None, "level": "internal",
        "publish_at": None, "expires_at": None, "needs_confirmation": False, "confirm_by": None, "allows_comments": False,
        "is_open": True, "recipient_count": None, "corrected_at": None, "correction_note": "", "details": {},
        "audience": {"everyone": True},
    }  # fmt: skip


def test_filters_and_pages(reader, api, write):
    for number in range(5):
        write(title=f"第{number}篇", state="published", column="bulletins" if number % 2 else "releases")
    write(title="草稿")
    titles = lambda answer: [row["title"] for row in answer.json()["results"]]  # noqa: E731
    assert titles(reader.get(f"{ARTICLES}?column=bulletins")) == ["第3篇", "第1篇"]
    assert titles(reader.get(f"{ARTICLES}?q=第4")) == ["第4篇"]
    assert titles(reader.get(f"{ARTICLES}?state=draft")) == []
    assert titles(api.get(f"{ARTICLES}?state=draft")) == ["草稿"]
    first = reader.get(f"{ARTICLES}?limit=3")
    assert titles(first) == ["第4篇", "第3篇", "第2篇"]
    assert titles(reader.get(first.json()["next"])) == ["第1篇", "第0篇"]


@pytest.mark.parametrize("query", [
    "state=nonsense", "author_id=1", "ordering=author_id", "cursor=x", "limit=0", "limit=100000", "q=" + "a" * 51,
    "column__code=x", "published_from=yesterday", "published_from=0001-01-01",
])  # fmt: skip
def test_unknown_questions_are_refused(query, reader):
    answer = reader.get(f"{ARTICLES}?{query}")
    assert answer.status_code == 400 and answer.headers["Content-Type"].startswith("application/problem+json")


BAD = [
    ({}, {"/column", "/title"}), ({"column": "releases", "title": ""}, {"/title"}),
    ({"column": "releases", "title": "\u200b"}, {"/title"}), ({"column": "releases", "title": "长" * 101}, {"/title"}),
    ({"column": "nowhere", "title": "题"}, {"/column"}), ({"column": "releases", "title": 5}, {"/title"}),
    ({"column": "releases", "title": "题", "summary": "长" * 201}, {"/summary"}),
    ({"column": "releases", "title": "题", "is_pinned": "yes"}, {"/is_pinned"}),
    ({"column": "releases", "title": "题", "cover_id": "x"}, {"/cover_id"}),
    ({"column": "releases", "title": "题", "cover_id": str(uuid.uuid4())}, {"/cover_id"}),
    ({"column": "releases", "title": "题", "attachment_ids": [str(uuid.uuid4())]}, {"/attachment_ids"}),
    ({"column": "releases", "title": "题", "attachment_ids": "x"}, {"/attachment_ids"}),
    ({"column": "releases", "title": "题", "state": "published"}, {"/state"}),
    ({"column": "releases", "title": "题", "author_name": "他人"}, {"/author_name"}),
    ({"column": "releases", "title": "题", "published_at": "2026-01-01T00:00:00Z"}, {"/published_at"}),
    ({"column": None, "title": None}, {"/column", "/title"}),
]  # fmt: skip


@pytest.mark.parametrize(("body", "pointers"), BAD, ids=range(len(BAD)))
def test_bad_bodies_are_named_by_field_and_keep_nothing(body, pointers, api, hongqi):
    answer = send(api, "post", ARTICLES, body)
    assert answer.status_code in (400, 422), answer.content
    assert {fault["pointer"] for fault in answer.json()["errors"]} == pointers
    assert count_articles(hongqi) == 0


@pytest.mark.parametrize("raw", [
    b'{"column":"releases","title":"a\\u0000"}', b'{"column":"releases","title":"\\ud800"}', b'{"title":"\xff"}', b"[" * 9999,
    b'{"title":"a","title":"b"}', b'{"title":NaN}', b"", b"[]", b'"x"', b"null",
    b'{"column":"releases","title":"' + b"a" * 10**6 + b'"}',
], ids=range(11))  # fmt: skip
def test_broken_bodies_are_refused(raw, api, hongqi):
    answer = send(api, "post", ARTICLES, raw)
    assert 400 <= answer.status_code < 500
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert count_articles(hongqi) == 0


@pytest.mark.parametrize("field", ["cover_id", "attachment_ids", "body"])
def test_another_tenants_files_cannot_be_linked(field, api, hongqi, dongfeng):
    with tenant_scope(dongfeng):
        theirs = store_image(upload=samples.upload("a.jpg", samples.picture()), actor=Actor.system())
    value = {"cover_id": str(theirs.pk), "attachment_ids": [str(theirs.pk)], "body": f'<img src="{theirs.url()}">'}[
        field
    ]
    answer = send(api, "post", ARTICLES, {"column": "releases", "title": "题", field: value})
    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [f"/{field}"]
    assert count_articles(hongqi) == 0
    with tenant_scope(dongfeng):
        assert StoredFile.objects.get().owner == ""


def test_another_tenants_articles_do_not_exist(client_for, api_key, dongfeng, write, hongqi):
    article = write(title="金丝雀", state="published")
    foreign = client_for(dongfeng, key=api_key(dongfeng, ["news.read", "news.publish"]))
    place = f"{ARTICLES}/{article.pk}"
    answers = [
        foreign.get(place), send(foreign, "patch", place, {"title": "改"}), foreign.delete(place),
        send(foreign, "post", f"{place}/publish", {}), send(foreign, "post", f"{place}/withdraw", {}),
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [404] * 5
    assert not any("金丝雀" in answer.content.decode() for answer in answers)
    with tenant_scope(hongqi):
        assert list(Article.objects.values_list("title", "state", "version")) == [("金丝雀", "published", 2)]


def test_the_slower_program_is_refused(api, write):
    article = write()
    place = f"{ARTICLES}/{article.pk}"
    tag = api.get(place).headers["ETag"]
    assert send(api, "patch", place, {"title": "甲"}, **{"If-Match": tag}).status_code == 200
    assert send(api, "patch", place, {"title": "乙"}, **{"If-Match": tag}).status_code == 412


def test_states_are_respected(api, write):
    draft, published = write(body=""), write(state="published")
    assert send(api, "post", f"{ARTICLES}/{draft.pk}/publish", {}).json()["code"] == "news.empty_body"
    assert send(api, "post", f"{ARTICLES}/{draft.pk}/withdraw", {}).json()["code"] == "news.not_published"
    assert send(api, "post", f"{ARTICLES}/{published.pk}/publish", {}).json()["code"] == "news.already_published"
    assert api.delete(f"{ARTICLES}/{published.pk}").json()["code"] == "news.not_draft"


@pytest.mark.parametrize("path", [ARTICLES, "/api/v1/news/columns"])
def test_three_rows_cost_no_more_queries_than_one(path, api, write):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert api.get(path).status_code == 200
        return len(captured)

    write(state="published")
    api.get(path)
    one = count()
    write()
    write(state="published", column="bulletins")
    assert count() == one


def test_columns_through_the_api(client_for, api_key, hongqi):
    client = client_for(hongqi, key=api_key(hongqi, ["news.read", "news.columns"]))
    made = send(client, "post", "/api/v1/news/columns", {"name": "工会之家", "code": "union"})
    assert made.status_code == 201
    place = f"/api/v1/news/columns/{made.json()['id']}"
    assert send(client, "patch", place, {"is_active": False}).json()["is_active"] is False
    assert send(client, "patch", place, {"code": "other"}).status_code == 400
    assert [row["code"] for row in client.get("/api/v1/news/columns").json()["results"]] == [
        "releases", "bulletins", "assessments", "documents", "notices", "lessons", "achievements", "cases", "union",
    ]  # fmt: skip
    assert client.delete(place).status_code == 204
    assert send(client, "post", "/api/v1/news/columns", {"name": "中心发布"}).json()["code"] == "news.column_taken"


def test_a_program_that_may_read_an_article_gets_its_pictures(client_for, api_key, editor, hongqi, dongfeng, write):
    actor = Actor.for_user(editor)
    with tenant_scope(hongqi):
        cover = store_image(upload=samples.upload("a.jpg", samples.picture()), actor=actor)
    article = write(state="published", cover_id=cover.pk, actor=actor)
    key = api_key(hongqi, ["news.read"])
    assert client_for(hongqi, key=key).get(f"{ARTICLES}/{article.pk}").json()["cover_id"] == str(cover.pk)
    statuses = [
        client_for(tenant, key=sent).get(cover.url("cover")).status_code
        for tenant, sent in (
            (hongqi, key), (hongqi, api_key(hongqi, ["access.read_users"])), (hongqi, key[:-1] + "x"), (dongfeng, key),
            (dongfeng, api_key(dongfeng, ["news.read"])), (hongqi, ""),
        )
    ]  # fmt: skip
    assert statuses == [200, 404, 401, 401, 404, 404]


def test_with_the_module_off_its_files_are_gone_too(client_for, api_key, editor, hongqi, write):
    actor = Actor.for_user(editor)
    with tenant_scope(hongqi):
        cover = store_image(upload=samples.upload("a.jpg", samples.picture()), actor=actor)
    write(state="published", cover_id=cover.pk, actor=actor)
    client = client_for(hongqi, key=api_key(hongqi, ["news.read"]))
    assert client.get(cover.url()).status_code == 200
    with platform_scope():
        modules.set_module(tenant_id=hongqi.id, code="news", is_on=False, actor=Actor.system())
    directory._entries.clear()
    assert client.get(cover.url()).status_code == 404
    assert client.get(ARTICLES).json()["code"] == "module_disabled"
    with tenant_scope(hongqi):
        assert Article.objects.count() == 1
