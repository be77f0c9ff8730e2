"""Draws the first pages of a PDF as pictures. Run as a program of its own: ``python -m jiceng.files.pdf_pages``.

Reads the PDF from standard input; writes each page as four bytes of length and a JPEG. Whatever a hostile file makes of the
renderer, it happens here: without network, files or time to spare.
"""

from __future__ import annotations

import io
import resource
import struct
import sys

PAGES, WIDTH = 10, 1000
MEMORY_BYTES, SECONDS = 1024 * 1024 * 1024, 20
# The longest side of a drawn page: endless ones are left out.
LONGEST = 3000


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    import pypdfium2  # type: ignore[import-untyped]

    document = pypdfium2.PdfDocument(sys.stdin.buffer.read())
    for number in range(min(len(document), PAGES)):
        page = document[number]
        width, height = page.get_size()
        if width <= 0 or height <= 0 or height / width > LONGEST / WIDTH:
            continue
        picture = page.render(scale=WIDTH / width, may_draw_forms=False).to_pil().convert("RGB")
        written = io.BytesIO()
        picture.save(written, "JPEG", quality=72, optimize=True)
        sys.stdout.buffer.write(struct.pack(">I", written.tell()) + written.getvalue())
        sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
