"""Zip containers, looked at without unpacking them to disk: how big, where to, and what is inside."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator

from .errors import ArchiveTooLarge, ArchiveUnsafe, ContentMismatch, DocumentBroken, MacrosRefused

MAX_ENTRIES = 200
MAX_TOTAL_BYTES = 100 * 1024 * 1024
MAX_RATIO = 100
# Below this size a high ratio is no danger: a page of blanks packs well.
RATIO_FROM_BYTES = 1024 * 1024
MAX_CELLS = 50_000_000
CHUNK_BYTES = 256 * 1024
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_REFERENCE = re.compile(rb'\br(?:ef)?="(?:[A-Z]{1,3}\d{1,7}:)?([A-Z]{1,3})(\d{1,7})"')
_OVERLAP = 64


def check_archive(content: bytes, *, part: str = "") -> zipfile.ZipFile:
    """Refuse a zip that is broken, encrypted, too big or aims outside its folder; ``part`` must be in it.

    Raises ``DocumentBroken``, ``ArchiveUnsafe``, ``ArchiveTooLarge``, ``ContentMismatch``.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise DocumentBroken from error
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_TOTAL_BYTES:
        raise ArchiveTooLarge
    for entry in entries:
        _check_entry(entry)
    if part and part not in archive.namelist():
        raise ContentMismatch
    return archive


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    if name.startswith("/") or ".." in name.split("/") or re.match(r"^[A-Za-z]:", name) or is_link:
        raise ArchiveUnsafe
    if entry.flag_bits & 0x1:
        raise ArchiveUnsafe("压缩包已加密，无法检查，已拒绝上传。")
    if entry.file_size > RATIO_FROM_BYTES and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise ArchiveTooLarge


def check_office(content: bytes, *, part: str) -> None:
    """``check_archive``, and: no macros, no DTD in any XML part, no sheet of absurd extent."""
    archive = check_archive(content, part=part)
    names = archive.namelist()
    if "[Content_Types].xml" not in names:
        raise ContentMismatch
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
        raise MacrosRefused
    for name in names:
        if name.lower().endswith((".xml", ".rels", ".vml")):
            _check_xml_part(archive, name)


def _check_xml_part(archive: zipfile.ZipFile, name: str) -> None:
    is_sheet = name.startswith("xl/worksheets/")
    for window in _windows(archive, name):
        # UTF-16 parts would hide a DTD from the search; Office writes UTF-8.
        if _DOCTYPE.search(window) or b"\x00" in window:
            raise ArchiveUnsafe("文档中含有不安全的 XML 声明，已拒绝上传。")
        if is_sheet:
            _check_extent(window)


def _check_extent(window: bytes) -> None:
    for column, row in _REFERENCE.findall(window):
        number = 0
        for letter in column:
            number = number * 26 + letter - 64
        if number * int(row) > MAX_CELLS:
            raise ArchiveTooLarge("表格的行列范围太大，请删除多余的空行空列后再上传。")


def _windows(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    """The part's content in overlapping pieces; never more than the declared size is unpacked."""
    try:
        with archive.open(name) as stream:
            tail = b""
            while chunk := stream.read(CHUNK_BYTES):
                yield tail + chunk
                tail = chunk[-_OVERLAP:]
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise DocumentBroken from error
