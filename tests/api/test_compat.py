"""What the breaking-change check calls breaking, and what not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from jiceng.api.schema import generation
from jiceng.api.schema.compat import breaking_changes

Document = dict[str, Any]


def articles(document: Document) -> Document:
    return document["paths"]["/news/articles"]


def schema(document: Document, name: str) -> Document:
    return document["components"]["schemas"][name]


def parameter(document: Document, name: str) -> Document:
    return next(one for one in articles(document)["get"]["parameters"] if one.get("name") == name)


def drop_parameter(document: Document) -> None:
    articles(document)["get"]["parameters"].remove(parameter(document, "state"))


def narrow_enum(document: Document) -> None:
    parameter(document, "state")["schema"]["enum"].remove("draft")


BREAKING: dict[str, tuple[Callable[[Document], Any], str]] = {
    "path gone": (lambda d: d["paths"].pop("/news/columns"), "GET /news/columns: the operation is gone"),
    "method gone": (lambda d: articles(d).pop("post"), "POST /news/articles: the operation is gone"),
    "operationId": (lambda d: articles(d)["get"].update(operationId="x"), "operationId changed"),
    "scope": (lambda d: articles(d)["get"].update({"x-required-scopes": ["news.publish"]}), "another scope"),
    "status": (lambda d: articles(d)["post"]["responses"].pop("201"), "status 201 is gone"),
    "parameter gone": (drop_parameter, "parameter state is gone"),
    "parameter required": (lambda d: parameter(d, "q").update(required=True), "parameter q is newly required"),
    "parameter narrower": (lambda d: parameter(d, "limit")["schema"].update(maximum=50), "maximum is stricter"),
    "parameter value": (narrow_enum, "draft is no longer accepted"),
    "answer field": (lambda d: schema(d, "NewsArticleRow")["properties"].pop("title"), "field title is gone"),
    "answer may miss": (lambda d: schema(d, "NewsArticleRow")["required"].remove("title"), "title may now be missing"),
    "answer type": (
        lambda d: schema(d, "NewsArticleRow")["properties"]["version"].update(type="string"), "may now be string",
    ),
    "answer null": (
        lambda d: schema(d, "NewsArticleRow")["properties"]["title"].update(type=["string", "null"]), "may now be null",
    ),
    "answer format": (
        lambda d: schema(d, "NewsArticleRow")["properties"]["updated_at"].update(format="date"), "format changed",
    ),
    "deep answer field": (lambda d: schema(d, "NewsFileLink")["properties"].pop("url"), "attachments[]: field url is gone"),
    "input field": (
        lambda d: schema(d, "NewsArticleRequest")["properties"].pop("summary"), "field summary is no longer accepted",
    ),
    "input required": (
        lambda d: schema(d, "NewsArticleRequest")["required"].append("body"), "field body is newly required",
    ),
    "input shorter": (
        lambda d: schema(d, "NewsArticleRequest")["properties"]["title"].update(maxLength=10), "maxLength is stricter",
    ),
    "input type": (
        lambda d: schema(d, "NewsArticleRequest")["properties"]["is_pinned"].update(type="string"),
        "type boolean is no longer accepted",
    ),
    "input null": (
        lambda d: schema(d, "NewsArticleRequest")["properties"]["cover_id"].update(type="string"),
        "type null is no longer accepted",
    ),
}  # fmt: skip

ADDITIVE: dict[str, Callable[[Document], Any]] = {
    "nothing": lambda d: None,
    "path": lambda d: d["paths"].update({"/news/topics": articles(d)}),
    "parameter": lambda d: articles(d)["get"]["parameters"].append({"in": "query", "name": "x", "schema": {}}),
    "answer field": lambda d: schema(d, "NewsArticleRow")["properties"].update(topic={"type": "string"}),
    "answer enum value": lambda d: schema(d, "NewsState")["enum"].append("scheduled"),
    "optional input": lambda d: schema(d, "NewsArticleRequest")["properties"].update(topic={"type": "string"}),
    "longer input": lambda d: schema(d, "NewsArticleRequest")["properties"]["title"].update(maxLength=1000),
    "texts": lambda d: articles(d)["get"].update(summary="x", description="y"),
    "wider limit": lambda d: parameter(d, "limit")["schema"].update(maximum=500),
    "refusal": lambda d: articles(d)["get"]["responses"].pop("406"),
}


@pytest.fixture
def changed() -> Callable:
    old = generation.tenant_document()

    def apply(change: Callable[[Document], Any]) -> list[str]:
        new = copy.deepcopy(old)
        change(new)
        return breaking_changes(old, new)

    return apply


@pytest.mark.parametrize(("change", "sentence"), BREAKING.values(), ids=BREAKING.keys())
def test_breaking(changed, change, sentence):
    found = changed(change)
    assert any(sentence in one for one in found), found


@pytest.mark.parametrize("change", ADDITIVE.values(), ids=ADDITIVE.keys())
def test_not_breaking(changed, change):
    assert changed(change) == []
