"""Addresses of this module's console pages."""

from __future__ import annotations

from jiceng.console.submission import page_url


def url(name: str, **kwargs: object) -> str:
    return page_url(name, "study", **kwargs)
