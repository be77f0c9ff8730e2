"""The gate before every page of the operators' site: an operator, on the platform's own host, with the permission.

Deny by default: ``urls.py`` mounts pages only through ``page``; a test walks its patterns and finds a gate on each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.access.builtin import OPERATOR
from jiceng.kernel.errors import Forbidden

View = Callable[..., HttpResponse]

OVERVIEW, SIGNUPS, TENANTS, PLANS = "ops.overview", "ops.signups", "ops.tenants", "ops.plans"
DEAD_LETTERS, OPERATORS, AUDIT = "ops.dead_letters", "ops.operators", "ops.audit"
PERMISSIONS: Mapping[str, Any] = {
    OVERVIEW: _("查看运行状况"),
    SIGNUPS: _("审核开通申请"),
    TENANTS: _("管理单位"),
    PLANS: _("管理套餐"),
    DEAD_LETTERS: _("处理失败任务"),
    OPERATORS: _("管理运营人员"),
    AUDIT: _("查看平台审计"),
}


def may(actor: Actor, permission: str) -> bool:
    """Whether ``actor`` is an operator who has ``permission``: all of them, unless their role has been narrowed."""
    if permission not in PERMISSIONS or not actor.is_operator:
        return False
    return any(held.overrides.get(permission, True) for held in actor.held if held.code == OPERATOR)


def page(route: str, view: View, name: str, permission: str, *methods: str) -> URLPattern:
    """A URL pattern whose view stands behind the gate. ``methods``: GET unless said otherwise."""
    if permission not in PERMISSIONS:
        raise LookupError(f"unknown permission {permission!r}")
    allowed = methods or ("GET",)

    @wraps(view)
    def gate(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        if actor.is_anonymous:
            return _to_login(request)
        if not may(actor, permission):
            raise Forbidden
        if request.method not in (*allowed, "HEAD", "OPTIONS"):
            return HttpResponseNotAllowed(allowed)
        return view(request, *args, **kwargs)

    gate.gate_permission = permission  # type: ignore[attr-defined]
    return path(route, gate, name=f"ops-{name}")


def _to_login(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("login")})
    return redirect_to_login(request.get_full_path(), reverse("login"))
