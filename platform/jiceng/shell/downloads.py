"""Files made for whoever asks."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download_answer(content: bytes, *, name: str, content_type: str) -> HttpResponse:
    """A download that no cache keeps. ``name``: with its ending, in any script."""
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
