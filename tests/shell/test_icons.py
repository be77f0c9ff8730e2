"""Icons: all that templates, manifests and Python name exist, and what is rendered is safe."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from jiceng.kernel.registry import registry
from jiceng.shell import icons

LITERAL = re.compile(r"""{%\s*icon\s+["']([^"']+)["']""")
PASSED = re.compile(r"""\bicon=["']([a-z0-9-]+)["']""")


def test_icon_is_decorative_unless_labelled():
    svg = icons.svg("newspaper")
    assert svg.startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path')
    assert svg.endswith("</svg>")
    assert 'role="img" aria-label="新闻"' in icons.svg("newspaper", label="新闻")


def test_icon_escapes_its_label():
    assert "<script>" not in icons.svg("flag", label='"><script>')


def test_unknown_icon_is_named():
    with pytest.raises(icons.UnknownIcon, match="no-such-icon"):
        icons.svg("no-such-icon")


def test_icons_named_in_templates_exist():
    missing = {
        (str(path), name)
        for path in _templates()
        for name in LITERAL.findall(path.read_text()) + PASSED.findall(path.read_text())
        if name not in icons.names()
    }
    assert missing == set()


def test_icons_named_in_manifests_exist():
    named = {(manifest.code, manifest.icon) for manifest in registry}
    named |= {(manifest.code, menu.icon) for manifest in registry for menu in manifest.menu}
    named |= {(manifest.code, tile.icon) for manifest in registry for tile in manifest.tiles}
    assert {(code, icon) for code, icon in named if icon not in icons.names()} == set()


def _templates() -> list[Path]:
    roots = (settings.ROOT / "platform", settings.ROOT / "modules", settings.ROOT / "tenants")
    return [path for root in roots for path in root.rglob("*.html")]
