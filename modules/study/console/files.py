"""Workbooks as answers."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse

from ..services.question_workbooks import CONTENT_TYPE


def workbook_answer(name: str, content: bytes) -> HttpResponse:
    """``name``: without the ending."""
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name + '.xlsx', safe='')}"
    return answer
