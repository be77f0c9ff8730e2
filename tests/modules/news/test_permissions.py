"""Who may do what: every page and endpoint of the module against every kind of person."""

from __future__ import annotations

import pytest

from modules.news.models import Article, Column
from tenants.context import tenant_scope
from tests.factories.news import ArticleFactory

PEOPLE = ("visitor", "stranger", "member", "editor", "secretary")
READER = {"visitor": 302, "stranger": 403, "member": 200, "editor": 200, "secretary": 200}
EDITOR = {"visitor": 302, "stranger": 403, "member": 403, "editor": 200, "secretary": 200}
DONE = {**EDITOR, "editor": 302, "secretary": 302}
GONE = {"visitor": 302, "stranger": 403, "member": 410, "editor": 410, "secretary": 410}
HIDDEN = {"visitor": 302, "stranger": 403, "member": 404, "editor": 404, "secretary": 404}

MATRIX = [
    ("GET", "/news/", READER), ("GET", "/news/{published}/", READER), ("GET", "/news/{draft}/", HIDDEN),
    ("GET", "/news/{withdrawn}/", GONE), ("GET", "/console/news/", EDITOR), ("GET", "/console/news/new/", EDITOR),
    ("GET", "/console/news/{draft}/", EDITOR), ("GET", "/console/news/{draft}/preview/", EDITOR),
    ("GET", "/console/news/{withdrawn}/preview/", EDITOR), ("GET", "/console/news/{published}/readers/", EDITOR),
    ("GET", "/console/news/{withdrawn}/history/", EDITOR),
    ("GET", "/console/news/{draft}/publish/", EDITOR), ("GET", "/console/news/{published}/withdraw/", EDITOR),
    ("GET", "/console/news/{draft}/delete/", EDITOR), ("GET", "/console/news/columns/", EDITOR),
    ("GET", "/console/news/columns/{column}/", EDITOR), ("POST", "/console/news/{draft}/publish/", DONE),
    ("POST", "/console/news/{published}/withdraw/", DONE), ("POST", "/console/news/{draft}/delete/", DONE),
    ("POST", "/console/news/columns/{column}/delete/", DONE),
]  # fmt: skip


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize(("method", "path", "expected"), MATRIX, ids=[f"{method} {path}" for method, path, _ in MATRIX])
def test_pages(method, path, expected, who, browser, hongqi):
    with tenant_scope(hongqi):
        made = {state: ArticleFactory(state=state).pk for state in ("draft", "published", "withdrawn")}
        made["column"] = Column.objects.get(code="bulletins").pk
        before = list(Article.objects.order_by("pk").values()), Column.objects.count()
    client = browser(hongqi, None if who == "visitor" else who)
    response = client.generic(method, path.format(**made))
    assert response.status_code == expected[who]
    if expected[who] in (403, 404, 410) or who == "visitor":
        with tenant_scope(hongqi):
            assert (list(Article.objects.order_by("pk").values()), Column.objects.count()) == before
    if who == "visitor":
        assert response.headers["Location"].startswith("/login/")


SCOPES = {
    "none": ("access.read_users",),
    "read": ("news.read",),
    "publish": ("news.read", "news.publish"),
    "columns": ("news.columns",),
}
API = [
    ("GET", "articles", (403, 200, 200, 403)), ("GET", "articles/{published}", (403, 200, 200, 403)),
    ("GET", "articles/{draft}", (403, 404, 200, 403)), ("GET", "articles/{withdrawn}", (403, 410, 200, 403)),
    ("POST", "articles", (403, 403, 201, 403)), ("PATCH", "articles/{draft}", (403, 403, 200, 403)),
    ("DELETE", "articles/{draft}", (403, 403, 204, 403)), ("POST", "articles/{draft}/publish", (403, 403, 200, 403)),
    ("POST", "articles/{published}/withdraw", (403, 403, 200, 403)), ("GET", "columns", (403, 200, 200, 403)),
    ("GET", "columns/{column}", (403, 200, 200, 403)), ("POST", "columns", (403, 403, 403, 201)),
    ("PATCH", "columns/{column}", (403, 403, 403, 200)), ("DELETE", "columns/{column}", (403, 403, 403, 204)),
]  # fmt: skip
BODIES = {"articles": {"column": "releases", "title": "题"}, "articles/{draft}": {"title": "新题"},
          "columns": {"name": "新栏目"}, "columns/{column}": {"name": "改名"}}  # fmt: skip


@pytest.mark.parametrize("number", range(len(SCOPES)), ids=SCOPES)
@pytest.mark.parametrize(("method", "path", "expected"), API, ids=[f"{method} {path}" for method, path, _ in API])
def test_api_keys(method, path, expected, number, client_for, api_key, hongqi):
    with tenant_scope(hongqi):
        made = {state: ArticleFactory(state=state).pk for state in ("draft", "published", "withdrawn")}
        made["column"] = Column.objects.get(code="bulletins").pk
        before = list(Article.objects.order_by("pk").values()), list(Column.objects.values())
    client = client_for(hongqi, key=api_key(hongqi, list(SCOPES.values())[number]))
    body = BODIES.get(path, {}) if method in ("POST", "PATCH") else None
    response = getattr(client, method.lower())(
        f"/api/v1/news/{path.format(**made)}",
        **({"data": body, "content_type": "application/json"} if body is not None else {}),
    )
    assert response.status_code == expected[number], response.content
    if response.status_code >= 400:
        assert response.headers["Content-Type"].startswith("application/problem+json")
        with tenant_scope(hongqi):
            assert (list(Article.objects.order_by("pk").values()), list(Column.objects.values())) == before
