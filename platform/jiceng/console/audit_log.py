"""审计日志."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from jiceng.shell import trail
from jiceng.shell.requests import TenantRequest


def audit_list(request: TenantRequest) -> HttpResponse:
    return render(request, "console/audit/list.html", trail.listing(request))


def audit_export(request: TenantRequest) -> HttpResponse:
    return trail.export(request)
