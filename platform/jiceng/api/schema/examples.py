"""Examples for every body of a document, built from its schemas: one rule, so that none can be missing or stale."""

from __future__ import annotations

from typing import Any

UUID = "0192f0c1-7a3e-7c2b-9d4e-5f6a7b8c9d0e"
_BY_FORMAT = {
    "uuid": UUID, "date-time": "2026-03-01T01:30:00Z", "date": "2026-03-01", "time": "09:30:00",
    "email": "office@example.org", "uri": "https://example.org/", "uri-reference": None, "byte": "5Z-65bGC5LqR",
}  # fmt: skip
_BY_NAME = {
    "code": "news", "name": "新闻聚焦", "title": "关于开展主题党日活动的通知", "summary": "本月主题党日安排。",
    "slug": "bdc-centre", "credit_code": "12100000MB0A000000", "organisation": "某市不动产登记服务中心",
    "contact_name": "王敏", "contact_phone": "010-12345678", "administrator_name": "李强",
    "token": "3q2-7wAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "status_url": "/api/public/v1/signups/3q2-7w…",
    "body": "<p>请各支部按时参加。</p>", "category": "core", "audiences": "party", "service_types": "information",
    "reasons": "管理员已开启。", "needs": "members", "reason": "",
}  # fmt: skip
MAX_DEPTH = 12


def value_of(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", depth: int = 0) -> Any:
    """A value that fits ``schema``. ``schemas``: the components it refers to; ``name``: the property's, for a fitting text."""
    if depth > MAX_DEPTH:
        return None
    if "$ref" in schema:
        return value_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name, depth + 1)
    for word in ("example", "const", "default"):
        if word in schema:
            return schema[word]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return next(item for item in schema["enum"] if item not in ("", None))
    for word in ("allOf", "oneOf", "anyOf"):
        if word in schema:
            return value_of(schema[word][0], schemas, name, depth + 1)
    return _by_type(schema, schemas, name, depth)


def _by_type(schema: dict[str, Any], schemas: dict[str, Any], name: str, depth: int) -> Any:
    kinds = schema.get("type", "object")
    kind = next((k for k in kinds if k != "null"), "null") if isinstance(kinds, list) else kinds
    if kind == "object":
        properties = schema.get("properties", {})
        return {key: value_of(value, schemas, key, depth + 1) for key, value in properties.items() if key != "count"}
    if kind == "array":
        return [value_of(schema.get("items", {}), schemas, name, depth + 1)]
    if kind == "integer":
        return max(schema.get("minimum", 1), 1)
    if kind == "number":
        return schema.get("minimum", 1.5)
    if kind == "boolean":
        return True
    return _text(schema, name)


def _text(schema: dict[str, Any], name: str) -> Any:
    kind = schema.get("format")
    if kind == "uri-reference" and "null" in schema.get("type", ()):
        return None
    if kind in _BY_FORMAT and _BY_FORMAT[kind] is not None:
        return _BY_FORMAT[kind]
    text = _BY_NAME.get(name, "示例文字")
    return text[: schema.get("maxLength", len(text))]
