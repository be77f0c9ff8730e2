"""Addresses of this module's console pages, and what a POST brings."""

from __future__ import annotations

from typing import Any

from jiceng.console.submission import page_url
from jiceng.files import uploads
from jiceng.shell.requests import TenantRequest


def url(name: str, **kwargs: object) -> str:
    return page_url(name, "study", **kwargs)


def posted(request: TenantRequest) -> tuple[Any, Any]:
    """Data and files of a POST; nothing otherwise, which leaves a form unbound. Raises ``UploadTooLarge``."""
    if request.method != "POST":
        return None, None
    uploads.check(request)
    return request.POST, request.FILES
