"""The gate of every endpoint: module on, caller known, permission held. What was mounted without a route is shut.

Must not import ``rest_framework.views`` at the top: the settings name this module.
"""

from __future__ import annotations

from typing import Any

from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission

from jiceng.access import policy
from jiceng.kernel.errors import Forbidden, Unauthenticated
from jiceng.kernel.manifest import ApiRoute

from .errors import ModuleDisabled

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Stands where an endpoint needs a known caller and no permission, or nothing at all. Every use is listed in tests/api.
AUTHENTICATED = "authenticated"
ANYONE = "anyone"


class DenyAll(BasePermission):
    """DRF's default here: a view that is no part of this kit answers nobody."""

    def has_permission(self, request: Any, view: Any) -> bool:
        raise Forbidden


class RoutePermission(BasePermission):
    """For mounted viewsets: the module of the view's ``route`` is on and the caller has the action's permission."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if view.route is None:
            raise Forbidden
        if request.tenant is None or view.module not in request.tenant.modules:
            raise ModuleDisabled
        if view.action is None:
            raise MethodNotAllowed(request.method)
        _require(request, permission_for(view.route, view.action, request.method))
        return True


class MethodPermission(BasePermission):
    """For single views: ``permissions`` names, by method, a permission, ``AUTHENTICATED`` or ``ANYONE``."""

    def has_permission(self, request: Any, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        # OPTIONS tells no more than the methods: whoever may use the first of them may ask.
        needed = next(iter(view.permissions.values())) if method == "OPTIONS" else view.permissions.get(method)
        if needed is None:
            raise MethodNotAllowed(request.method)
        if needed != ANYONE:
            _require(request, needed)
        return True


def permission_for(route: ApiRoute, action: str, method: str) -> str:
    """The permission an action needs: its own if the route names one, else ``read`` or ``write`` by method."""
    if action in route.actions:
        return route.actions[action]
    return route.read if method in SAFE_METHODS else route.write


def _require(request: Any, permission: str) -> None:
    """Raise ``Unauthenticated`` or ``Forbidden`` (with the reason)."""
    actor = request.actor
    if permission == AUTHENTICATED:
        if actor.is_anonymous:
            raise Unauthenticated
        return
    policy.require(actor, permission)
