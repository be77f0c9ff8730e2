"""Serving uploads on the tenant's own host. Only pictures that we drew ourselves and what plays are shown; all else is a download."""

from __future__ import annotations

import uuid

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from jiceng.access import keys
from jiceng.access.actor import Actor
from jiceng.access.errors import KeyRefused

from . import blobs, ranges, selectors
from .errors import FileMissing
from .models import ORIGINAL, StoredFile

IMAGE_CACHE_SECONDS = 300


@require_safe
def serve(request: HttpRequest, file_id: uuid.UUID, variant: str) -> HttpResponseBase:
    """One variant of a file, to those who may read what it belongs to. Raises ``FileMissing``."""
    modules = request.tenant.modules  # type: ignore[attr-defined]
    file = selectors.get_file(file_id=file_id, variant=variant, actor=_caller(request), modules=modules)
    etag = f'"{file.sha256[:32]}-{variant}"'
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = ranges.answer(request, _content(file, variant), etag=etag) if file.is_media else _content(file, variant)
    _protect(response, file)
    response["ETag"] = etag
    return response


def download(file: StoredFile) -> HttpResponseBase:
    """The answer with a file whose readers its owner's own view has checked. Raises ``FileMissing``."""
    response = _content(file, ORIGINAL)
    _protect(response, file)
    return response


def _caller(request: HttpRequest) -> Actor:
    """The person of the session, or the program of the key that is sent: whoever reads an article gets its pictures.

    Raises ``KeyRefused``.
    """
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    if not scheme:
        return request.actor  # type: ignore[attr-defined, no-any-return]
    if scheme.lower() != "bearer":
        raise KeyRefused
    key = keys.authenticate(token.strip(), request.address)  # type: ignore[attr-defined]
    return Actor.for_key(key, request.tenant.modules)  # type: ignore[attr-defined]


def _content(file: StoredFile, variant: str) -> FileResponse:
    try:
        blob = blobs.read(file, variant)
    except FileNotFoundError as error:
        raise FileMissing from error
    is_shown = file.is_image or file.is_media or variant != ORIGINAL  # pages of a PDF are pictures that we drew
    return FileResponse(
        blob,
        as_attachment=not is_shown,
        filename="" if is_shown else file.original_name,
        content_type=file.variants[variant]["content_type"],
    )


def _protect(response: HttpResponseBase, file: StoredFile) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = f"private, max-age={IMAGE_CACHE_SECONDS}" if file.is_image or file.is_media else "private, no-store"
