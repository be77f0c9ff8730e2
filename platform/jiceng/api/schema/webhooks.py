"""The document's ``webhooks`` section: every event that other systems are told of, as its manifest declares it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from jiceng.kernel.manifest import Event, Manifest
from jiceng.kernel.registry import registry

_ID = "0190a5c0-7b1e-7c55-9a3e-2f6f0c1d2e3f"
_TYPES: dict[str, dict[str, Any]] = {
    "uuid": {"type": "string", "format": "uuid"}, "str": {"type": "string"}, "int": {"type": "integer"},
    "bool": {"type": "boolean"},
}  # fmt: skip
_VALUES = {"uuid": _ID, "str": "示例", "int": 1, "bool": True}


def section() -> dict[str, Any]:
    """Event name -> path item, in the order of manifests."""
    return {
        event.name: {"post": _operation(manifest, event)}
        for manifest in registry for event in manifest.emits if event.webhook
    }  # fmt: skip


def _operation(manifest: Manifest, event: Event) -> dict[str, Any]:
    return {
        "operationId": f"on_{event.name.replace('.', '_')}",
        "summary": str(event.label),
        "description": _(
            "事件 {name}。签名遵循 Standard Webhooks 1.0：核对 webhook-signature，按 webhook-id 去重，十秒内答复 2xx；"
            "其他答复按计划重试三天，410 表示不再接收。"
        ).format(name=event.name),
        "tags": [manifest.code],
        "security": [],
        "x-module": manifest.code,
        "parameters": [_header(name, about) for name, about in _headers()],
        "requestBody": {"required": True, "content": {"application/json": {"schema": _body(event), "example": _example(event)}}},
        "responses": {
            "2XX": {"description": _("已收到")},
            "410": {"description": _("不再接收，推送地址将停用")},
            "default": {"description": _("没有收到，稍后重试")},
        },
    }  # fmt: skip


def _headers() -> list[tuple[str, str]]:
    return [
        ("webhook-id", _("事件编号，重试和重发不变")),
        ("webhook-timestamp", _("这次推送的时间，Unix 秒；与当前时间相差过大的应拒收")),
        ("webhook-signature", _("v1,<base64>，HMAC-SHA256(id.timestamp.body)；更换密钥期间有两个，用空格分开")),
    ]


def _header(name: str, about: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": True, "description": about, "schema": {"type": "string"}}


def _body(event: Event) -> dict[str, Any]:
    data = {key: dict(_TYPES[kind]) for key, kind in event.payload.items()}
    return {
        "type": "object",
        "required": ["type", "timestamp", "position", "data"],
        "properties": {
            "type": {"type": "string", "const": event.name},
            "timestamp": {"type": "string", "format": "date-time", "description": _("发生时间，UTC")},
            "position": {
                "type": "integer", "format": "int64", "description": _("先后顺序，只增不减；推送可能乱序到达，以它为准"),
            },
            "data": {"type": "object", "required": sorted(data), "properties": data},
        },
    }  # fmt: skip


def _example(event: Event) -> dict[str, Any]:
    return {
        "type": event.name, "timestamp": "2026-11-20T01:05:00.000Z", "position": 48213,
        "data": {key: _VALUES[kind] for key, kind in event.payload.items()},
    }  # fmt: skip
