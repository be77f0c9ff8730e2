"""Addresses of this module's console pages, and files to download."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponse

from jiceng.console.submission import page_url
from jiceng.shell.requests import TenantRequest

from ..services.exporting import XLSX


def url(name: str, **kwargs: object) -> str:
    return page_url(name, "appraisal", **kwargs)


def posted(request: TenantRequest) -> Any:
    """Data of a POST; nothing otherwise, which leaves a form unbound."""
    return request.POST if request.method == "POST" else None


def xlsx_answer(name: str, content: bytes) -> HttpResponse:
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}.xlsx"
    answer["Cache-Control"] = "private, no-store"
    return answer
