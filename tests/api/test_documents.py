"""The OpenAPI documents: complete, without warnings, in step with the code, cut to the tenant's modules, and true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import CommandError, call_command
from drf_spectacular.drainage import GENERATOR_STATS

from jiceng.api.schema import generation

from .conftest import ARTICLES

DOCUMENTS = {"tenant": generation.tenant_document, "public": generation.public_document}
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(params=DOCUMENTS)
def document(request) -> dict[str, Any]:
    return DOCUMENTS[request.param]()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        for value in node.values():
            yield from nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from nodes(value)


# --- Lint --------------------------------------------------------------------------------------------------------------
def test_generating_warns_of_nothing():
    for make in DOCUMENTS.values():
        make.cache_clear()
        make()
        assert not GENERATOR_STATS


def test_every_operation_is_described(document):
    ids = []
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["description"], name
        assert len(operation["tags"]) == 1, name
        assert operation["security"], name
        assert "x-required-scopes" in operation, name
        assert any(status.startswith("4") for status in operation["responses"]), name
        ids.append(operation["operationId"])
    assert len(set(ids)) == len(ids)


def test_every_tag_is_explained(document):
    used = {operation["tags"][0] for _name, operation in operations(document)}
    assert used == {tag["name"] for tag in document["tags"] if tag["description"]}


def test_every_parameter_is_explained(document):
    parameters = [p for _name, operation in operations(document) for p in operation.get("parameters", ())]
    parameters += document["components"].get("parameters", {}).values()
    assert all("$ref" in parameter or parameter["description"] for parameter in parameters)


def test_every_body_has_an_example_that_fits_its_schema(document):
    bodies = 0
    for name, operation in operations(document):
        contents = [operation["requestBody"]] if "requestBody" in operation else []
        contents += [answer for answer in operation["responses"].values() if "content" in answer]
        for content in contents:
            media = content["content"]["application/json"]
            check(document, media["schema"], media["example"], name)
            bodies += 1
    assert bodies > 1


def test_every_refusal_is_a_problem(document):
    for name, answer in document["components"]["responses"].items():
        if name == "NotModified":
            continue
        media = answer["content"]["application/problem+json"]
        assert media["schema"] == {"$ref": "#/components/schemas/Problem"}
        check(document, media["schema"], media["example"], name)


def test_enums_have_names_of_their_own(document):
    for name, schema in document["components"]["schemas"].items():
        for field, value in schema.get("properties", {}).items():
            assert "enum" not in value, f"{name}.{field}"
            assert "enum" not in value.get("items", {}), f"{name}.{field}"
        assert not name.endswith("Enum"), name


def test_nothing_of_openapi_3_0_is_left(document):
    assert document["openapi"] == "3.1.1"
    for node in nodes({key: value for key, value in document.items() if key != "info"}):
        assert node.get("nullable") not in (True, False)


def test_every_reference_leads_somewhere_and_every_component_is_used(document):
    used = {node["$ref"] for node in nodes(document) if isinstance(node.get("$ref"), str)}
    there = {
        f"#/components/{section}/{name}"
        for section, items in document["components"].items()
        for name in items
        if section != "securitySchemes"
    }
    assert used == there


def test_texts_of_developers_do_not_show(document):
    for name, schema in document["components"]["schemas"].items():
        text = schema.get("description", "")
        assert not text or any("\u4e00" <= char <= "\u9fff" for char in text), name


def test_the_tenants_operations_name_existing_permissions():
    from jiceng.kernel.registry import registry

    for name, operation in operations(generation.tenant_document()):
        assert set(operation["x-required-scopes"]) <= set(registry.permissions), name
        assert operation["security"] in ([{"apiKey": []}, {"session": []}], [{}]), name


# --- Committed ---------------------------------------------------------------------------------------------------------
def test_the_committed_documents_are_up_to_date(capsys):
    call_command("openapi", "--check", skip_checks=True)


def test_drift_is_noticed(monkeypatch, tmp_path):
    from jiceng.api.management.commands import openapi

    monkeypatch.setattr(openapi, "folder_of_documents", lambda: tmp_path)
    with pytest.raises(CommandError, match=r"tenant-v1\.yaml, public-v1\.yaml"):
        call_command("openapi", "--check", skip_checks=True)
    call_command("openapi", "--write", skip_checks=True)
    call_command("openapi", "--check", skip_checks=True)


def test_writing_refuses_to_break_clients(monkeypatch, tmp_path):
    from jiceng.api.management.commands import openapi

    monkeypatch.setattr(openapi, "folder_of_documents", lambda: tmp_path)
    call_command("openapi", "--write", skip_checks=True)
    earlier = yaml.safe_load((tmp_path / "tenant-v1.yaml").read_text(encoding="utf-8"))
    earlier["paths"]["/news/gone"] = {"get": {"operationId": "gone", "responses": {}}}
    (tmp_path / "tenant-v1.yaml").write_text(openapi.render(earlier), encoding="utf-8")
    with pytest.raises(CommandError, match="GET /news/gone: the operation is gone"):
        call_command("openapi", "--write", skip_checks=True)
    assert "/news/gone" in (tmp_path / "tenant-v1.yaml").read_text(encoding="utf-8")
    call_command("openapi", "--write", "--breaking", skip_checks=True)
    assert "/news/gone" not in (tmp_path / "tenant-v1.yaml").read_text(encoding="utf-8")


# --- Served ------------------------------------------------------------------------------------------------------------
def test_a_tenant_sees_only_its_modules(with_news, client_for, hongqi):
    from jiceng.access.actor import Actor
    from tenants.context import platform_scope
    from tenants.modules import set_module

    client = client_for(hongqi)
    whole = client.get("/api/v1/openapi.json").json()
    assert whole["paths"].keys() == generation.tenant_document()["paths"].keys()
    with platform_scope():
        set_module(tenant_id=hongqi.id, code="news", is_on=False, actor=Actor.system())
    cut = client.get("/api/v1/openapi.json").json()
    assert set(cut["paths"]) == {path for path in whole["paths"] if not path.startswith("/news/")}
    assert [tag["name"] for tag in cut["tags"]] == [tag["name"] for tag in whole["tags"] if tag["name"] != "news"]
    assert "news" not in json.dumps({key: cut[key] for key in ("paths", "tags")}).replace('"code": "news"', "")
    assert not [name for name in cut["components"]["schemas"] if name.startswith("News")]


def test_a_key_sees_only_what_it_may(with_news, client_for, api_key, hongqi):
    whole = client_for(hongqi).get("/api/v1/openapi.json")
    seen = client_for(hongqi, key=api_key(hongqi, ["news.read"])).get("/api/v1/openapi.json")
    assert seen.headers["ETag"] != whole.headers["ETag"]
    assert "Authorization" in seen.headers["Vary"]
    found = {(path, method) for path, items in seen.json()["paths"].items() for method in items}
    assert found == {
        (path, method) for path, items in whole.json()["paths"].items() for method, one in items.items()
        if set(one["x-required-scopes"]) <= {"news.read"}
    }  # fmt: skip
    assert ("/news/articles", "get") in found
    assert ("/news/articles", "post") not in found
    assert seen.json()["webhooks"] == {}
    hearing = client_for(hongqi, key=api_key(hongqi, ["webhooks.follow"])).get("/api/v1/openapi.json").json()
    assert hearing["webhooks"].keys() == whole.json()["webhooks"].keys()
    assert "/events" in hearing["paths"]


@pytest.mark.parametrize("public", [True, False])
def test_documents_have_tags_of_their_own(client_for, hongqi, public):
    client, url = (
        (client_for(None), "/api/public/v1/openapi.json") if public else (client_for(hongqi), "/api/v1/openapi.json")
    )
    first = client.get(url)
    assert (first.status_code, first["Content-Type"]) == (200, "application/json")
    assert client.get(url, headers={"If-None-Match": first["ETag"]}).status_code == 304


@pytest.mark.parametrize("public", [True, False])
def test_the_page_loads_nothing_from_elsewhere(client_for, hongqi, public):
    client, url = (client_for(None), "/api/public/docs/") if public else (client_for(hongqi), "/api/docs/")
    response = client.get(url)
    text = response.content.decode()
    assert response.status_code == 200
    assert "http:" not in text
    assert "https:" not in text
    assert "<style" not in text
    assert " style=" not in text
    assert "</script>" in text
    assert "<script>" not in text
    assert "script-src 'self'" in response["Content-Security-Policy"]


# --- True --------------------------------------------------------------------------------------------------------------
def test_real_answers_fit_the_document(writer, reader, make_articles, hongqi, new_article, refused):
    document = generation.tenant_document()
    make_articles(hongqi, 2, drafts=1)
    made = writer.post(ARTICLES, new_article.body, content_type="application/json")
    item = made["Location"]
    column = writer.post("/api/v1/news/columns", {"name": "工会之家"}, content_type="application/json")
    answers = [
        ("post", "/news/articles", made),
        ("get", "/news/articles", writer.get(f"{ARTICLES}?limit=1&include=count")),
        ("get", "/news/articles/{id}", writer.get(item)),
        ("patch", "/news/articles/{id}", writer.patch(item, {"title": "改"}, content_type="application/json")),
        ("post", "/news/articles/{id}/publish", writer.post(f"{item}/publish", {}, content_type="application/json")),
        ("post", "/news/articles/{id}/withdraw", writer.post(f"{item}/withdraw", {}, content_type="application/json")),
        ("post", "/news/columns", column),
        ("get", "/news/columns", writer.get("/api/v1/news/columns")),
        ("get", "/news/columns/{id}", writer.get(column["Location"])),
        ("delete", "/news/columns/{id}", writer.delete(column["Location"])),
        ("get", "/modules", writer.get("/api/v1/modules")),
        ("get", "/modules/{code}", writer.get("/api/v1/modules/news")),
        ("get", "/modules/{code}/why", writer.get("/api/v1/modules/news/why")),
        ("get", "/news/articles", reader.get(f"{ARTICLES}?limit=x")),
        ("post", "/news/articles", reader.post(ARTICLES, {}, content_type="application/json")),
        ("post", "/news/articles", writer.post(ARTICLES, {}, content_type="application/json")),
    ]
    for method, path, response in answers:
        fits(document, document["paths"][path][method], response)


def fits(document: dict[str, Any], operation: dict[str, Any], response: Any) -> None:
    """The status is documented, the body fits, the promised headers are there."""
    answer = operation["responses"][str(response.status_code)]
    if "$ref" in answer:
        answer = document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
    if "content" not in answer:
        assert response.content == b""
        return
    kind = response["Content-Type"].partition(";")[0]
    check(document, answer["content"][kind]["schema"], response.json(), operation["operationId"])
    promised = {name for name in answer["headers"] if not name.startswith("RateLimit")} - {"Retry-After"}
    assert promised <= set(response.headers), operation["operationId"]


FORMATS = jsonschema.FormatChecker(formats=("uuid", "date", "email"))


@FORMATS.checks("date-time", raises=ValueError)
def is_utc_moment(value: Any) -> bool:
    return not isinstance(value, str) or (value.endswith("Z") and datetime.fromisoformat(value).tzinfo is not None)


def check(document: dict[str, Any], schema: dict[str, Any], value: Any, name: str) -> None:
    """``value`` fits ``schema``, and objects hold nothing that the schema does not name."""
    closed = _closed({"$ref": schema["$ref"], "components": document["components"]} if "$ref" in schema else schema)
    validator = jsonschema.Draft202012Validator(closed, format_checker=FORMATS)
    faults = [f"{name}: {fault.json_path}: {fault.message}" for fault in validator.iter_errors(value)]
    assert faults == []


def _closed(node: Any) -> Any:
    """Every object schema with ``additionalProperties: false``: an undocumented field fails."""
    if isinstance(node, list):
        return [_closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    closed = {
        key: value if key in ("example", "examples", "default") else _closed(value) for key, value in node.items()
    }
    if closed.get("type") == "object" and isinstance(closed.get("properties"), dict):
        closed.setdefault("additionalProperties", False)
    return closed
