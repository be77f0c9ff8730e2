"""How a person wants pages to look: normal or care mode, light or dark. Cookies, so the first byte is right."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

MODES = ("normal", "care")
THEMES = ("auto", "light", "dark")
COOKIES = {"mode": ("jc_mode", MODES), "theme": ("jc_theme", THEMES)}
_YEAR_SECONDS = 365 * 24 * 3600


def read(request: HttpRequest, name: str) -> str:
    """The person's ``mode`` or ``theme``; the default for a missing or unknown cookie."""
    cookie, allowed = COOKIES[name]
    value = request.COOKIES.get(cookie, "")
    return value if value in allowed else allowed[0]


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Remember ``mode`` and/or ``theme`` from the form and go back to ``next`` (only within this host)."""
    response = HttpResponseRedirect(_back(request))
    for name, (cookie, allowed) in COOKIES.items():
        value = request.POST.get(name)
        if value in allowed:
            response.set_cookie(
                cookie,
                value,
                max_age=_YEAR_SECONDS,
                samesite="Lax",
                httponly=True,
                secure=settings.SESSION_COOKIE_SECURE,
            )
    return response


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return target
    return "/"
