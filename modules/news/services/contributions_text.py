"""Between what members type into plain fields and the sanitised HTML that articles keep."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable
from html import escape, unescape

import nh3

_BREAK = re.compile(r"<br\s*/?>")
_BLOCK_END = re.compile(r"</(?:p|h2|h3|h4|li|blockquote|tr|figcaption)>")
_PICTURE = re.compile(r'<img[^>]*\ssrc="/files/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/')
_GAPS = re.compile(r"\n{3,}")


def text_of(html: str) -> str:
    """The words of sanitised ``html``, an empty line between paragraphs. Pictures are left out."""
    broken = _BLOCK_END.sub("\n\n", _BREAK.sub("\n", html.replace("\n", " ")))
    lines = (line.strip() for line in unescape(nh3.clean(broken, tags=set())).split("\n"))
    return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def pictures_in(html: str) -> list[uuid.UUID]:
    """The stored pictures that sanitised ``html`` shows, in order."""
    return list(dict.fromkeys(uuid.UUID(found) for found in _PICTURE.findall(html)))


def html_of(text: str, pictures: Iterable[uuid.UUID] = ()) -> str:
    """``text`` as typed, tags and all, as paragraphs; below it the pictures."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    words = [f"<p>{escape(block.strip()).replace(chr(10), '<br>')}</p>" for block in blocks if block.strip()]
    return "".join([*words, *(f'<p><img src="/files/{pk}/original" alt=""></p>' for pk in pictures)])


def changed(html: str, text: str, pictures: Iterable[uuid.UUID] | None = None) -> str:
    """``html`` with other words and pictures (``None``: the same ones); as it was where neither is new.

    So nothing of an editor's layout is lost by merely passing through a plain field.
    """
    wanted = pictures_in(html) if pictures is None else list(pictures)
    is_same = text_of(html) == _GAPS.sub("\n\n", text.replace("\r\n", "\n")).strip()
    return html if is_same and wanted == pictures_in(html) else html_of(text, wanted)
