"""Part of a file, as players ask for it when somebody jumps ahead (RFC 9110, section 14). One range at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

BLOCK_BYTES = 64 * 1024
_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


def answer(request: HttpRequest, whole: FileResponse, *, etag: str) -> HttpResponseBase:
    """``whole``, or the range that ``request`` wants of it (206), or that there is none such (416).

    ``If-Range`` with another ETag gets the whole file, as does a header that is no single range of bytes.
    """
    whole["Accept-Ranges"] = "bytes"
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    if wanted is None or request.headers.get("If-Range", etag) != etag or not any(wanted.groups()):
        return whole
    size = int(whole["Content-Length"])
    first, last = _bounds(*wanted.groups(), size=size)
    if first > last:
        whole.close()
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    part = StreamingHttpResponse(_read(whole.file_to_stream, first, last), status=206, content_type=whole["Content-Type"])
    part._resource_closers.append(whole.close)  # type: ignore[attr-defined]
    part["Accept-Ranges"], part["Content-Length"] = "bytes", str(last - first + 1)
    part["Content-Range"] = f"bytes {first}-{last}/{size}"
    return part


def _bounds(start: str, end: str, *, size: int) -> tuple[int, int]:
    """First and last byte; the first behind the last where nothing fits."""
    if not start:  # the last so many bytes
        return max(size - int(end), 0), size - 1 if int(end) else -1
    return int(start), min(int(end), size - 1) if end else size - 1


def _read(content: Any, first: int, last: int) -> Iterator[bytes]:
    content.seek(first)
    left = last - first + 1
    while left > 0 and (block := content.read(min(BLOCK_BYTES, left))):
        left -= len(block)
        yield block
