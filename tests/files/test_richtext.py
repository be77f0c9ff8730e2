"""Rich text keeps what reads and drops what runs."""

from __future__ import annotations

import uuid

import pytest

from jiceng.files import richtext

PICTURE = "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a77"
KEPT = [
    ("第一段\n\n第二段\n换行", "<p>第一段</p><p>第二段<br>换行</p>"),
    ("1 < 2 & 3 > 2", "<p>1 &lt; 2 &amp; 3 &gt; 2</p>"),
    ("<h2>标题</h2><p><strong>粗</strong></p>", "<h2>标题</h2><p><strong>粗</strong></p>"),
    (f'<img src="/files/{PICTURE}/cover" alt="图">', f'<img src="/files/{PICTURE}/cover" alt="图">'),
    ('<td colspan="2" rowspan="x">a</td>', ""),
]
DROPPED = [
    "<script>alert(1)</script>", "<svg onload=alert(1)>", "<math><mi xlink:href='javascript:1'>", "<iframe src=//x>",
    "<img src=x onerror=alert(1)>", "<img src='//evil/x.png'>", "<img src='data:image/png;base64,AA'>",
    f"<img src='/files/{PICTURE}/../../logout/'>", "<a href='javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>", "<a href='java\tscript:alert(1)'>x</a>", "<a href='//evil'>x</a>",
    "<a href='/\\evil'>x</a>", "<p style='position:fixed'>x</p>", "<p onclick=alert(1) class=x id=y>x</p>",
    "<form action=/logout/><input></form>", "<base href=//evil>", "<meta http-equiv=refresh content=0>",
    "<style>*{}</style>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<!--><img src=x onerror=1>-->",
    "<template><script>1</script></template>", "<object data=x>", "<link rel=stylesheet href=//x>",
]  # fmt: skip
BAD = (
    "script",
    "onerror",
    "onload",
    "onclick",
    "javascript",
    "style",
    "iframe",
    "evil",
    "data:",
    "logout",
    "<form",
    "meta",
    "svg",
)


@pytest.mark.parametrize(("text", "html"), KEPT[:4])
def test_what_reads_is_kept(text, html):
    assert richtext.sanitise(text) == html


@pytest.mark.parametrize("text", DROPPED)
def test_what_runs_is_dropped(text):
    html = richtext.sanitise(f"<p>前</p>{text}<p>后</p>").lower()
    assert "<p>前</p>" in html
    assert [word for word in BAD if word in html.replace("noopener noreferrer nofollow", "")] == []


@pytest.mark.parametrize("text", [text for text, _html in KEPT] + DROPPED)
def test_cleaning_twice_changes_nothing(text):
    once = richtext.sanitise(text)
    assert richtext.sanitise(once) == once


def test_pictures_and_words_are_found():
    html = richtext.sanitise(f'<p>一&amp;二</p><img src="/files/{PICTURE}/original" alt="a>b"><p>三</p>')
    assert richtext.picture_ids(html) == {uuid.UUID(PICTURE)}
    assert richtext.plain_text(html) == "一&二 三"


@pytest.mark.parametrize(("html", "blank"), [("", True), ("<p> &nbsp;</p>", True), ("<p><br></p>", True), ("<p>字</p>", False),
                                             (f'<img src="/files/{PICTURE}/cover">', False)])  # fmt: skip
def test_blank_is_what_a_reader_would_not_see(html, blank):
    assert richtext.is_blank(html) is blank
