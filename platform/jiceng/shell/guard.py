"""The gate every mounted page stands behind: module on, person known, permission given."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse

from jiceng.access import policy
from jiceng.kernel.errors import DomainError
from jiceng.kernel.manifest import Manifest, Page

View = Callable[..., HttpResponse]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ModuleNotEnabled(DomainError):
    code = "module_not_enabled"
    status = 404
    message = "这项功能没有开启。"


def guarded(view: View, manifest: Manifest, page: Page) -> View:
    """Wrap ``view`` with its gate. Contract tests find the ``gate`` attribute on every mounted page."""

    @wraps(view)
    def gate(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if manifest.code not in request.tenant.modules:  # type: ignore[attr-defined]
            raise ModuleNotEnabled
        if request.method not in (*page.methods, "HEAD", "OPTIONS"):
            return HttpResponseNotAllowed(page.methods)
        permission = page.permission if request.method in SAFE_METHODS else page.write or page.permission
        actor = request.actor  # type: ignore[attr-defined]
        if not policy.may(actor, permission):
            if actor.is_anonymous:
                return _to_login(request)
            policy.require(actor, permission)
        return view(request, *args, **kwargs)

    gate.gate = (manifest.code, page)  # type: ignore[attr-defined]
    return gate


def _to_login(request: HttpRequest) -> HttpResponse:
    """To the login page and back; an htmx request navigates the whole page there."""
    if getattr(request, "htmx", False):
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("login")})
    return redirect_to_login(request.get_full_path(), reverse("login"))
