"""Structure survives the clipboard; what Word and WeChat put around it does not."""

from __future__ import annotations

import random

import pytest

from jiceng.files import richtext
from tests.files.test_richtext import BAD, DROPPED

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>@font-face{font-family:宋体}</style>
<!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--></head><body lang=ZH-CN style='tab-interval:21.0pt'><!--StartFragment-->
<p class=MsoTitle align=center><span style='font-size:22pt'>关于开好组织生活会的通知<span lang=EN-US><o:p></o:p></span></span></p>
<p class=MsoNormal style='text-indent:21.0pt'><span style='font-family:宋体'>各党支部：</span><b><span>请认真准备</span></b><span
lang=EN-US style='font-weight:bold'>2026</span><i>年度</i>会议。</p>
<h1>一、时间</h1><p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span lang=EN-US
style='font-family:Wingdings'><span style='mso-list:Ignore'>·<span style='font:7.0pt'>&nbsp;&nbsp; </span></span></span><![endif]>会前谈心</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·&nbsp; </span>会后整改</p>
<p class=MsoNormal>步骤：</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.&nbsp; </span>通知</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.&nbsp; </span>开会</p>
<table class=MsoTableGrid border=1 style='border-collapse:collapse'><tr><td width=100 colspan=2 style='mso-border-alt:solid'><p
class=MsoNormal>支部<o:p></o:p></p></td></tr><tr><td><p class=MsoNormal>第一支部</p></td><td><p class=MsoNormal>周三</p><p>上午</p></td></tr></table>
<p class=MsoNormal><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>"""
FROM_WORD = (
    "<h2>关于开好组织生活会的通知</h2><p>各党支部：<strong>请认真准备</strong><strong>2026</strong><em>年度</em>会议。</p><h2>一、时间</h2>"
    "<ul><li>会前谈心</li><li>会后整改</li></ul><p>步骤：</p><ol><li>通知</li><li>开会</li></ol>"
    '<table><tbody><tr><td colspan="2">支部</td></tr><tr><td>第一支部</td><td>周三<br>上午</td></tr></tbody></table>'
)
WECHAT = """<section style="margin:0 8px" data-role="outer"><section data-tools="135编辑器"><section style="text-align:center"><strong><span
style="font-size:18px;color:#c8161d">学习时间</span></strong></section></section><p
style="line-height:2em"><span style="font-weight: 700">第一步</span>：读原文。</p>
<section><img class="rich_pages" data-src="https://mmbiz.qpic.cn/x/640?wx_fmt=png" src="data:image/gif;base64,AA"></section>
<section style="display:none"><p>看不见的字</p></section><blockquote><section>学而时习之</section></blockquote>
<p>阅读<a href="https://www.example.org/1" style="x">原文</a>。</p><mpvoice></mpvoice><iframe src="https://v.example"></iframe></section>"""
FROM_WECHAT = (
    "<p><strong>学习时间</strong></p><p><strong>第一步</strong>：读原文。</p><blockquote><p>学而时习之</p></blockquote>"
    '<p>阅读<a href="https://www.example.org/1" rel="noopener noreferrer nofollow">原文</a>。</p>'
)


def flat(html: str) -> str:
    return "".join(line.strip() for line in html.splitlines())


@pytest.mark.parametrize(("pasted", "kept"), [(WORD, FROM_WORD), (WECHAT, FROM_WECHAT)], ids=["Word", "WeChat"])
def test_structure_survives(pasted, kept):
    assert flat(richtext.sanitise(pasted)) == kept
    assert richtext.sanitise(richtext.sanitise(pasted)) == richtext.sanitise(pasted)


@pytest.mark.parametrize("payload", DROPPED)
@pytest.mark.parametrize("around", ["<p class=MsoNormal>前%s后</p>", "<section><section>前%s后</section></section>"])
def test_what_runs_is_dropped_in_any_wrapping(payload, around):
    html = richtext.sanitise(around % payload).lower()
    assert [word for word in BAD if word in html.replace("noopener noreferrer nofollow", "")] == []


def test_no_soup_breaks_it():
    """Random tags in random order: never an error, always harmless, and no word is lost by cleaning twice."""
    chance = random.Random(7)
    parts = [
        "<p class=MsoListParagraph>", "</p>", "<span style='mso-list:Ignore'>", "</span>", "<section>", "</section>", "<table>", "<td>",
        "</td>", "<tr>", "</table>", "<li>", "<ul>", "</ul>", "<b>", "</b>", "<a href='/x'>", "</a>", "<h1>", "</h1>", "文字", "&lt;script&gt;",
        "<script>", "</script>", "<img src=x onerror=alert(1)>", "<!--", "-->", "<![if x]>", "<o:p>", "<br>", "<svg>", "<style>", "</style>",
    ]  # fmt: skip
    for _round in range(400):
        soup = "".join(chance.choices(parts, k=chance.randint(1, 40)))
        once = richtext.sanitise(soup)
        assert richtext.plain_text(richtext.sanitise(once)) == richtext.plain_text(once)
        assert "<script" not in once
        assert "onerror" not in once


def test_deep_nesting_is_no_danger():
    assert richtext.sanitise("<section>" * 5000 + "文" + "</section>" * 5000) == "<p>文</p>"
    assert "文" in richtext.sanitise("<b style='mso-x'>" * 5000 + "文")
