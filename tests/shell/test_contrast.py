"""Contrast of every pair of colours that the kit puts together, computed from the style sheets (WCAG 2.2, 4.5:1)."""

import re
from pathlib import Path

import pytest

import jiceng.shell

STATIC = Path(jiceng.shell.__file__).parent / "static" / "jiceng"
TOKENS = (STATIC / "tokens.css").read_text()
CONSOLE = (STATIC / "console.css").read_text()
ACCENTS = ("red", "blue", "green")
GOLD_SHEEN, SHEEN_STRENGTH = "#ffd68c", 0.2  # the light in the corner of the red header
PAIRS = (
    ("text", "bg"), ("text", "surface"), ("text", "raised"), ("muted", "bg"), ("muted", "surface"), ("muted", "raised"),
    ("accent", "surface"), ("accent", "bg"), ("accent", "raised"), ("accent", "accent-soft"), ("text", "accent-soft"),
    ("on-fill", "fill"), ("on-fill", "fill-strong"), ("gold", "surface"), ("gold", "bg"), ("gold", "gold-soft"),
    ("ok", "surface"), ("ok", "ok-soft"), ("info", "surface"), ("info", "info-soft"),
    ("bad", "surface"), ("bad", "bg"), ("bad", "raised"), ("bad", "bad-soft"), ("text", "bad-soft"),
)  # fmt: skip


def _block(selector: str, css: str = TOKENS) -> dict[str, str]:
    """The custom properties set in the first rule with exactly ``selector``."""
    match = re.search(re.escape(selector) + r"\{([^}]*)\}", css)
    assert match, selector
    return dict(re.findall(r"--([a-z-]+):([^;]+)", match.group(1)))


def _colours(theme: str, accent: str) -> dict[str, str]:
    colours = _block(":root")
    if accent != "red":
        colours |= _block(f":root[data-accent={accent}]")
    if theme == "dark":
        colours |= _block(":root[data-theme=dark]")
        if accent != "red":
            colours |= _block(f":root[data-theme=dark][data-accent={accent}]")
    return colours


def _rgb(colour: str) -> tuple[float, ...]:
    digits = colour.lstrip("#")
    digits = "".join(digit * 2 for digit in digits) if len(digits) == 3 else digits
    return tuple(int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))


def _luminance(rgb: tuple[float, ...]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_itself():
    assert contrast(_rgb("#000"), _rgb("#fff")) == pytest.approx(21)
    assert contrast(_rgb("#777"), _rgb("#fff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "paper"), PAIRS, ids=lambda name: name)
def test_text_is_readable(theme: str, accent: str, ink: str, paper: str):
    colours = _colours(theme, accent)
    assert contrast(_rgb(colours[ink]), _rgb(colours[paper])) >= 4.5


@pytest.mark.parametrize("accent", ACCENTS)
def test_header_is_readable_where_the_light_falls(accent: str):
    fill, sheen = _rgb(_colours("light", accent)["fill"]), _rgb(GOLD_SHEEN)
    lit = tuple(base * (1 - SHEEN_STRENGTH) + light * SHEEN_STRENGTH for base, light in zip(fill, sheen, strict=True))
    assert contrast((1.0, 1.0, 1.0), lit) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_edges_of_controls_are_visible(theme: str):
    colours = _colours(theme, "red")
    assert contrast(_rgb(colours["edge"]), _rgb(colours["surface"])) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_operators_console_is_readable(theme: str):
    colours = (
        _colours(theme, "red") | _block(".ops:root", CONSOLE) | _block(".ops:root,.ops:root[data-accent]", CONSOLE)
    )
    if theme == "dark":
        colours |= _block(".ops[data-theme=dark]:root", CONSOLE)
    pairs = [
        ("side-text", "side"), ("side-muted", "side"), ("side-on-text", "side-on"), ("accent", "surface"),
        ("accent", "accent-soft"), ("on-fill", "fill"), ("on-fill", "fill-strong"),
    ]  # fmt: skip
    weak = [pair for pair in pairs if contrast(_rgb(colours[pair[0]]), _rgb(colours[pair[1]])) < 4.5]
    assert weak == []


def test_automatic_dark_equals_chosen_dark():
    for suffix in ("", "[data-accent=blue]", "[data-accent=green]"):
        assert _block(f":root[data-theme=auto]{suffix}") == _block(f":root[data-theme=dark]{suffix}")


def test_care_mode_is_large():
    care = _block(":root[data-mode=care]")
    root_px = 16 * float(re.search(r"data-mode=care\]\{font-size:([\d.]+)%", TOKENS).group(1)) / 100
    assert int(care["tap"].removesuffix("px")) >= 60
    assert min(float(care[name].removesuffix("rem")) for name in ("xs", "sm")) * root_px >= 18
    sizes = re.findall(r"font-size:([\d.]+)rem", (STATIC / "h5.css").read_text())
    assert min(float(size) for size in sizes) * root_px >= 18


def test_touch_targets_and_lines_in_normal_mode():
    assert int(_block(":root")["tap"].removesuffix("px")) >= 44
    css = TOKENS + (STATIC / "h5.css").read_text()
    assert min(float(height) for height in re.findall(r"line-height:([\d.]+)[;}]", css)) >= 1.3


def test_old_web_views_understand_the_style_sheets():
    css = "".join(path.read_text() for path in STATIC.glob("*.css"))
    for modern in (":has(", "@container", "@layer", "color-mix(", ":is(", ":where(", "&:", "@import", "url("):
        assert modern not in css, modern
