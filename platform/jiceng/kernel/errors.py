"""Refusals. Services raise them, each shell maps them once: problem+json, a page, or a toast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FieldError:
    """One field's fault. ``pointer``: JSON pointer into the input (``"/title"``); ``code``: stable; ``message``: Chinese."""

    pointer: str
    code: str
    message: str


class DomainError(Exception):
    """A refusal that a person should understand.

    ``message``: a complete sentence for that person (defaults to the class's ``message``).
    ``fields``: faults by field. ``context``: facts for logs and templates, never shown raw.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 400
    message: ClassVar[Any] = _("操作没有成功。")

    def __init__(self, message: Any = None, *, fields: Sequence[FieldError] = (), **context: Any) -> None:
        self.detail = str(message if message is not None else self.message)
        self.fields = tuple(fields)
        self.context = context
        super().__init__(self.detail)


class Invalid(DomainError):
    code = "invalid"
    status = 400
    message: ClassVar[Any] = _("提交的内容有误，请检查后重试。")


class Unauthenticated(DomainError):
    code = "unauthenticated"
    status = 401
    message: ClassVar[Any] = _("请先登录。")


class Forbidden(DomainError):
    code = "forbidden"
    status = 403
    message: ClassVar[Any] = _("您没有进行这项操作的权限。")


class NotFound(DomainError):
    code = "not_found"
    status = 404
    message: ClassVar[Any] = _("没有找到您要的内容。")


class Conflict(DomainError):
    code = "conflict"
    status = 409
    message: ClassVar[Any] = _("内容已被他人修改，请刷新后重试。")


class Gone(DomainError):
    code = "gone"
    status = 410
    message: ClassVar[Any] = _("内容已撤回或已失效。")


class TooMany(DomainError):
    """``retry_after``: seconds until it is worth trying again."""

    code = "too_many_requests"
    status = 429
    message: ClassVar[Any] = _("操作太频繁，请稍后再试。")

    def __init__(self, message: Any = None, *, retry_after: int = 60, **context: Any) -> None:
        super().__init__(message, **context)
        self.retry_after = retry_after


class Unavailable(DomainError):
    code = "unavailable"
    status = 503
    message: ClassVar[Any] = _("服务暂时不可用，请稍后再试。")
