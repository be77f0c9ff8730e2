"""The parts that all operations share: problem responses, headers, parameters, security schemes, pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter

from jiceng.shell.problems import CONTENT_TYPE, TITLES, TYPE_PREFIX

from ..queries import DEFAULT_LIMIT, MAX_LIMIT

# Status -> (component, a code that comes with it, what the status means here).
REFUSALS: Mapping[str, tuple[str, str, str]] = {
    "400": ("BadRequest", "parameter_invalid", "请求格式、查询参数或字段有误；errors 逐项说明。"),
    "401": ("Unauthorized", "unauthenticated", "没有提供凭证，或凭证无效、过期、已撤销。"),
    "403": ("Forbidden", "forbidden", "凭证没有所需权限，或该单位没有开启这个模块（module_disabled）。"),
    "404": ("NotFound", "not_found", "没有这个地址或内容；无权看到的内容也按不存在答复。"),
    "406": ("NotAcceptable", "not_acceptable", "只能提供 JSON。"),
    "409": ("Conflict", "conflict", "与内容当前的状态冲突，或同一请求正在处理（request_in_flight）。"),
    "412": ("PreconditionFailed", "precondition_failed", "If-Match 与内容当前的 ETag 不一致。"),
    "413": ("ContentTooLarge", "body_too_large", "请求体超过 1 MB。"),
    "415": ("UnsupportedMediaType", "unsupported_media_type", "请求体不是 application/json。"),
    "422": ("UnprocessableContent", "idempotency_key_reused", "这个 Idempotency-Key 已用于内容不同的请求。"),
    "428": ("PreconditionRequired", "precondition_required", "这项修改必须带 If-Match。"),
    "429": ("TooManyRequests", "rate_limited", "超出频率限制；Retry-After 给出需要等待的秒数。"),
    "503": ("ServiceUnavailable", "unavailable", "暂时不可用；Retry-After 给出需要等待的秒数。"),
    "default": ("Problem", "internal_error", "其他错误，格式相同。"),
}

HEADERS: Mapping[str, Mapping[str, Any]] = {
    "RateLimitPolicy": {
        "name": "RateLimit-Policy", "description": "频率配额：q 为次数，w 为时间窗（秒）。",
        "schema": {"type": "string"}, "example": '"default";q=600;w=60',
    },
    "RateLimit": {
        "name": "RateLimit", "description": "剩余次数 r，以及再得到一次所需的秒数 t。",
        "schema": {"type": "string"}, "example": '"default";r=597;t=1',
    },
    "XRequestId": {
        "name": "X-Request-Id", "description": "请求编号，反馈问题时请附上。",
        "schema": {"type": "string"}, "example": "8a4c4d3a6e5b4d0f9f5f0a1b2c3d4e5f",
    },
    "ETag": {
        "name": "ETag", "description": "内容的版本，用于 If-Match 与 If-None-Match。",
        "schema": {"type": "string"}, "example": '"2f1d3c5b7a9e8f60"',
    },
    "Location": {
        "name": "Location", "description": "新内容的地址。", "schema": {"type": "string", "format": "uri-reference"},
    },
    "RetryAfter": {
        "name": "Retry-After", "description": "需要等待的秒数。", "schema": {"type": "integer", "minimum": 1},
    },
    "WwwAuthenticate": {"name": "WWW-Authenticate", "description": "需要的凭证。", "schema": {"type": "string"}},
}  # fmt: skip

PARAMETERS: Mapping[str, Mapping[str, Any]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key", "in": "header", "required": False,
        "description": "1 至 200 个可见 ASCII 字符。24 小时内以同一个值重复同一请求，只生效一次，并得到与第一次相同的答复"
        "（响应头 Idempotent-Replayed: true）。",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
        "example": "6f1c9a34-0f0b-4d0c-9d1f-4f7f5f9f2b11",
    },
    "IfMatch": {
        "name": "If-Match", "in": "header", "required": False,
        "description": "读取时得到的 ETag；内容此后被修改过则答复 412。",
        "schema": {"type": "string"}, "example": '"2f1d3c5b7a9e8f60"',
    },
    "IfNoneMatch": {
        "name": "If-None-Match", "in": "header", "required": False,
        "description": "已有版本的 ETag；没有变化则答复 304。",
        "schema": {"type": "string"}, "example": '"2f1d3c5b7a9e8f60"',
    },
}  # fmt: skip

SECURITY_SCHEMES: Mapping[str, Mapping[str, Any]] = {
    "apiKey": {
        "type": "http", "scheme": "bearer", "bearerFormat": "jck_…",
        "description": "管理控制台“API 密钥”页签发的密钥，放在 Authorization: Bearer 请求头中。"
        "方括号里是所需的权限范围，见 x-required-scopes。",
    },
    "session": {
        "type": "apiKey", "in": "cookie", "name": "jc_session",
        "description": "管理控制台的登录会话，仅供本站页面使用；修改数据时还需 X-CSRFToken。不供第三方集成。",
    },
}  # fmt: skip


def components(*, is_public: bool) -> dict[str, Any]:
    """Everything under ``components`` but the schemas of modules."""
    return {
        "schemas": {"Problem": problem_schema(), "ProblemError": problem_error_schema()},
        "responses": {name: _refusal(status, name, code, text) for status, (name, code, text) in REFUSALS.items()}
        | {"NotModified": {"description": "没有变化。", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}},
        "headers": {name: {k: v for k, v in header.items() if k != "name"} for name, header in HEADERS.items()},
        "parameters": {name: dict(parameter) for name, parameter in PARAMETERS.items()},
        **({} if is_public else {"securitySchemes": {name: dict(scheme) for name, scheme in SECURITY_SCHEMES.items()}}),
    }


def _refusal(status: str, name: str, code: str, text: str) -> dict[str, Any]:
    number = 500 if status == "default" else int(status)
    example: dict[str, Any] = {
        "type": f"{TYPE_PREFIX}{code}", "title": str(TITLES[number]), "status": number, "detail": text, "code": code,
        "request_id": HEADERS["XRequestId"]["example"],
    }  # fmt: skip
    if number == 400:
        example["errors"] = [{"pointer": "?limit", "code": "out_of_range", "detail": "应为 1 至 100 的整数。"}]
    headers = {"X-Request-Id": {"$ref": "#/components/headers/XRequestId"}}
    if number in (409, 429, 503):
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    if number == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/WwwAuthenticate"}
    return {
        "description": text, "headers": headers,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}},
    }  # fmt: skip


def problem_schema() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "type": "object", "description": "错误说明（RFC 9457）。",
        "required": ["type", "title", "status", "detail", "code", "request_id"],
        "properties": {
            "type": {**text, "format": "uri-reference", "description": "该错误的说明页。"},
            "title": {**text, "description": "错误种类，随 Accept-Language 变化。"},
            "status": {"type": "integer", "minimum": 400, "maximum": 599, "description": "HTTP 状态码。"},
            "detail": {**text, "description": "这一次的具体说明，给人看。"},
            "code": {**text, "description": "稳定的错误代码，供程序判断。"},
            "request_id": {**text, "description": "请求编号。"},
            "errors": {
                "type": "array", "description": "逐项的错误。",
                "items": {"$ref": "#/components/schemas/ProblemError"},
            },
        },
    }  # fmt: skip


def problem_error_schema() -> dict[str, Any]:
    return {
        "type": "object", "description": "一处错误。", "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "请求体中的位置（JSON 指针），或以 ? 开头的查询参数名。"},
            "code": {"type": "string", "description": "稳定的错误代码。"},
            "detail": {"type": "string", "description": "说明。"},
        },
    }  # fmt: skip


def page_schema(item: Mapping[str, Any]) -> dict[str, Any]:
    """One page of a list."""
    link = {"type": ["string", "null"], "format": "uri-reference"}
    return {
        "type": "object", "required": ["next", "previous", "results"],
        "properties": {
            "results": {"type": "array", "description": "这一页的内容。", "items": dict(item)},
            "next": {**link, "description": "下一页的地址，没有则为 null。"},
            "previous": {**link, "description": "上一页的地址，没有则为 null。"},
            "count": {"type": "integer", "minimum": 0, "description": "符合条件的总数，仅在 include=count 时给出。"},
        },
    }  # fmt: skip


def list_parameters(view: Any) -> list[OpenApiParameter]:
    """The query parameters of every list; filters come on top."""
    directions = [sign + name.removeprefix("-") for name in view.orderings for sign in ("", "-")]
    found = [
        OpenApiParameter(
            "limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            description=_("每页条数。"),
        ),
        OpenApiParameter("cursor", {"type": "string", "maxLength": 1000}, description=_("翻页标记，取自 next 或 previous。")),
        OpenApiParameter(
            "ordering", {"type": "string", "enum": list(dict.fromkeys(directions)), "default": view.orderings[0]},
            description=_("排序字段，前加减号为倒序。"),
        ),
        OpenApiParameter("include", {"type": "string", "enum": ["count"]}, description=_("count：同时返回总数。")),
    ]  # fmt: skip
    if view.updated_field:
        since = {"type": "string", "format": "date-time"}
        found.append(
            OpenApiParameter("updated_since", since, description=_("只返回此刻及以后有变化的内容，用于同步。"))
        )
    return found


def path_description(name: str) -> str:
    return {"id": _("内容的 id。"), "code": _("模块代码。"), "token": _("申请时得到的凭证。")}.get(name, name)


def success_description(status: str) -> str:
    words = {"200": _("成功。"), "201": _("已新建。"), "202": _("已受理，在后台继续。"), "204": _("已删除。")}
    return words.get(status, _("成功。"))
