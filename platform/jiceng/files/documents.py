"""Documents are proved by their structure. None is executed or converted; they leave as downloads only."""

from __future__ import annotations

import re

from .archives import check_archive, check_office
from .errors import ContentMismatch, DocumentBroken
from .filetypes import FileType
from .sniffing import begins_like_markup

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_STARTXREF = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF")
_XREF = re.compile(rb"\s*(xref|\d+\s+\d+\s+obj)")


def check_document(content: bytes, file_type: FileType) -> None:
    """Prove that ``content`` is what its type says. Raises ``ContentMismatch``, ``DocumentBroken`` and those of archives."""
    if file_type.parser == "pdf":
        _check_pdf(content)
    elif file_type.parser == "ole":
        _check_ole(content, file_type.part)
    elif file_type.parser == "ooxml":
        check_office(content, part=file_type.part)
    elif file_type.parser == "zip":
        check_archive(content, part=file_type.part)
    else:
        _check_text(content)


def _check_pdf(content: bytes) -> None:
    """Header at the very start, and an end that leads to a cross-reference table or stream (ISO 32000-1, 7.5)."""
    if not content.startswith(b"%PDF-"):
        raise ContentMismatch
    found = _STARTXREF.findall(content[-2048:])
    if not found or not _XREF.match(content[int(found[-1]) : int(found[-1]) + 40]):
        raise DocumentBroken


def _check_ole(content: bytes, stream: str) -> None:
    """A compound file ([MS-CFB] 2.2) with the stream that the program reads."""
    if not content.startswith(OLE_MAGIC):
        raise ContentMismatch
    byte_order, sector_shift = content[28:30], int.from_bytes(content[30:32], "little")
    if len(content) < 1536 or byte_order != b"\xfe\xff" or sector_shift not in (9, 12):
        raise DocumentBroken
    if stream.encode("utf-16-le") not in content:
        raise ContentMismatch


def _check_text(content: bytes) -> None:
    """Plain text in UTF-8 or GB 18030 that no browser would take for a page."""
    if b"\x00" in content or begins_like_markup(content[:512]):
        raise ContentMismatch
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return
    raise ContentMismatch
