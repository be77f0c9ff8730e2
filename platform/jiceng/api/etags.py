"""Strong entity tags of single resources: a digest of the full representation, plus the chosen fields of a sparse one."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest

from .errors import PreconditionFailed, PreconditionRequired
from .renderers import encode

_FIELDS_MARK = "."


def tag_of(representation: dict[str, Any], fields: tuple[str, ...] | None = None) -> str:
    """The quoted tag. ``representation``: all fields, whatever ``fields`` the client chose to see."""
    tag = hashlib.sha256(encode(representation)).hexdigest()[:32]
    if fields is not None:
        tag += _FIELDS_MARK + hashlib.sha256(",".join(fields).encode()).hexdigest()[:8]
    return f'"{tag}"'


def is_fresh(request: HttpRequest, tag: str) -> bool:
    """Whether ``If-None-Match`` names ``tag``: the client has this representation (compared weakly, RFC 9110 13.1.2)."""
    given = _listed(request.META.get("HTTP_IF_NONE_MATCH", ""))
    return "*" in given or tag in {item.removeprefix("W/") for item in given}


def has_condition(request: HttpRequest) -> bool:
    return bool(request.META.get("HTTP_IF_MATCH", "").strip())


def check_match(request: HttpRequest, tag: str, *, required: bool) -> None:
    """Compare ``If-Match`` with the resource as it is (strongly: a weak tag never matches).

    Raises ``PreconditionFailed``; ``PreconditionRequired`` when the header is ``required`` and missing.
    """
    if not has_condition(request):
        if required:
            raise PreconditionRequired
        return
    given = _listed(request.META["HTTP_IF_MATCH"])
    whole = {item.partition(_FIELDS_MARK)[0].rstrip('"') + '"' for item in given if item.startswith('"')}
    if "*" not in given and tag not in whole:
        raise PreconditionFailed


def _listed(header: str) -> list[str]:
    return [item.strip() for item in header[:2000].split(",") if item.strip()]
