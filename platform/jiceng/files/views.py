"""Serving uploads on the tenant's own host. Only pictures that we drew ourselves are shown; all else is a download."""

from __future__ import annotations

import uuid

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from . import blobs, selectors
from .errors import FileMissing
from .models import StoredFile

IMAGE_CACHE_SECONDS = 300


@require_safe
def serve(request: HttpRequest, file_id: uuid.UUID, variant: str) -> HttpResponseBase:
    """One variant of a file, to those who may read what it belongs to. Raises ``FileMissing``."""
    file = selectors.get_file(
        file_id=file_id, variant=variant, actor=request.actor, modules=request.tenant.modules  # type: ignore[attr-defined]
    )  # fmt: skip
    etag = f'"{file.sha256[:32]}-{variant}"'
    response: HttpResponseBase
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = _content(file, variant)
    _protect(response, file)
    response["ETag"] = etag
    return response


def _content(file: StoredFile, variant: str) -> HttpResponseBase:
    try:
        blob = blobs.read(file, variant)
    except FileNotFoundError as error:
        raise FileMissing from error
    return FileResponse(
        blob,
        as_attachment=not file.is_image,
        filename=file.original_name if not file.is_image else "",
        content_type=file.variants[variant]["content_type"],
    )


def _protect(response: HttpResponseBase, file: StoredFile) -> None:
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = f"private, max-age={IMAGE_CACHE_SECONDS}" if file.is_image else "private, no-store"
