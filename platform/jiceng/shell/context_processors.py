"""What every template may use."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import navigation

MODES = ("normal", "care")
THEMES = ("auto", "light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """``tenant``, ``actor``, ``nav`` (lazy), ``mode``, ``theme``, ``public_host``."""
    context: dict[str, Any] = {
        "tenant": getattr(request, "tenant", None),
        "actor": getattr(request, "actor", None),
        "mode": _cookie(request, "jc_mode", MODES),
        "theme": _cookie(request, "jc_theme", THEMES),
        "public_host": settings.BASE_DOMAIN,
    }
    if context["tenant"] is not None and context["actor"] is not None:
        build = navigation.console if request.path.startswith("/console/") else navigation.h5
        context["nav"] = SimpleLazyObject(partial(build, request))
    return context


def _cookie(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    value = request.COOKIES.get(name, "")
    return value if value in allowed else allowed[0]
