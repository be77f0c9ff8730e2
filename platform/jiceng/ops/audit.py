"""平台审计: what operators and the platform itself did."""

from __future__ import annotations

from django.http import HttpResponse

from jiceng.shell import trail
from jiceng.shell.requests import PlatformRequest

from .pages import show


def audit_list(request: PlatformRequest) -> HttpResponse:
    return show(request, "ops/audit.html", **trail.listing(request))


def audit_export(request: PlatformRequest) -> HttpResponse:
    return trail.export(request)
