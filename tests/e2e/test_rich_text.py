"""Hostile text in a real browser: title, summary and body of articles execute nothing and report nothing."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from modules.news.services import create_article, publish_article
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import PASSWORD, make_user
from tests.support.server import live_server

from .conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
RUN = "document.title='xss'"
PAYLOADS = (
    f"<script>{RUN}</script>", f"<ScRiPt >{RUN}</sCrIpT>", f"<script/x>{RUN}</script>", f"<img src=x onerror={RUN}>",
    f"<img src=x oNeRrOr={RUN}//>", f"<img/src/onerror={RUN}>", f"<svg onload={RUN}>", f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>", f"<svg><a xlink:href=\"javascript:{RUN}\"><text>x</text></a></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}></style></mglyph></table></mtext></math>",
    f"<math><mi//xlink:href=\"data:x,<script>{RUN}</script>\">", f"<body onload={RUN}>", f"<iframe src=\"javascript:{RUN}\"></iframe>",
    f"<iframe srcdoc=\"<script>parent.{RUN}</script>\"></iframe>", f"<object data=\"javascript:{RUN}\"></object>",
    f"<embed src=\"javascript:{RUN}\">", f"<a href=\"javascript:{RUN}\">点我</a>", f"<a href=\"java&#10;script:{RUN}\">点我</a>",
    f"<a href=\"&#106;&#97;vascript:{RUN}\">点我</a>", f"<a href=\" javascript:{RUN}\">点我</a>", f"<a href=\"vbscript:{RUN}\">点我</a>",
    f"<a href=\"data:text/html,<script>{RUN}</script>\">点我</a>", f"<form action=\"javascript:{RUN}\"><button>点我</button></form>",
    f"<button formaction=\"javascript:{RUN}\">点我</button>", f"<input autofocus onfocus={RUN}>", f"<select autofocus onfocus={RUN}>",
    f"<textarea autofocus onfocus={RUN}>", f"<details open ontoggle={RUN}>", f"<video><source onerror={RUN}></video>",
    f"<video poster=\"javascript:{RUN}\">", f"<audio src=x onerror={RUN}>", f"<marquee onstart={RUN}>", f"<keygen autofocus onfocus={RUN}>",
    "<meta http-equiv=refresh content=\"0;url=/logout/\">", "<base href=\"https://evil.test/\">", "<link rel=stylesheet href=//evil.test/x>",
    "<style>@import '//evil.test/x';body{display:none}</style>", "<p style=\"background:url(//evil.test/x)\">x</p>",
    "<div style=\"position:fixed;inset:0\">x</div>", f"</title><script>{RUN}</script>", f"</textarea><img src=x onerror={RUN}>",
    f"</p></div></main><img src=x onerror={RUN}>", f"<noscript><p title=\"</noscript><img src=x onerror={RUN}>\">",
    f"<template><script>{RUN}</script></template>", f"<!--><img src=x onerror={RUN}>-->", f"<!-- --!><img src=x onerror={RUN}>",
    f"<![CDATA[><img src=x onerror={RUN}>]]>", f"<xmp><p title=\"</xmp><img src=x onerror={RUN}>\">", f"<plaintext><img src=x onerror={RUN}>",
    f"<img srcset=\"x\" onerror={RUN}>", f"<img src=\"x`\" `onerror={RUN}>", f"<a href=x onmouseover={RUN}>x</a>", f"<p/onclick={RUN}>x</p>",
    f"<table background=\"javascript:{RUN}\"><tr><td onclick={RUN}>x", f"<x onclick={RUN} id=x tabindex=1 autofocus onfocus={RUN}>x</x>",
    f"<section><section style=\"animation:x\" onanimationstart={RUN}>x</section></section>", f"<p class=MsoNormal onmousemove={RUN}>x<o:p></o:p></p>",
    f"<p class=MsoListParagraph style=\"mso-list:l0\"><span style=\"mso-list:Ignore\"><img src=x onerror={RUN}></span>x</p>",
    f"<section data-src=x><img data-src=x src=x onerror={RUN}></section>", f"\u2028<script>{RUN}</script>", f"<a href=\"\u0001javascript:{RUN}\">x</a>",
    f"{{{{constructor.constructor('{RUN}')()}}}}", f"'\"><img src=x onerror={RUN}>", f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"<svg><foreignObject><img src=x onerror={RUN}></foreignObject></svg>", f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>",
    f"<h1 style=\"font-weight:bold\" onwheel={RUN}>x</h1>", f"<img src=\"/files/../logout/\" onerror={RUN}>", f"<dialog open onclose={RUN}>x</dialog>",
)  # fmt: skip
PER_ARTICLE = 6
# What somebody's hand might set off, short of leaving the page.
TOUCH = """document.querySelectorAll('main *').forEach(function (element) {
  ['mouseover', 'mousemove', 'focus', 'wheel', 'toggle', 'animationstart', 'error', 'load'].forEach(function (name) {
    element.dispatchEvent(new Event(name));
  });
});"""
WATCH = """window.reports = [];
document.addEventListener('securitypolicyviolation', function (event) { window.reports.push(event.violatedDirective + ' ' + event.blockedURI); });"""


@pytest.fixture
def articles(fresh_tenant):
    """Each payload in a body, some in title and summary as well."""
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=Actor.system())
    made = []
    with tenant_scope(fresh_tenant):
        for first in range(0, len(PAYLOADS), PER_ARTICLE):
            some = PAYLOADS[first : first + PER_ARTICLE]
            clean = [payload.replace("\u0001", "") for payload in some]
            fields = {
                "column": "releases", "title": clean[0][:100], "summary": clean[-1][:200], "body": "<p>前</p>" + "<p>中</p>".join(clean),
                "level": "public", "allows_comments": True,
            }  # fmt: skip
            article = create_article(fields=fields, actor=Actor.system(), at=now())
            made.append(publish_article(article_id=article.pk, actor=Actor.system(), at=now()))
    return made


def test_nothing_runs_and_nothing_is_reported(browser, fresh_tenant, articles, tmp_path):
    assert len(PAYLOADS) >= 60
    make_user(fresh_tenant, "bianji", "editor", display_name="王芳")
    dialogs: list[str] = []
    with live_server(log=tmp_path / "web.log") as port:
        home = f"http://{fresh_tenant.host}:{port}"
        context = browser.new_context(viewport=PHONE, locale="zh-CN")
        context.add_init_script(WATCH)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(f"{home}/login/?next=/news/")
        page.fill("[name=username]", "bianji")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/news/")
        paths = ["/news/", "/", "/console/news/"]
        for article in articles:
            paths += [f"/news/{article.pk}/", f"/console/news/{article.pk}/preview/", f"/console/news/{article.pk}/"]
        for path in paths:
            page.goto(home + path)
            page.evaluate(TOUCH)
            page.wait_for_timeout(30)
            assert page.title() != "xss", path
            assert page.evaluate("window.reports") == [], path
            assert (
                page.evaluate(
                    "document.querySelectorAll('main script:not([src]), main iframe, main object, main svg script').length"
                )
                == 0
            )
    assert dialogs == []
