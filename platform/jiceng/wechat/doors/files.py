"""The files by which WeChat is shown whose a host is: ``/MP_verify_….txt``, ``/WW_verify_….txt``."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import register_converter
from django.views.decorators.http import require_safe

from jiceng.kernel.inbound import file_content

from .callbacks import plain


class ProofName:
    """The path converter of such names; no other file can be asked for."""

    regex = r"(?:MP|WW)_verify_[A-Za-z0-9]{1,40}\.txt"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ProofName, "wechat_proof")


@require_safe
def proof(request: HttpRequest, name: str) -> HttpResponse:
    content = file_content(name)
    if content is None:
        raise Http404
    return plain(content)
