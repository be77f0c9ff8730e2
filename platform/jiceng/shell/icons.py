"""Lucide icons from the installed wheel, as inline SVG. Colour and stroke come from the ``.icon`` class."""

from __future__ import annotations

import io
import re
from functools import lru_cache
from importlib.resources import files
from zipfile import ZipFile

from django.utils.html import format_html
from django.utils.safestring import SafeString

_GAPS = re.compile(r">\s+<")


class UnknownIcon(LookupError):
    """No icon of that name in the lucide wheel."""


@lru_cache(maxsize=1)
def _archive() -> ZipFile:
    return ZipFile(io.BytesIO(files("lucide").joinpath("lucide.zip").read_bytes()))


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    return frozenset(name.removesuffix(".svg") for name in _archive().namelist())


@lru_cache(maxsize=512)
def _shapes(name: str) -> SafeString:
    if name not in names():
        raise UnknownIcon(f"There is no lucide icon named {name!r}.")
    inner = _archive().read(f"{name}.svg").decode().partition(">")[2].rpartition("</svg>")[0]
    return SafeString(_GAPS.sub("><", inner.strip()).replace(" />", "/>"))


def svg(name: str, *, label: str = "", css: str = "") -> SafeString:
    """Inline SVG of the icon ``name``. Decorative (hidden from screen readers) unless it has a ``label``.

    Raises ``UnknownIcon``.
    """
    css_class = f"icon {css}".strip()
    if label:
        head = format_html('<svg class="{}" viewBox="0 0 24 24" role="img" aria-label="{}">', css_class, label)
    else:
        head = format_html('<svg class="{}" viewBox="0 0 24 24" aria-hidden="true">', css_class)
    return head + _shapes(name) + SafeString("</svg>")
