"""What every template may use."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from . import navigation, preferences


def shell(request: HttpRequest) -> dict[str, Any]:
    """``tenant``, ``actor``, ``nav`` (lazy), ``mode``, ``theme``, ``public_host``."""
    context: dict[str, Any] = {
        "tenant": getattr(request, "tenant", None),
        "actor": getattr(request, "actor", None),
        "mode": preferences.read(request, "mode"),
        "theme": preferences.read(request, "theme"),
        "public_host": settings.BASE_DOMAIN,
    }
    if context["tenant"] is not None and context["actor"] is not None:
        build = navigation.console if request.path.startswith("/console/") else navigation.h5
        context["nav"] = SimpleLazyObject(partial(build, request))
    return context
