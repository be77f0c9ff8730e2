"""Pages without a template engine: small pieces, everything escaped."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote


@dataclass
class Page:
    """An answer for a browser."""

    body: str = ""
    status: int = 200
    location: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    kind: str = "text/html; charset=utf-8"
    raw: bytes = b""


def e(value: object) -> str:
    return escape(str(value), quote=True)


def q(value: object) -> str:
    return quote(str(value), safe="")


def document(title: str, content: str, *, wide: str = "") -> Page:
    """A phone in the middle; ``wide``: what stands beside it on a wide screen."""
    beside = f'<aside class="desk">{wide}</aside>' if wide else ""
    return Page(
        f'<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>{e(title)}</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="stylesheet" href="/phone/static/phone.css">'
        f'<script src="/phone/static/phone.js" defer></script></head><body><main class="phone">{content}</main>{beside}</body></html>'
    )


def to(location: str, **cookies: str) -> Page:
    return Page(status=302, location=location, cookies=cookies)


def form(action: str, inside: str, **hidden: object) -> str:
    fields = "".join(f'<input type="hidden" name="{e(name)}" value="{e(value)}">' for name, value in hidden.items())
    return f'<form method="post" action="{e(action)}">{fields}{inside}</form>'
