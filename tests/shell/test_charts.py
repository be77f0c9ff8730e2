import re
from xml.etree import ElementTree

import pytest

from jiceng.shell import charts

POINTS = [("一月", 10), ("二月", 40), ("三月", 0)]
HOSTILE = [("<script>alert(1)</script>", 3), ('"><b>', 1)]


def _svg(html: str) -> ElementTree.Element:
    return ElementTree.fromstring(re.search(r"<svg viewBox.*?</svg>", html, re.DOTALL).group(0))


def test_bars_are_in_proportion():
    heights = [float(bar.get("height")) for bar in _svg(charts.bar_chart(POINTS, title="阅读")).iter("rect")]
    assert heights[1] == pytest.approx(4 * heights[0], rel=0.01)
    assert heights[2] == 0


def test_line_has_one_dot_a_value():
    svg = _svg(charts.line_chart({"甲": POINTS, "乙": POINTS}, title="趋势"))
    assert len(list(svg.iter("polyline"))) == 2
    assert len(list(svg.iter("circle"))) == 6


def test_donut_shares_fill_the_ring():
    svg = _svg(charts.donut_chart(POINTS, title="构成"))
    dashes = [
        float(ring.get("stroke-dasharray").split()[0]) for ring in svg.iter("circle") if ring.get("stroke-dasharray")
    ]
    assert sum(dashes) == pytest.approx(2 * 3.14159 * charts.RADIUS, abs=0.2)


@pytest.mark.parametrize(
    "html",
    [charts.bar_chart(HOSTILE, title="<b>", unit="<i>"), charts.line_chart({"<u>": HOSTILE}, title="<b>"),
     charts.donut_chart(HOSTILE, title="<b>")],
    ids=["bar", "line", "donut"],
)  # fmt: skip
def test_labels_are_escaped(html):
    assert not re.search(r"<script|<b>|<i>|<u>", html)


@pytest.mark.parametrize("draw", [charts.bar_chart, charts.donut_chart])
@pytest.mark.parametrize(
    "points", [[], [("空", 0)], [("负", -5)], [("一", 1)]], ids=["none", "zero", "negative", "one"]
)
def test_odd_data_is_drawn(draw, points):
    assert "nan" not in draw(points, title="图").lower()


def test_line_chart_without_data():
    assert "没有数据" in charts.line_chart({}, title="图")
    assert "没有数据" in charts.line_chart({"甲": []}, title="图")


def test_chart_can_be_read_without_seeing():
    html = charts.bar_chart(POINTS, title="每月阅读", unit="次")
    assert "最高为二月（40次），最低为三月（0次）。" in html
    assert re.findall(r'<th scope="row">(.*?)</th><td class="num">(.*?)</td>', html) == [
        ("一月", "10"), ("二月", "40"), ("三月", "0"),
    ]  # fmt: skip
    labelled = re.search(r'role="img" aria-labelledby="([^"]+)"', html).group(1).split()
    assert all(f'id="{name}"' in html for name in labelled)


def test_ids_of_two_charts_differ():
    ids = re.findall(r'id="(chart-\d+)-t"', charts.bar_chart(POINTS, title="图") + charts.bar_chart(POINTS, title="图"))
    assert len(set(ids)) == 2


def test_many_points_keep_their_labels_apart():
    svg = _svg(charts.bar_chart([(str(day), day) for day in range(60)], title="图"))
    labels = [text for text in svg.iter("text") if text.get("y") == str(charts.HEIGHT - 8)]
    assert len(labels) <= charts.MAX_LABELS
