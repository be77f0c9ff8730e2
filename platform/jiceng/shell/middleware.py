"""The platform's own middleware, outermost first: health, request facts, error pages, headers, domain errors."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string

from jiceng.kernel.context import RequestFacts, entering_request
from jiceng.kernel.errors import DomainError

from . import errors

GetResponse = Callable[[HttpRequest], HttpResponse]
REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PERMISSIONS_POLICY = "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"


class HealthMiddleware:
    """Answers /livez and /readyz on any host, before the tenant is looked up."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/livez":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            problems = import_string(settings.READINESS)()
            body = {"status": "not_ready" if problems else "ready", "not_ready": problems}
            return JsonResponse(body, status=503 if problems else 200, headers={"Cache-Control": "no-store"})
        return self.get_response(request)


class RequestFactsMiddleware:
    """Gives the request an id and notes the client's address for audit and limits."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-Id", "")
        request.id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex  # type: ignore[attr-defined]
        request.address = client_address(request)  # type: ignore[attr-defined]
        facts = RequestFacts(request.id, request.address, request.headers.get("User-Agent", "")[:200])  # type: ignore[attr-defined]
        with entering_request(facts):
            response = self.get_response(request)
        response.headers["X-Request-Id"] = request.id  # type: ignore[attr-defined]
        return response


def client_address(request: HttpRequest) -> str:
    """The client's IP. Forwarded addresses count only as far as our own proxies (PROXY_COUNT) wrote them."""
    remote = request.META.get("REMOTE_ADDR", "")
    if not settings.PROXY_COUNT:
        return remote
    hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
    return hops[-settings.PROXY_COUNT] if len(hops) >= settings.PROXY_COUNT else remote


class ErrorPageMiddleware:
    """Turns Django's bare 404, 405 and 400 responses into our pages and problem documents."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return errors.dress(request, self.get_response(request))


class ResponseHeadersMiddleware:
    """Headers that every response carries, errors too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "DENY")
        if not request.path.startswith(settings.STATIC_URL):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class DomainErrorMiddleware:
    """Maps refusals raised by HTML views, after the view's transaction has rolled back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DomainError):
            return errors.respond(request, exception)
        return None
