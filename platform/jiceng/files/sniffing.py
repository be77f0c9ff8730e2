"""What the bytes say they are. libmagic is asked where the machine has it; the parsers decide in any case."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

HEAD_BYTES = 64 * 1024
_MARKUP = (b"<!doctype", b"<html", b"<script", b"<svg", b"<?xml", b"<head", b"<body", b"<iframe")


@lru_cache(maxsize=1)
def _libmagic() -> Any:
    try:
        import magic
    except ImportError:  # python-magic is there, the C library is not
        return None
    return magic


def sniff(head: bytes) -> str | None:
    """libmagic's MIME type of the first bytes; ``None`` on a machine without libmagic."""
    library = _libmagic()
    return library.from_buffer(head, mime=True) if library else None


def begins_like_markup(head: bytes) -> bool:
    """Whether a browser could take ``head`` for HTML, SVG or XML."""
    return head.lstrip(b"\xef\xbb\xbf \t\r\n\x00").lower().startswith(_MARKUP)
