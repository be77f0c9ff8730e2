"""Who is asking."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from .actor import Actor
from .sessions import session_user, touch


class ActorMiddleware:
    """Sets ``request.user`` and ``request.actor``, both lazily: a visitor without a session costs no query.

    API requests get their actor from DRF's authentication, which replaces ``request.actor``.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # A session counts as long as its row does: AuthenticationMiddleware's own look-up knows only the user's row.
        request.user = SimpleLazyObject(lambda: session_user(request) or AnonymousUser())  # type: ignore[assignment]
        request.actor = SimpleLazyObject(lambda: session_actor(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        touch(request)
        return response


def session_actor(request: HttpRequest) -> Actor:
    """The actor behind the request's session; anonymous without one."""
    tenant = getattr(request, "tenant", None)
    modules = tenant.modules if tenant is not None else None
    user = request.user
    if user.is_authenticated:
        return Actor.for_user(user, modules)  # type: ignore[arg-type]
    return Actor.anonymous(modules)
