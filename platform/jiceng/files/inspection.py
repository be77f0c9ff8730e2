"""The three sieves of an upload: its extension is allowed, libmagic agrees, and a parser really opens it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile

from . import images, media, names
from .documents import check_document
from .errors import ContentMismatch, TypeRefused, UploadEmpty, UploadTooLarge
from .filetypes import MEDIA_PARSERS, FileType
from .models import ORIGINAL, Kind
from .sniffing import HEAD_BYTES, begins_like_markup, sniff


@dataclass(frozen=True, slots=True)
class Inspected:
    """An upload that passed. ``variants``: what to keep, the original first. ``sha256``: of the bytes as they came."""

    name: str
    kind: Kind
    sha256: str
    variants: tuple[images.Variant, ...]
    duration_seconds: int = 0

    @property
    def size_bytes(self) -> int:
        return sum(len(variant.content) for variant in self.variants)


def inspect(upload: UploadedFile, *, types: Mapping[str, FileType], max_bytes: int) -> Inspected:
    """Read and check ``upload``. Raises the errors of ``files.errors``; stores nothing."""
    name = names.display_name(upload.name or "")
    file_type = types.get(name.rpartition(".")[2])
    if file_type is None:
        raise TypeRefused(f"不支持这种类型的文件，可上传：{'、'.join(sorted(types))}。")
    content = _read(upload, max_bytes)
    _check_head(content[:HEAD_BYTES], file_type)
    sha256 = hashlib.sha256(content).hexdigest()
    if file_type.parser == "image":
        return Inspected(name, Kind.IMAGE, sha256, images.redraw(content))
    whole = images.Variant(ORIGINAL, content, file_type.content_type, 0, 0)
    if file_type.parser in MEDIA_PARSERS:
        return Inspected(name, Kind.ATTACHMENT, sha256, (whole,), media.duration_of(content, file_type.parser))
    check_document(content, file_type)
    return Inspected(name, Kind.ATTACHMENT, sha256, (whole,))


def _read(upload: UploadedFile, max_bytes: int) -> bytes:
    if upload.size is not None and upload.size > max_bytes:
        raise UploadTooLarge(f"文件不能超过 {max_bytes // (1024 * 1024)} MB。")
    upload.seek(0)
    content = upload.read(max_bytes + 1)
    if not content:
        raise UploadEmpty
    if len(content) > max_bytes:
        raise UploadTooLarge(f"文件不能超过 {max_bytes // (1024 * 1024)} MB。")
    return bytes(content)


def _check_head(head: bytes, file_type: FileType) -> None:
    if begins_like_markup(head):
        raise ContentMismatch
    sniffed = sniff(head)
    if sniffed is not None and sniffed not in file_type.sniffed:
        raise ContentMismatch
