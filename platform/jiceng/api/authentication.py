"""Who calls: a program with a key, or a person with a session. Never both, and never a key in the address.

Must not import ``rest_framework.views`` at the top: the settings name this module.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from rest_framework.authentication import BaseAuthentication

from jiceng.access import keys
from jiceng.access.actor import Actor
from jiceng.access.errors import KeyRefused

from .errors import CredentialsAmbiguous, CsrfFailed, KeyInAddress

KEY_PREFIX = f"{keys.KEY_MARK}_"
MAX_HEADER = 500
WWW_AUTHENTICATE = 'Bearer realm="api"'
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class CallerAuthentication(BaseAuthentication):
    """``Authorization: Bearer jck_…`` for programs; the console's session, with its CSRF token, for people.

    Sets ``request.actor`` on Django's request. Raises ``KeyRefused``, ``CredentialsAmbiguous``, ``KeyInAddress``,
    ``CsrfFailed``.
    """

    def authenticate(self, request: Any) -> tuple[Any, Any] | None:
        plain: HttpRequest = request._request
        refuse_key_in_address(plain)
        header = plain.META.get("HTTP_AUTHORIZATION")
        session_actor: Actor = plain.actor  # type: ignore[attr-defined]
        if header is not None:
            if session_actor.kind == "user":
                raise CredentialsAmbiguous
            actor = self._by_key(plain, header)
            plain.actor = actor  # type: ignore[attr-defined]
            return AnonymousUser(), actor.key
        if session_actor.kind != "user":
            return None
        if plain.method not in SAFE_METHODS:
            check_csrf(plain)
        return session_actor.user, None

    def authenticate_header(self, request: Any) -> str:
        return WWW_AUTHENTICATE

    @staticmethod
    def _by_key(request: HttpRequest, header: str) -> Actor:
        scheme, _space, presented = header.partition(" ")
        presented = presented.strip()
        if scheme.lower() != "bearer" or len(header) > MAX_HEADER:
            raise KeyRefused
        key = keys.authenticate(presented, request.address)  # type: ignore[attr-defined]
        return Actor.for_key(key, request.tenant.modules)  # type: ignore[attr-defined]


def refuse_key_in_address(request: HttpRequest) -> None:
    """Addresses end up in logs and histories: a key seen there must be replaced."""
    if KEY_PREFIX in request.META.get("QUERY_STRING", "") or KEY_PREFIX in request.path:
        raise KeyInAddress


def check_csrf(request: HttpRequest) -> None:
    """Raise ``CsrfFailed`` unless the request carries the session's CSRF token and comes from our own pages."""
    check = _CsrfCheck(_no_view)
    check.process_request(request)
    if check.process_view(request, _no_view, (), {}) is not None:
        raise CsrfFailed


def _no_view(_request: HttpRequest) -> HttpResponse:
    """Stands for the view: one that is not exempt."""
    return HttpResponse()


class _CsrfCheck(CsrfViewMiddleware):
    """Tells by its return value instead of answering with a page."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        return HttpResponse(reason, status=403)
