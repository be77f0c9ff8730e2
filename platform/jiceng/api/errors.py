"""Refusals of the API itself, before any service is asked. Codes are stable; sentences are for people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import Conflict, DomainError, Forbidden, Invalid, TooMany


class BodyMalformed(Invalid):
    code = "body_malformed"
    message = _("提交的内容不是有效的 JSON。")


class BodyTooLarge(DomainError):
    code = "body_too_large"
    status = 413
    message = _("提交的内容太大，最多 1 MB。")


class ParameterInvalid(Invalid):
    """A query parameter that is unknown, repeated or has a wrong value. ``fields`` name them as ``?name``."""

    code = "parameter_invalid"
    message = _("查询参数有误。")


class CursorInvalid(Invalid):
    code = "cursor_invalid"
    message = _("翻页标记无效，请从第一页重新开始。")


class CredentialsAmbiguous(Invalid):
    code = "credentials_ambiguous"
    message = _("请只使用一种身份凭证：密钥或登录会话。")


class KeyInAddress(Invalid):
    code = "key_in_address"
    message = _("密钥不能放在网址里，请放在 Authorization 请求头中。该密钥可能已泄露，请尽快更换。")


class CsrfFailed(Forbidden):
    code = "csrf_failed"
    message = _("页面停留太久或来源无法确认，请刷新后重试。")


class ModuleDisabled(Forbidden):
    code = "module_disabled"
    message = _("该单位没有开启这个功能模块。")


class PreconditionFailed(DomainError):
    code = "precondition_failed"
    status = 412
    message = _("内容已被他人修改，请重新读取后再提交。")


class PreconditionRequired(DomainError):
    code = "precondition_required"
    status = 428
    message = _("请先读取内容，并在 If-Match 请求头中附上它的 ETag。")


class IdempotencyKeyInvalid(Invalid):
    code = "idempotency_key_invalid"
    message = _("Idempotency-Key 应为 1 至 200 个可见的 ASCII 字符。")


class IdempotencyKeyReused(DomainError):
    code = "idempotency_key_reused"
    status = 422
    message = _("这个 Idempotency-Key 已用于另一个请求。")


class RequestInFlight(Conflict):
    """``retry_after``: seconds until the first request has most likely ended."""

    code = "request_in_flight"
    message = _("同一个请求正在处理中，请稍后重试。")

    def __init__(self, message: Any = None, *, retry_after: int = 1, **context: Any) -> None:
        super().__init__(message, **context)
        self.retry_after = retry_after


class RateLimited(TooMany):
    code = "rate_limited"
    message = _("请求太频繁，请稍后再试。")
