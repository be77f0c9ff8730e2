"""平台审计: what operators and the platform itself did."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from jiceng.shell import trail

from .pages import show


def audit_list(request: HttpRequest) -> HttpResponse:
    return show(request, "ops/audit.html", **trail.listing(request))


def audit_export(request: HttpRequest) -> HttpResponse:
    return trail.export(request)
