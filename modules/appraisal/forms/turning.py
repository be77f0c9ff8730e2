"""Pages of a list."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest


def turned(request: HttpRequest, rows: QuerySet[Any] | list[Any], size: int) -> dict[str, Any]:
    """``page`` with the cursors ``next`` and ``previous``, for the template."""
    page = Paginator(rows, size).get_page(request.GET.get("cursor"))
    return {
        "page": page, "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
    }  # fmt: skip
