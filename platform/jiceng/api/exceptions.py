"""Every exception a view can raise, as a problem document. DRF's EXCEPTION_HANDLER.

Must not import ``rest_framework.views`` at the top: the settings name this module.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions

from jiceng.kernel.errors import DomainError, FieldError, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable
from jiceng.shell import problems

from .errors import BodyMalformed, BodyTooLarge

NON_FIELD = "non_field_errors"


def exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """The response for ``error``, with the view's transaction marked for rollback; ``None`` for what is our own fault."""
    response = response_to(error, context["request"])
    if connection.in_atomic_block:
        connection.set_rollback(True)
    return response


def response_to(error: Exception, request: Any) -> HttpResponse | None:
    """Map ``error`` without touching the transaction. ``request``: DRF's or Django's."""
    plain: HttpRequest = getattr(request, "_request", request)
    refusal = _refusal(error)
    if refusal is not None:
        return problems.response(problems.body_of(plain, refusal), problems.headers_of(refusal))
    if isinstance(error, exceptions.APIException):
        return _from_drf(error, plain)
    return None


def _refusal(error: Exception) -> DomainError | None:
    """Our own refusals, and what Django's exceptions mean in their terms."""
    if isinstance(error, DomainError):
        return error
    if isinstance(error, exceptions.ValidationError):
        return Invalid(fields=list(field_errors(error.detail)))
    if isinstance(error, (exceptions.NotAuthenticated, exceptions.AuthenticationFailed)):
        return Unauthenticated()
    if isinstance(error, (exceptions.NotFound, Http404)):
        return NotFound()
    if isinstance(error, (exceptions.PermissionDenied, PermissionDenied)):
        return Forbidden()
    if isinstance(error, (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)):
        return BodyTooLarge()
    if isinstance(
        error, (exceptions.ParseError, SuspiciousOperation, BadRequest, UnreadablePostError, MultiPartParserError)
    ):
        return BodyMalformed()
    if isinstance(error, (OperationalError, InterfaceError)):
        return Unavailable()
    return None


def _from_drf(error: exceptions.APIException, request: HttpRequest) -> HttpResponse:
    """405, 406, 415 and the like, which know their status and nothing more."""
    code, detail = problems.GENERIC.get(error.status_code, (error.default_code, error.default_detail))
    return problems.response(problems.body(request, status=error.status_code, code=code, detail=detail))


def field_errors(detail: Any, pointer: str = "") -> Iterator[FieldError]:
    """Flatten DRF's nested error detail into pointers (RFC 6901) into the request body."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            below = pointer if key == NON_FIELD else f"{pointer}/{_escape(str(key))}"
            yield from field_errors(value, below)
    elif isinstance(detail, (list, tuple)):
        for index, item in enumerate(detail):
            # A list of messages belongs to one place; a list of dicts to numbered ones.
            yield from field_errors(item, f"{pointer}/{index}" if isinstance(item, (dict, list)) else pointer)
    else:
        yield FieldError(pointer, getattr(detail, "code", None) or "invalid", str(detail))


def _escape(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1")
