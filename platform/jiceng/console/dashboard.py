"""数据看板."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from . import figures


def dashboard(request: HttpRequest) -> HttpResponse:
    overview = figures.overview(actor=request.actor, tenant=request.tenant)  # type: ignore[attr-defined]
    return render(request, "console/dashboard.html", {"overview": overview})
