"""Pages of PDFs as pictures, so that phones show them without a download."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import uuid

from django.db import transaction
from PIL import Image

from . import blobs
from .models import ORIGINAL, StoredFile

PDF = "application/pdf"
WAIT_SECONDS = 30
PAGE_MAX_BYTES = 5 * 1024 * 1024


@transaction.atomic
def draw_pages(*, file_id: uuid.UUID | str) -> int:
    """Add the variants ``page-1`` … to a PDF; returns how many. None for what is no PDF, has them, or cannot be drawn. Idempotent."""
    file = StoredFile.objects.select_for_update().filter(pk=file_id, content_type=PDF).first()
    if file is None or "page-1" in file.variants:
        return 0
    with blobs.read(file, ORIGINAL) as blob:
        pages = _pages(blob.read())
    for number, content in enumerate(pages, 1):
        name = f"page-{number}"
        width, height = Image.open(io.BytesIO(content)).size
        blobs.write(file.blob_key(name), content)
        file.variants[name] = {
            "content_type": "image/jpeg", "size_bytes": len(content), "width": width, "height": height,
        }  # fmt: skip
    file.save(update_fields=("variants",))
    return len(pages)


def _pages(pdf: bytes) -> list[bytes]:
    """JPEGs from a process of its own, which may fail or be stopped without harm: then those that were done."""
    command = [sys.executable, "-m", "jiceng.files.pdf_pages"]
    environment = {"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath}
    try:
        done = subprocess.run(
            command, input=pdf, capture_output=True, timeout=WAIT_SECONDS, env=environment, check=False
        )
        written = done.stdout
    except subprocess.TimeoutExpired as error:
        written = error.stdout or b""
    return _split(written)


def _split(written: bytes) -> list[bytes]:
    found, at = [], 0
    while at + 4 <= len(written):
        (size,) = struct.unpack_from(">I", written, at)
        content = written[at + 4 : at + 4 + size]
        if size > PAGE_MAX_BYTES or len(content) < size or not content.startswith(b"\xff\xd8\xff"):
            break
        found.append(content)
        at += 4 + size
    return found
