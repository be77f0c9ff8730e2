"""数据看板."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from jiceng.shell.requests import TenantRequest

from . import figures


def dashboard(request: TenantRequest) -> HttpResponse:
    overview = figures.overview(actor=request.actor, tenant=request.tenant)
    return render(request, "console/dashboard.html", {"overview": overview})
