"""ETag, If-None-Match, If-Match: readers spare bytes, writers never overwrite what they have not seen."""

from __future__ import annotations

import pytest

from .conftest import ARTICLES


@pytest.fixture
def article(make_articles, hongqi):
    return make_articles(hongqi, 1, drafts=1)[1]


@pytest.fixture
def address(article) -> str:
    return f"{ARTICLES}/{article.id}"


def patch(client, address: str, body: dict, **headers: str):
    return client.patch(address, body, content_type="application/json", headers=headers)


def test_the_tag_is_strong_and_follows_the_content(writer, address):
    first = writer.get(address)
    assert first["ETag"].startswith('"')
    assert writer.get(address)["ETag"] == first["ETag"]
    changed = patch(writer, address, {"title": "改过"})
    assert changed["ETag"] != first["ETag"]
    assert writer.get(address)["ETag"] == changed["ETag"]


def test_not_modified(writer, address):
    tag = writer.get(address)["ETag"]
    for given in (tag, f"W/{tag}", "*", f'"other", {tag}'):
        response = writer.get(address, headers={"If-None-Match": given})
        assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
    assert writer.get(address, headers={"If-None-Match": '"other"'}).status_code == 200


def test_a_sparse_answer_has_a_tag_of_its_own_that_still_guards_the_item(writer, address):
    full, sparse = writer.get(address)["ETag"], writer.get(f"{address}?fields=id")["ETag"]
    assert sparse != full
    assert writer.get(address, headers={"If-None-Match": sparse}).status_code == 200
    assert patch(writer, address, {"title": "改过"}, **{"If-Match": sparse}).status_code == 200


@pytest.mark.parametrize("given", ['"other"', "W/", "other", '"", "x"'])
def test_a_stale_writer_is_refused(writer, address, refused, given):
    before = writer.get(address).json()
    refused(patch(writer, address, {"title": "改过"}, **{"If-Match": given}), 412, "precondition_failed")
    refused(writer.delete(address, headers={"If-Match": given}), 412, "precondition_failed")
    refused(
        writer.post(f"{address}/publish", {}, content_type="application/json", headers={"If-Match": given}),
        412, "precondition_failed",
    )  # fmt: skip
    assert writer.get(address).json() == before


def test_a_weak_tag_does_not_guard(writer, address, refused):
    tag = writer.get(address)["ETag"]
    refused(patch(writer, address, {"title": "改过"}, **{"If-Match": f"W/{tag}"}), 412, "precondition_failed")


def test_the_first_of_two_writers_wins(writer, address, refused):
    tag = writer.get(address)["ETag"]
    assert patch(writer, address, {"title": "甲改"}, **{"If-Match": tag}).status_code == 200
    refused(patch(writer, address, {"title": "乙改"}, **{"If-Match": tag}), 412, "precondition_failed")
    assert writer.get(address).json()["title"] == "甲改"


def test_a_star_matches_what_exists(writer, address, refused):
    assert patch(writer, address, {"title": "改过"}, **{"If-Match": "*"}).status_code == 200
    missing = f"{ARTICLES}/00000000-0000-7000-8000-000000000000"
    refused(patch(writer, missing, {"title": "改过"}, **{"If-Match": "*"}), 404, "news.article_not_found")


def test_where_it_is_required(writer, address, refused, monkeypatch):
    from modules.news.api.articles import ArticleViewSet

    monkeypatch.setattr(ArticleViewSet, "requires_if_match", True)
    before = writer.get(address)
    refused(patch(writer, address, {"title": "改过"}), 428, "precondition_required")
    refused(writer.delete(address), 428, "precondition_required")
    assert writer.get(address).json() == before.json()
    assert patch(writer, address, {"title": "改过"}, **{"If-Match": before["ETag"]}).status_code == 200


def test_created_items_say_where_they_are(writer, new_article):
    response = writer.post(ARTICLES, new_article.body, content_type="application/json")
    assert response.status_code == 201
    assert response["Location"] == f"{ARTICLES}/{response.json()['id']}"
    assert writer.get(response["Location"])["ETag"] == response["ETag"]


def test_deleted_items_are_gone(writer, address, refused, article_count):
    before = article_count()
    response = writer.delete(address)
    assert (response.status_code, response.content) == (204, b"")
    refused(writer.get(address), 404, "news.article_not_found")
    assert article_count() == before - 1
