"""Upload handling before any view runs: nobody fills the disk with one request."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

from .errors import UploadMissing, UploadTooLarge
from .filetypes import MEBIBYTE, MEDIA_MAX_BYTES

REQUEST_MAX_BYTES = 64 * MEBIBYTE
_MARK = "jiceng.upload_too_large"


class LimitingUploadHandler(FileUploadHandler):
    """Stops reading a request that is too long, or a file that outgrows every limit. Stands first in the chain."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],  # noqa: N803
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> None:
        self._read_bytes = 0
        self._is_too_long = content_length > REQUEST_MAX_BYTES

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._read_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._read_bytes += len(raw_data)
        if self._is_too_long or self._read_bytes > MEDIA_MAX_BYTES + MEBIBYTE:
            self.request.META[_MARK] = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=self._is_too_long)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def take(request: HttpRequest, name: str) -> UploadedFile:
    """The uploaded file of field ``name``. Raises ``UploadMissing``, ``UploadTooLarge``."""
    check(request)
    upload = request.FILES.get(name)
    if upload is None:
        raise UploadMissing
    return upload


def check(request: HttpRequest) -> None:
    """For forms where files are optional. Raises ``UploadTooLarge`` where one was cut off."""
    _ = request.FILES  # parses the body, if nobody has yet
    if request.META.get(_MARK):
        raise UploadTooLarge
