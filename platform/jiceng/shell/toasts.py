"""A short message after an htmx request; pages loaded whole use django.contrib.messages instead."""

from __future__ import annotations

from typing import Literal

from django.http import HttpResponse
from django_htmx.http import trigger_client_event


def toast(response: HttpResponse, message: str, level: Literal["success", "error", "info"] = "success") -> HttpResponse:
    """Make the browser show ``message`` when it receives ``response`` from an htmx request."""
    return trigger_client_event(response, "toast", {"message": str(message), "level": level})
