"""A phone page weighs less than 80 KB uncompressed, with its style sheets and scripts."""

import re
from pathlib import Path

from django.contrib.staticfiles import finders
from django.test import RequestFactory

from jiceng.shell import styleguide

ASSET = re.compile(r"""<(?:link rel="stylesheet" href|script src)="/static/([^"]+)\"""")


def _size(name: str) -> int:
    return Path(finders.find(name)).stat().st_size


def test_phone_page_weight():
    html = styleguide.page(RequestFactory().get("/"), "h5").content.decode()
    assets = ASSET.findall(html)
    assert sorted(assets) == ["django_htmx/htmx-2.min.js", "jiceng/app.js", "jiceng/h5.css", "jiceng/tokens.css"]
    assert len(html.encode()) + sum(_size(name) for name in assets) < 80_000


def test_budgets_of_our_own_assets():
    assert _size("jiceng/tokens.css") + _size("jiceng/h5.css") <= 14 * 1024
    assert _size("jiceng/app.js") < 3 * 1024
