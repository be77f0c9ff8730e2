"""What a change of a document means for programs written against the old one.

Breaking within a version: an operation, parameter, field or success status that goes away; a type that changes; input that
is newly required or no longer accepted; another scope. Not breaking: whatever is added and may be ignored, including new
values of enums in answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Document = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")
MAX_DEPTH = 12


def breaking_changes(old: Document, new: Document) -> list[str]:
    """Sentences, each naming the operation and the place; empty when ``new`` can replace ``old``."""
    return sorted(set(_changes(old, new)))


def _changes(old: Document, new: Document) -> Iterator[str]:
    for path, operations in old["paths"].items():
        for method in METHODS:
            if method not in operations:
                continue
            name = f"{method.upper()} {path}"
            replaced = new["paths"].get(path, {}).get(method)
            if replaced is None:
                yield f"{name}: the operation is gone"
                continue
            yield from _operation_changes(name, operations[method], replaced, old, new)


def _operation_changes(name: str, was: Document, now: Document, old: Document, new: Document) -> Iterator[str]:
    if was.get("operationId") != now.get("operationId"):
        yield f"{name}: operationId changed from {was.get('operationId')} to {now.get('operationId')}"
    if set(now.get("x-required-scopes", ())) - set(was.get("x-required-scopes", ())):
        yield f"{name}: another scope is required"
    yield from _parameter_changes(name, was, now, old, new)
    if (body := _body(now, new)) is not None:
        required = _resolve(now["requestBody"], new).get("required", False)
        earlier = _body(was, old)
        if earlier is None:
            if required:
                yield f"{name}: a request body is newly required"
        else:
            yield from _input_changes(f"{name}: request", earlier, body, old, new)
    for status, answer in was["responses"].items():
        if not status.startswith("2"):
            continue
        if status not in now["responses"]:
            yield f"{name}: status {status} is gone"
            continue
        before, after = _schema_of(answer, old), _schema_of(now["responses"][status], new)
        if before is not None:
            yield from _output_changes(f"{name}: response {status}", before, after or {}, old, new)


def _parameter_changes(name: str, was: Document, now: Document, old: Document, new: Document) -> Iterator[str]:
    before, after = _parameters(was, old), _parameters(now, new)
    for key, parameter in before.items():
        if key not in after:
            yield f"{name}: parameter {key[1]} is gone"
        else:
            yield from _input_changes(
                f"{name}: parameter {key[1]}", parameter.get("schema", {}), after[key].get("schema", {}), old, new
            )
            if after[key].get("required") and not parameter.get("required"):
                yield f"{name}: parameter {key[1]} is newly required"
    for key in after.keys() - before.keys():
        if after[key].get("required"):
            yield f"{name}: required parameter {key[1]} is new"


def _input_changes(
    place: str, was: Document, now: Document, old: Document, new: Document, depth: int = 0
) -> Iterator[str]:
    """What clients send: nothing that was accepted may be refused."""
    was, now = _resolve(was, old), _resolve(now, new)
    if depth > MAX_DEPTH:
        return
    if lost := _types(was) - _types(now):
        yield f"{place}: type {', '.join(sorted(lost))} is no longer accepted"
    if "enum" in now and (lost := _values(was) - _values(now) if "enum" in was else {"other values"}):
        yield f"{place}: {', '.join(sorted(lost))} is no longer accepted"
    for bound, stricter in (
        ("maxLength", min),
        ("maximum", min),
        ("maxItems", min),
        ("minLength", max),
        ("minimum", max),
    ):
        if bound in now and now[bound] != was.get(bound) and (
            bound not in was or stricter(now[bound], was[bound]) == now[bound]
        ):  # fmt: skip
            yield f"{place}: {bound} is stricter"
    properties, later = was.get("properties", {}), now.get("properties", {})
    for field, schema in properties.items():
        if field not in later:
            yield f"{place}: field {field} is no longer accepted"
        else:
            yield from _input_changes(f"{place}: {field}", schema, later[field], old, new, depth + 1)
    for field in sorted(set(now.get("required", ())) - set(was.get("required", ()))):
        yield f"{place}: field {field} is newly required"
    if "items" in was and "items" in now:
        yield from _input_changes(f"{place}[]", was["items"], now["items"], old, new, depth + 1)


def _output_changes(
    place: str, was: Document, now: Document, old: Document, new: Document, depth: int = 0
) -> Iterator[str]:
    """What clients read: everything promised stays there and keeps its type."""
    was, now = _resolve(was, old), _resolve(now, new)
    if depth > MAX_DEPTH:
        return
    if added := _types(now) - _types(was):
        yield f"{place}: may now be {', '.join(sorted(added))}"
    elif was and not now:
        yield f"{place}: nothing is promised any more"
    if was.get("format") != now.get("format"):
        yield f"{place}: format changed from {was.get('format')} to {now.get('format')}"
    properties, later = was.get("properties", {}), now.get("properties", {})
    promised = set(now.get("required", ()))
    for field, schema in properties.items():
        if field not in later:
            yield f"{place}: field {field} is gone"
            continue
        if field in was.get("required", ()) and field not in promised:
            yield f"{place}: field {field} may now be missing"
        yield from _output_changes(f"{place}: {field}", schema, later[field], old, new, depth + 1)
    if "items" in was and "items" in now:
        yield from _output_changes(f"{place}[]", was["items"], now["items"], old, new, depth + 1)


def _resolve(node: Document, document: Document) -> Document:
    """Follow references; several alternatives or parts are merged into one shape."""
    for _step in range(MAX_DEPTH):
        if "$ref" not in node:
            break
        target: Any = document
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    parts = [part for word in ("allOf", "oneOf", "anyOf") for part in node.get(word, ())]
    if not parts:
        return node
    merged: Document = {**node}
    for part in parts:
        for key, value in _resolve(part, document).items():
            if isinstance(value, dict):
                merged[key] = {**merged.get(key, {}), **value}
            elif key in ("type", "enum", "required"):
                merged[key] = [*_listed(merged.get(key)), *_listed(value)]
            else:
                merged.setdefault(key, value)
    return merged


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _types(schema: Document) -> set[str]:
    return {"number" if kind == "integer" else kind for kind in _listed(schema.get("type"))}


def _values(schema: Document) -> set[str]:
    return {str(value) for value in schema.get("enum", ())}


def _parameters(operation: Document, document: Document) -> dict[tuple[str, str], Document]:
    found = [_resolve(parameter, document) for parameter in operation.get("parameters", ())]
    return {(parameter["in"], parameter["name"]): parameter for parameter in found}


def _body(operation: Document, document: Document) -> Document | None:
    return _schema_of(operation["requestBody"], document) if "requestBody" in operation else None


def _schema_of(node: Document, document: Document) -> Document | None:
    media = _resolve(node, document).get("content", {}).get("application/json")
    return media["schema"] if media else None
