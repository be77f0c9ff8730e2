"""The kinds of file that may be uploaded: extension, what libmagic may call its content, and who proves it opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MEBIBYTE = 1024 * 1024
IMAGE_MAX_BYTES = 10 * MEBIBYTE
ATTACHMENT_MAX_BYTES = 30 * MEBIBYTE
MEDIA_MAX_BYTES = 60 * MEBIBYTE

Parser = Literal["image", "pdf", "ole", "ooxml", "zip", "text", "mp4", "m4a", "mp3"]
MEDIA_PARSERS = ("mp4", "m4a", "mp3")


@dataclass(frozen=True, slots=True)
class FileType:
    """``sniffed``: every answer of libmagic that fits the extension. ``part``: what must be inside (see documents)."""

    extension: str
    content_type: str
    sniffed: frozenset[str]
    parser: Parser
    part: str = ""


def _type(extension: str, content_type: str, parser: Parser, *also: str, part: str = "") -> FileType:
    return FileType(extension, content_type, frozenset({content_type, *also}), parser, part)


_OOXML = "application/vnd.openxmlformats-officedocument"
_ZIP = ("application/zip", "application/octet-stream")
_OLE = ("application/x-ole-storage", "application/CDFV2", "application/octet-stream")

IMAGE_TYPES: dict[str, FileType] = {
    file_type.extension: file_type
    for file_type in (
        _type("jpg", "image/jpeg", "image"),
        _type("jpeg", "image/jpeg", "image"),
        _type("png", "image/png", "image"),
        _type("gif", "image/gif", "image"),
        _type("webp", "image/webp", "image"),
    )
}

DOCUMENT_TYPES: dict[str, FileType] = {
    file_type.extension: file_type
    for file_type in (
        _type("pdf", "application/pdf", "pdf"),
        _type("doc", "application/msword", "ole", *_OLE, part="WordDocument"),
        _type("xls", "application/vnd.ms-excel", "ole", *_OLE, part="Workbook"),
        _type("ppt", "application/vnd.ms-powerpoint", "ole", *_OLE, part="PowerPoint Document"),
        _type("docx", f"{_OOXML}.wordprocessingml.document", "ooxml", *_ZIP, part="word/document.xml"),
        _type("xlsx", f"{_OOXML}.spreadsheetml.sheet", "ooxml", *_ZIP, part="xl/workbook.xml"),
        _type("pptx", f"{_OOXML}.presentationml.presentation", "ooxml", *_ZIP, part="ppt/presentation.xml"),
        _type("ofd", "application/ofd", "zip", *_ZIP, part="OFD.xml"),
        _type("zip", "application/zip", "zip"),
        _type("txt", "text/plain", "text", "application/csv", "text/csv"),
        _type("csv", "text/csv", "text", "text/plain", "application/csv"),
    )
}

ATTACHMENT_TYPES = {**IMAGE_TYPES, **DOCUMENT_TYPES}

# Shown by the browser itself, as pictures are; see ``media``.
MEDIA_TYPES: dict[str, FileType] = {
    file_type.extension: file_type
    for file_type in (
        _type("mp4", "video/mp4", "mp4", "audio/mp4", "video/x-m4v", "video/quicktime", "application/octet-stream"),
        _type("m4a", "audio/mp4", "m4a", "audio/x-m4a", "video/mp4", "application/octet-stream"),
        _type("mp3", "audio/mpeg", "mp3", "application/octet-stream"),
    )
}
