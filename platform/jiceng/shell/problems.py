"""Problem documents (RFC 9457): the one shape of every refusal on an API path.

``{"type", "title", "status", "detail", "code", "request_id", "errors": [{"pointer", "code", "detail"}]}``.
``code`` is stable and never translated; ``type`` is ``/help/errors#<code>``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import DomainError

CONTENT_TYPE = "application/problem+json"
API_PREFIX = "/api/"
TYPE_PREFIX = "/help/errors#"

# Titles by status: what kind of refusal it is. The sentence for the case at hand is ``detail``.
TITLES: Mapping[int, Any] = {
    400: _("请求有误"),
    401: _("需要身份凭证"),
    403: _("没有权限"),
    404: _("没有找到"),
    405: _("不支持这种操作"),
    406: _("无法提供所要的格式"),
    409: _("与当前状态冲突"),
    410: _("已经失效"),
    412: _("内容已被修改"),
    413: _("请求过大"),
    415: _("不支持这种内容类型"),
    422: _("与之前的请求不一致"),
    428: _("需要先读取再修改"),
    429: _("请求太频繁"),
    500: _("服务器出错"),
    503: _("服务暂时不可用"),
}

# What stands in for refusals that come from Django or the server itself: status -> (code, detail).
GENERIC: Mapping[int, tuple[str, Any]] = {
    400: ("bad_request", _("请求的格式有误。")),
    403: ("forbidden", _("您没有进行这项操作的权限。")),
    404: ("not_found", _("没有找到您要的内容。")),
    405: ("method_not_allowed", _("这个地址不支持这种操作。")),
    406: ("not_acceptable", _("只能提供 JSON 格式。")),
    413: ("body_too_large", _("提交的内容太大。")),
    415: ("unsupported_media_type", _("请用 JSON 格式提交。")),
    500: ("internal_error", _("服务器出错了，我们会尽快处理。反馈问题时请附上请求编号。")),
    503: ("unavailable", _("服务暂时不可用，请稍后再试。")),
}


def is_api(request: HttpRequest) -> bool:
    """Whether refusals of this request are problem documents: everything below /api/."""
    return request.path == "/api" or request.path.startswith(API_PREFIX)


def body(request: HttpRequest, *, status: int, code: str, detail: Any, errors: Any = ()) -> dict[str, Any]:
    """The document. ``errors``: dicts with ``pointer``, ``code`` and ``detail``."""
    document: dict[str, Any] = {
        "type": f"{TYPE_PREFIX}{code}",
        "title": str(TITLES.get(status, TITLES[400 if status < 500 else 500])),
        "status": status,
        "detail": str(detail),
        "code": code,
        "request_id": getattr(request, "id", ""),
    }
    if errors:
        document["errors"] = list(errors)
    return document


def body_of(request: HttpRequest, error: DomainError) -> dict[str, Any]:
    """The document for a refusal by a service."""
    errors = [{"pointer": field.pointer, "code": field.code, "detail": str(field.message)} for field in error.fields]
    return body(request, status=error.status, code=error.code, detail=error.detail, errors=errors)


def headers_of(error: DomainError) -> dict[str, str]:
    """Headers that belong to a refusal."""
    retry_after = getattr(error, "retry_after", None)
    if retry_after is not None:
        return {"Retry-After": str(max(1, int(retry_after)))}
    if error.status == 503:
        return {"Retry-After": "5"}
    return {"WWW-Authenticate": 'Bearer realm="api"'} if error.status == 401 else {}


def response(document: dict[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """Plain Django response with ``document``; needs neither DRF nor the database."""
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(content, status=document["status"], content_type=CONTENT_TYPE, headers=dict(headers or {}))


def generic(request: HttpRequest, status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    """The problem document for a bare ``status``."""
    code, detail = GENERIC.get(status, GENERIC[400 if status < 500 else 500])
    return response(body(request, status=status, code=code, detail=detail), headers)
