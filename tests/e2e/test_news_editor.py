"""The rich-text editor of news in a real browser: what is typed and clicked is what is stored; nothing breaks the CSP."""

from __future__ import annotations

import re

import pytest

from jiceng.access.actor import Actor
from jiceng.files.models import StoredFile
from modules.news.models import Article
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import PASSWORD, make_user
from tests.files import samples
from tests.support.server import live_server

from .conftest import DESK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def page(browser, fresh_tenant, tmp_path):
    """An editor's window on the page for a new article."""
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=Actor.system())
    make_user(fresh_tenant, "bianji", "editor", display_name="编辑")
    with live_server(log=tmp_path / "web.log") as port:
        page = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
        page.set_default_timeout(10_000)
        page.problems = []
        page.on("console", lambda told: told.type == "error" and page.problems.append(told.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(f"http://{fresh_tenant.host}:{port}/login/?next=/console/news/new/")
        page.fill("[name=username]", "bianji")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/console/news/new/")
        yield page


def test_rich_text_is_written_and_stored(page, fresh_tenant):
    page.fill("[name=title]", "排版")
    rich = page.locator("[contenteditable=true]")
    rich.click()
    page.click("[data-block=h2]")
    page.keyboard.type("标题")
    page.keyboard.press("Enter")
    page.click("[data-block=p]")
    page.click("[data-command=bold]")
    page.keyboard.type("粗")
    page.click("[data-command=bold]")
    page.keyboard.type("细")
    page.keyboard.press("Enter")
    with page.expect_file_chooser() as chooser:
        page.click("[data-image]")
    chooser.value.set_files({"name": "现场.png", "mimeType": "image/png", "buffer": samples.picture(fmt="PNG")})
    page.wait_for_selector(".rich img")
    page.set_input_files(
        "[name=cover_upload]", {"name": "封.png", "mimeType": "image/png", "buffer": samples.picture(fmt="PNG")}
    )
    page.wait_for_selector("#cover img[src^='data:']")
    page.click("form .actions button.primary")
    page.wait_for_url(re.compile(r"/console/news/[0-9a-f-]{36}/"))
    with tenant_scope(fresh_tenant):
        article = Article.objects.get()
        picture = StoredFile.objects.exclude(pk=article.cover_id).get()
        assert picture.owner == f"news.article:{article.pk}"
    body = article.body
    assert body.startswith("<h2>标题</h2>")
    assert re.search(r"<p><(b|strong)>粗</\1>细</p>", body)
    assert f'<img src="{picture.url()}" alt="现场">' in body
    assert page.locator(".rich h2").inner_text() == "标题"
    # Browsers remark on every plain-http host but localhost that they ignore this header.
    assert [told for told in page.problems if "Cross-Origin-Opener-Policy" not in told] == []


def test_a_refused_picture_is_told(page, fresh_tenant):
    with page.expect_file_chooser() as chooser:
        page.click("[data-image]")
    chooser.value.set_files({"name": "假.png", "mimeType": "image/png", "buffer": samples.EXE})
    page.wait_for_selector(".toast.error")
    assert "文件内容与扩展名不符" in page.inner_text(".toast.error")
    assert page.locator(".rich img").count() == 0
    with tenant_scope(fresh_tenant):
        assert not StoredFile.objects.exists()
