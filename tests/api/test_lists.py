"""Pages, filters, orders, sparse fields: complete, stable, allow-listed; the same number of queries for any length."""

from __future__ import annotations

import base64
from datetime import timedelta
from itertools import chain

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from .conftest import ARTICLES, MOMENT


def walk(client, url: str, key: str = "next") -> list[list[str]]:
    """The titles of each page from ``url`` on, following ``key``."""
    pages = []
    for _step in range(50):
        body = client.get(url).json()
        assert set(body) == {"results", "next", "previous"}
        pages.append([row["title"] for row in body["results"]])
        if body[key] is None:
            return pages
        url = body[key]
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize("ordering", ["-published_at", "published_at", "-updated_at", "updated_at"])
def test_every_row_once_in_order_both_ways(writer, make_articles, hongqi, ordering):
    make_articles(hongqi, 11, drafts=5)  # drafts have no published_at
    whole = [row["title"] for row in writer.get(f"{ARTICLES}?ordering={ordering}&limit=100").json()["results"]]
    assert sorted(whole) == [f"要闻{number:03d}" for number in range(16)]
    pages = walk(writer, f"{ARTICLES}?ordering={ordering}&limit=3")
    assert [len(page) for page in pages] == [3, 3, 3, 3, 3, 1]
    assert list(chain(*pages)) == whole
    last = writer.get(f"{ARTICLES}?ordering={ordering}&limit=3").json()
    while last["next"]:
        last = writer.get(last["next"]).json()
    back = walk(writer, last["previous"], "previous")
    assert list(chain(*reversed(back))) == whole[:15]


def test_newest_first_and_nulls_last(writer, make_articles, hongqi):
    make_articles(hongqi, 4, drafts=2)
    for ordering in ("-published_at", "published_at"):
        rows = writer.get(f"{ARTICLES}?ordering={ordering}").json()["results"]
        moments = [row["published_at"] for row in rows[:4]]
        assert moments == sorted(moments, reverse=ordering.startswith("-"))
        assert [row["published_at"] for row in rows[4:]] == [None, None]


def test_rows_added_meanwhile_neither_repeat_nor_push_others_out(reader, make_articles, hongqi):
    make_articles(hongqi, 6)
    first = reader.get(f"{ARTICLES}?limit=3").json()
    make_articles(hongqi, 2, title="新到")
    second = reader.get(first["next"]).json()
    titles = [row["title"] for row in first["results"] + second["results"]]
    assert len(set(titles)) == 6


def test_an_empty_list(reader):
    assert reader.get(ARTICLES).json() == {"results": [], "next": None, "previous": None}


def test_count_only_when_asked(reader, make_articles, hongqi):
    make_articles(hongqi, 3)
    assert reader.get(f"{ARTICLES}?limit=1&include=count").json()["count"] == 3
    assert "count" not in reader.get(f"{ARTICLES}?limit=1").json()


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "?limit"), ("limit=101", "?limit"), ("limit=-1", "?limit"), ("limit=a", "?limit"), ("limit=", "?limit"),
        ("limit=１０", "?limit"), ("limit=10&limit=20", "?limit"), ("ordering=author_id", "?ordering"),
        ("ordering=--published_at", "?ordering"), ("ordering=author__password", "?ordering"), ("ordering=?", "?ordering"),
        ("include=everything", "?include"), ("fields=", "?fields"), ("fields=id,author_id", "?fields"),
        ("state=secret", "?state"), ("state=", "?state"), ("updated_since=yesterday", "?updated_since"),
        ("updated_since=2026-01-01T00:00:00", "?updated_since"), ("updated_since=2026-02-30T00:00:00Z", "?updated_since"),
        ("published_from=x", "?published_from"),
        ("published_from=0001-01-01T00:00:00", "?published_from"), ("published_from=2026-01-01T00:00:00", "?published_from"),
        ("published_from=0001-01-01T00:00:00%2B08:00", "?published_from"),
        ("published_before=9999-12-31T23:59:59-08:00", "?published_before"),
        ("updated_since=9999-12-31T23:59:59-08:00", "?updated_since"), ("q=" + "字" * 51, "?q"), ("q=a%00b", "?q"), ("page=2", "?page"),
        ("author_id=x", "?author_id"), ("title__startswith=a", "?title__startswith"), ("format=xml", "?format"),
        ("tenant=dongfeng", "?tenant"), ("schema=public", "?schema"), ("column__code=x", "?column__code"),
    ],
)  # fmt: skip
def test_parameters_are_allow_listed(reader, refused, query, pointer):
    document = refused(reader.get(f"{ARTICLES}?{query}"), 400, "parameter_invalid")
    assert pointer in [fault["pointer"] for fault in document["errors"]]


def test_unknown_parameters_are_refused_everywhere(writer, refused, make_articles, hongqi, new_article, article_count):
    article = make_articles(hongqi, 1)[0]
    address = f"{ARTICLES}/{article.id}"
    for response in (
        writer.get(f"{address}?limit=1"),
        writer.post(f"{ARTICLES}?dry_run=1", new_article.body, content_type="application/json"),
        writer.patch(f"{address}?force=1", {"title": "改"}, content_type="application/json"),
        writer.delete(f"{address}?force=1"),
        writer.get("/api/v1/modules?enabled=1"),
        writer.get("/api/v1/openapi.json?lang=en"),
    ):
        refused(response, 400, "parameter_invalid")
    assert article_count() == 1
    assert writer.get(address).json()["title"] == article.title


def test_cursors_are_ours_and_for_one_list_of_one_tenant(
    reader, make_articles, client_for, api_key, hongqi, dongfeng, refused
):
    make_articles(hongqi, 4)
    make_articles(dongfeng, 4)
    other = client_for(dongfeng, key=api_key(dongfeng, ["news.read"]))
    following = reader.get(f"{ARTICLES}?limit=2").json()["next"]
    cursor = following.partition("cursor=")[2]
    forged = base64.urlsafe_b64encode(b"x" * 22 + b'["2026-01-01T00:00:00Z","a",0]').decode()
    assert reader.get(following).status_code == 200
    for bad in ("x", "!!!", "a" * 5000, cursor[:-2], forged, f"{cursor}A", "%00"):
        refused(reader.get(f"{ARTICLES}?cursor={bad}"), 400, "cursor_invalid")
    refused(reader.get(f"{ARTICLES}?cursor={cursor}&ordering=updated_at"), 400, "cursor_invalid")
    refused(reader.get(f"/api/v1/news/columns?cursor={cursor}"), 400, "cursor_invalid")
    refused(other.get(following), 400, "cursor_invalid")


def test_links_keep_the_other_parameters(reader, make_articles, hongqi):
    make_articles(hongqi, 3)
    following = reader.get(f"{ARTICLES}?limit=1&fields=id,title&state=published").json()["next"]
    assert following.startswith(f"{ARTICLES}?limit=1&fields=id%2Ctitle&state=published&cursor=")
    assert list(reader.get(following).json()["results"][0]) == ["id", "title"]


def test_filters(writer, make_articles, hongqi):
    make_articles(hongqi, 4, drafts=2)

    def found(query: str) -> int:
        return len(writer.get(f"{ARTICLES}?{query}").json()["results"])

    assert found("state=draft") == 2
    assert found("q=003") == 1
    assert found("column=nothing") == 0
    assert found("published_from=2026-03-01T16:00:00%2B08:00") == 2
    assert found("published_before=2026-03-01T08:00:00Z") == 2


def test_updated_since_takes_what_changed_from_that_moment_on(writer, make_articles, hongqi):
    make_articles(hongqi, 6)
    since = (MOMENT - timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    rows = writer.get(f"{ARTICLES}?updated_since={since}").json()["results"]
    assert sorted(row["title"] for row in rows) == ["要闻000", "要闻001", "要闻002", "要闻003"]


def test_sparse_fields_in_their_own_order(reader, make_articles, hongqi):
    make_articles(hongqi, 1)
    row = reader.get(f"{ARTICLES}?fields=title,id").json()["results"][0]
    assert list(row) == ["id", "title"]
    item = reader.get(f"{ARTICLES}/{row['id']}?fields=title").json()
    assert item == {"title": "要闻000"}


def test_times_are_utc(reader, make_articles, hongqi):
    make_articles(hongqi, 1)
    row = reader.get(ARTICLES).json()["results"][0]
    assert row["published_at"] == "2026-03-01T08:00:00Z"
    assert reader.get(f"{ARTICLES}/{row['id']}").json()["published_at"] == "2026-03-01T08:00:00Z"


def test_the_same_number_of_queries_for_any_length(reader, make_articles, hongqi):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert reader.get(ARTICLES).status_code == 200
        return len(captured)

    make_articles(hongqi, 1)
    queries()  # the key's use is noted once a minute
    one = queries()
    make_articles(hongqi, 30, title="更多")
    assert queries() == one <= 12


def test_a_list_row_is_what_the_serializer_says(make_articles, hongqi, in_hongqi):
    """The compiled plan and DRF's own serializer give the same rows."""
    from jiceng.api import plans
    from modules.news.models import Article
    from modules.news.serializers.articles import ArticleRow

    make_articles(hongqi, 3, drafts=1)
    rows = Article.objects.order_by("pk")
    plan = plans.plan_of(ArticleRow, None)
    assert plan is not None
    assert plan.represent(plans.read(rows, plan)) == [dict(row) for row in ArticleRow(rows, many=True).data]
