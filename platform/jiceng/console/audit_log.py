"""审计日志."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from jiceng.shell import trail


def audit_list(request: HttpRequest) -> HttpResponse:
    return render(request, "console/audit/list.html", trail.listing(request))


def audit_export(request: HttpRequest) -> HttpResponse:
    return trail.export(request)
