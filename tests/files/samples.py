"""Uploads made on the spot: honest ones, and every trick that an upload point must refuse."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
)


def upload(name: str, content: bytes, content_type: str = "application/octet-stream") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)


def picture(width: int = 800, height: int = 600, fmt: str = "JPEG", mode: str = "RGB", **options: object) -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, (width, height), (200, 22, 29, 128)[: len(mode)]).save(buffer, fmt, **options)
    return buffer.getvalue()


def picture_with_exif() -> bytes:
    """A JPEG that says where it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    exif[0x0112] = 6  # rotate by 90 degrees
    return picture(400, 200, exif=exif)


def pixel_bomb(side: int = 30_000) -> bytes:
    """900 million pixels in a PNG of about 110 KB."""
    rows = zlib.compressobj(9)
    row = b"\x00" * (side // 8 + 1)
    data = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
        + _chunk(b"IDAT", data)
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def archive(entries: dict[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return buffer.getvalue()


def link_archive() -> bytes:
    """A zip whose entry is a symbolic link to /etc/passwd."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        entry = zipfile.ZipInfo("link")
        entry.external_attr = 0o120777 << 16
        made.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def workbook(sheet: bytes = b"<worksheet/>", **more: bytes) -> bytes:
    return archive({
        "[Content_Types].xml": CONTENT_TYPES.encode(), "xl/workbook.xml": b"<workbook/>",
        "xl/worksheets/sheet1.xml": sheet, **{name.replace("__", "/"): content for name, content in more.items()},
    })  # fmt: skip


def dimension_bomb() -> bytes:
    """One cell in the last corner that a sheet can have: a small file that kills naive readers."""
    return workbook(
        b'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )


def sheet_bomb() -> bytes:
    """A sheet that unpacks to some 99 MB."""
    return workbook(b"<worksheet>" + b" " * 99_000_000 + b"</worksheet>")


def billion_laughs() -> bytes:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return workbook(f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><x>&a9;</x>'.encode())


def pdf() -> bytes:
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"
    return head + b"xref\n0 1\n0000000000 65535 f \ntrailer<</Size 1>>\nstartxref\n%d\n%%%%EOF\n" % len(head)


def compound(stream: str) -> bytes:
    """The head of an old Word, Excel or PowerPoint file with one named stream."""
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 16 + b"\x3e\x00\x03\x00\xfe\xff\x09\x00"
    return head.ljust(1024, b"\x00") + stream.encode("utf-16-le").ljust(1024, b"\x00")


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
EXE = b"MZ\x90\x00" + b"\x00" * 400


def box(kind: bytes, content: bytes = b"") -> bytes:
    """One box of an MP4."""
    return struct.pack(">I", 8 + len(content)) + kind + content


def movie(
    seconds: int = 90,
    *,
    codecs: tuple[bytes, ...] = (b"avc1", b"mp4a"),
    wide: bool = False,
    data: bytes = b"\x00" * 4000,
) -> bytes:
    """An MP4 with one track for each of ``codecs``: a true structure around frames of nothing."""
    times = (
        struct.pack(">QQIQ", 0, 0, 1000, seconds * 1000) if wide else struct.pack(">IIII", 0, 0, 1000, seconds * 1000)
    )
    header = box(b"mvhd", (b"\x01" if wide else b"\x00") + b"\x00" * 3 + times + b"\x00" * 80)
    tracks = b"".join(
        box(
            b"trak",
            box(b"mdia", box(b"minf", box(b"stbl", box(b"stsd", struct.pack(">II", 0, 1) + box(codec, b"\x00" * 70))))),
        )
        for codec in codecs
    )
    return box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2avc1mp41") + box(b"moov", header + tracks) + box(b"mdat", data)


def song(frames: int = 400, *, tag: bytes = b"") -> bytes:
    """MP3 frames of silence, 128 kbit/s at 44.1 kHz: 26 ms each. ``tag``: text in an ID3 tag before them."""
    head = b""
    if tag:
        size = bytes((len(tag) >> shift) & 0x7F for shift in (21, 14, 7, 0))
        head = b"ID3\x04\x00\x00" + size + tag
    return head + (b"\xff\xfb\x90\x64" + b"\x00" * 413) * frames
