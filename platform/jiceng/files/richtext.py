"""Rich text that people write: a short list of tags, links that lead to pages, pictures that are ours. The rest goes."""

from __future__ import annotations

import re
import uuid
from html import escape, unescape

import nh3

from .pasting import repaired

TAGS = {
    "p", "br", "h2", "h3", "h4", "strong", "b", "em", "i", "u", "s", "ul", "ol", "li", "blockquote", "hr", "a", "img",
    "figure", "figcaption", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt"}, "th": {"colspan", "rowspan"}, "td": {"colspan", "rowspan"}}
SCHEMES = {"http", "https", "mailto", "tel"}

_PICTURE = re.compile(r"^/files/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/(?:original|cover|thumb)$")
_LINK = re.compile(r"^(?:https?://|mailto:|tel:|/(?![/\\])|#)", re.IGNORECASE)
_SPAN = re.compile(r"^[1-9]\d?$")
_BARE_IMAGE = re.compile(r'<img(?![^>]*\ssrc=")[^>]*>')
_SOURCE = re.compile(r'<img[^>]*\ssrc="([^"]+)"')
_ANY_TAG = re.compile(r"<[a-zA-Z/!][^>]*>")
_EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|&nbsp;|<br>)*</p>")


def sanitise(text: str) -> str:
    """Return ``text`` as HTML that is safe to show. Plain text becomes paragraphs. Idempotent.

    What comes from Word or WeChat keeps headings, lists, tables, bold and italics.
    """
    html = repaired(text) if _ANY_TAG.search(text) else _paragraphs(text)
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel="noopener noreferrer nofollow",
        attribute_filter=_keep_attribute,
        strip_comments=True,
    )
    cleaned = _EMPTY_PARAGRAPH.sub("", _BARE_IMAGE.sub("", cleaned)).strip()
    return cleaned if not cleaned or _ANY_TAG.search(cleaned) else f"<p>{cleaned}</p>"


def picture_ids(html: str) -> set[uuid.UUID]:
    """The stored files that sanitised ``html`` shows."""
    found = (_PICTURE.match(source) for source in _SOURCE.findall(html))
    return {uuid.UUID(match[1]) for match in found if match}


def plain_text(html: str) -> str:
    """The words of sanitised ``html`` on one line."""
    return re.sub(r"\s+", " ", unescape(nh3.clean(html.replace("<", " <"), tags=set()))).strip()


def picture_count(html: str) -> int:
    """How many pictures ``html``, as it came, has or wants to load."""
    return len(re.findall(r"<img\b", html, re.IGNORECASE))


def is_blank(html: str) -> bool:
    """Whether a reader would see neither words nor pictures."""
    return not plain_text(html) and not picture_ids(html)


def _paragraphs(text: str) -> str:
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    return "".join(f"<p>{escape(block.strip()).replace(chr(10), '<br>')}</p>" for block in blocks if block.strip())


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        return value if _PICTURE.match(value) else None
    if tag == "a" and name == "href":
        return value if _LINK.match(value.strip()) else None
    if name in ("colspan", "rowspan"):
        return value if _SPAN.match(value) else None
    return value
