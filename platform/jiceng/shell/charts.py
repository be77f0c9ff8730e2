"""Bar, line and donut charts as server-rendered SVG: no script, printable, with the numbers in a table behind.

Data is a sequence of ``(label, value)`` pairs; a line chart takes several named series over the same labels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import count

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .formats import number

Points = Sequence[tuple[str, float]]

NARROW, WIDE, HEIGHT = 440, 900, 230
LEFT, RIGHT, TOP, BOTTOM = 44, 16, 20, 28
SERIES_CLASSES = 6
MAX_LABELS = 8
RADIUS = 70
_ids = count(1)


def bar_chart(points: Points, *, title: str, unit: str = "", wide: bool = False) -> SafeString:
    """Vertical bars. Values below zero count as zero. ``wide``: for a card across the whole page."""
    span = WIDE if wide else NARROW
    ceiling = _ceiling([value for _label, value in points])
    slot = (span - LEFT - RIGHT) / max(len(points), 1)
    width = min(slot * 0.6, 48)
    step = _label_step(len(points))
    bars = []
    for index, (label, value) in enumerate(points):
        x, y = LEFT + slot * index + slot / 2, _y(max(value, 0), ceiling)
        bars.append(
            {
                "x": _n(x - width / 2), "y": _n(y), "width": _n(width), "height": _n(HEIGHT - BOTTOM - y),
                "label": label if index % step == 0 else "", "name": label, "value": number(value),
                "centre": _n(x), "above": _n(y - 6), "shown": len(points) <= MAX_LABELS,
            }
        )  # fmt: skip
    return _render("bar", title, unit, ((title, points),), span=span, bars=bars, grid=_grid(ceiling))


def line_chart(series: Mapping[str, Points], *, title: str, unit: str = "", wide: bool = False) -> SafeString:
    """One line a series over the labels of the first; the first is shaded."""
    span = WIDE if wide else NARROW
    rows = tuple((name, tuple(points)) for name, points in series.items())
    labels = [label for label, _value in rows[0][1]] if rows else []
    ceiling = _ceiling([value for _name, points in rows for _label, value in points])
    gap = (span - LEFT - RIGHT) / max(len(labels) - 1, 1)
    step = _label_step(len(labels))
    lines = []
    for index, (name, points) in enumerate(rows):
        dots = [(LEFT + gap * at, _y(max(value, 0), ceiling)) for at, (_label, value) in enumerate(points)]
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in dots)
        lines.append({"name": name, "css": f"s{index % SERIES_CLASSES}", "path": path, "dots": _dots(dots, points)})
    base = HEIGHT - BOTTOM
    area = f"{LEFT},{base} {lines[0]['path']} {_n(LEFT + gap * (len(labels) - 1))},{base}" if labels else ""
    ticks = [{"x": _n(LEFT + gap * at), "label": label} for at, label in enumerate(labels) if at % step == 0]
    return _render("line", title, unit, rows, span=span, lines=lines, area=area, ticks=ticks, grid=_grid(ceiling))


def donut_chart(points: Points, *, title: str, unit: str = "") -> SafeString:
    """Shares of a whole, the total in the middle. Values below zero count as zero."""
    total = sum(max(value, 0) for _label, value in points)
    around, turned, parts = 2 * math.pi * RADIUS, 0.0, []
    for index, (label, value) in enumerate(points):
        share = max(value, 0) / total if total else 0
        parts.append(
            {
                "css": f"s{index % SERIES_CLASSES}", "name": label, "value": number(value),
                "percent": f"{share * 100:.0f}%", "dash": f"{_n(around * share)} {_n(around * (1 - share))}",
                "offset": _n(-around * turned),
            }
        )  # fmt: skip
        turned += share
    return _render("donut", title, unit, ((title, points),), parts=parts, total=number(total), radius=RADIUS)


def _render(
    kind: str, title: str, unit: str, rows: Sequence[tuple[str, Points]], *, span: int = NARROW, **shapes: object
) -> SafeString:
    labels = [label for label, _value in rows[0][1]] if rows else []
    table = [[label, *(_cell(points, at) for _name, points in rows)] for at, label in enumerate(labels)]
    context = {
        "kind": kind, "title": title, "unit": unit, "series": [name for name, _points in rows], "table": table,
        "summary": _summary(rows, unit), "uid": f"chart-{next(_ids)}", "width": span, "height": HEIGHT,
        "left": LEFT, "right": span - RIGHT, "middle": span // 2, "half": HEIGHT // 2, "foot": HEIGHT - 8,
        "wide": span == WIDE, **shapes,
    }  # fmt: skip
    return render_to_string("jiceng/parts/chart.html", context)


def _summary(rows: Sequence[tuple[str, Points]], unit: str) -> str:
    """A sentence for those who do not see the picture: the largest and the smallest value."""
    values = [(value, label) for _name, points in rows for label, value in points]
    if not values:
        return _("没有数据。")
    high, low = max(values), min(values)
    return _("最高为%(top)s（%(most)s%(unit)s），最低为%(bottom)s（%(least)s%(unit)s）。") % {
        "top": high[1], "most": number(high[0]), "bottom": low[1], "least": number(low[0]), "unit": unit,
    }  # fmt: skip


def _cell(points: Points, at: int) -> str:
    return number(points[at][1]) if at < len(points) else ""


def _dots(dots: Sequence[tuple[float, float]], points: Points) -> list[dict[str, str]]:
    return [
        {"x": _n(x), "y": _n(y), "label": label, "value": number(value)}
        for (x, y), (label, value) in zip(dots, points, strict=True)
    ]


def _ceiling(values: Sequence[float]) -> float:
    """The round number the axis ends at: 1, 2, 4, 5 or 10 times a power of ten."""
    top = max((value for value in values if value > 0), default=0)
    if not top:
        return 4
    power = 10 ** math.floor(math.log10(top))
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= top)


def _grid(ceiling: float) -> list[dict[str, str]]:
    return [
        {"y": _n(_y(ceiling * part / 4, ceiling)), "text": _n(_y(ceiling * part / 4, ceiling) + 4),
         "label": number(ceiling * part / 4)}
        for part in range(5)
    ]  # fmt: skip


def _y(value: float, ceiling: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / ceiling


def _label_step(amount: int) -> int:
    return max(1, math.ceil(amount / MAX_LABELS))


def _n(value: float) -> str:
    """A coordinate, short and independent of the locale."""
    return f"{value:.1f}".removesuffix(".0")
