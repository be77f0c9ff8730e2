"""One mapping of refusals to responses: problem+json on API paths, a toast for htmx, a page for everybody else."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist
from django.template.loader import select_template
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import DomainError

from . import problems

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
DATABASE_LOST = (OperationalError, InterfaceError)
RETRY_AFTER_SECONDS = "5"
HTML = "text/html"


def respond(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The response for a refusal raised by a service or a middleware. Says nothing the error does not say itself."""
    with _language(request):
        if problems.is_api(request):
            return problems.response(problems.body_of(request, error), problems.headers_of(error))
        return _html(request, error.status, error.code, error.detail, problems.headers_of(error), error=error)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Django's CSRF_FAILURE_VIEW. ``reason`` is for logs only."""
    detail = _("页面停留太久或来源无法确认，请刷新后重试。")
    return _refuse(request, 403, "csrf_failed", detail)


def handler400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Malformed requests; bodies over the limit get 413."""
    return _generic(request, 413 if isinstance(exception, TOO_LARGE) else 400)


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _generic(request, 403)


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _generic(request, 404)


def handler500(request: HttpRequest) -> HttpResponse:
    """No detail but the request id, and neither database nor session is touched. A lost database is 503, not 500."""
    if isinstance(sys.exc_info()[1], DATABASE_LOST):
        return _generic(request, 503, {"Retry-After": RETRY_AFTER_SECONDS})
    return _generic(request, 500)


def dress(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Replace a bare error response (Django's own 404, 405, 400 …) by ours; leaves every other response alone."""
    status = response.status_code
    if status < 400 or getattr(response, "dressed", False) or response.streaming:
        return response
    content_type = response.headers.get("Content-Type", "").partition(";")[0]
    if problems.is_api(request):
        if content_type in (problems.CONTENT_TYPE, "application/json") or (status >= 500 and settings.DEBUG):
            return response
    elif response.content or status not in problems.GENERIC:
        return response
    kept = {name: response.headers[name] for name in ("Allow", "Retry-After") if name in response.headers}
    dressed = _generic(request, status, kept)
    dressed.cookies = response.cookies
    return dressed


def _generic(request: HttpRequest, status: int, headers: Mapping[str, str] | None = None) -> HttpResponse:
    code, detail = problems.GENERIC.get(status, problems.GENERIC[400 if status < 500 else 500])
    return _refuse(request, status, code, detail, headers)


def _refuse(
    request: HttpRequest, status: int, code: str, detail: Any, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    with _language(request):
        if problems.is_api(request):
            document = problems.body(request, status=status, code=code, detail=detail)
            return problems.response(document, headers)
        return _html(request, status, code, str(detail), headers or {})


def _html(
    request: HttpRequest,
    status: int,
    code: str,
    detail: str,
    headers: Mapping[str, str],
    error: DomainError | None = None,
) -> HttpResponse:
    headers = {name: value for name, value in headers.items() if name != "WWW-Authenticate"}
    if request.headers.get("HX-Request") == "true":
        return _toast(status, detail, headers)
    content = _page(request, status, code, detail, error)
    response = HttpResponse(content, status=status, content_type=f"{HTML}; charset=utf-8", headers=headers)
    response.dressed = True  # type: ignore[attr-defined]
    return response


def _toast(status: int, detail: str, headers: Mapping[str, str]) -> HttpResponse:
    """For htmx: nothing is swapped, app.js shows the sentence. Header values must be ASCII, so JSON escapes the rest."""
    trigger = json.dumps({"toast": {"message": detail, "level": "error"}})
    return HttpResponse(
        detail, status=status, content_type="text/plain; charset=utf-8",
        headers={**headers, "HX-Reswap": "none", "HX-Trigger": trigger},
    )  # fmt: skip


def _page(request: HttpRequest, status: int, code: str, detail: str, error: DomainError | None) -> str:
    title = str(problems.TITLES.get(status, problems.TITLES[400]))
    request_id = getattr(request, "id", "")
    context = {
        "status": status, "code": code, "title": title, "detail": detail, "error": error,
        "request_id": request_id,
    }  # fmt: skip
    names = [f"jiceng/status/{code}.html", f"jiceng/status/{status}.html", "jiceng/status/error.html"]
    try:
        template = select_template(names)
        # After a server error nothing may fail again: render without request and context processors.
        return template.render(context, None if status >= 500 else request)
    except TemplateDoesNotExist:
        return _bare_page(title, detail, request_id)
    except Exception:
        if settings.DEBUG and status < 500:
            raise
        return _bare_page(title, detail, request_id)


def _bare_page(title: str, detail: str, request_id: str) -> str:
    """When not even the template can be had."""
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<h1>{escape(title)}</h1><p>{escape(detail)}</p><p>{escape(request_id)}</p></html>"
    )


def _language(request: HttpRequest) -> translation.override:
    """The reader's language, also for refusals made before LocaleMiddleware has run."""
    return translation.override(translation.get_language_from_request(request))
