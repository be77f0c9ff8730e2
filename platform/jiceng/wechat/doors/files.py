"""The files by which WeChat is shown whose a host is: ``/MP_verify_….txt``, ``/WW_verify_….txt``."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from jiceng.kernel.inbound import file_content

from .callbacks import plain


@require_safe
def proof(request: HttpRequest, name: str) -> HttpResponse:
    content = file_content(name)
    if content is None:
        raise Http404
    return plain(content)
