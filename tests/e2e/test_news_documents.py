"""A document from draft to archive, as an editor, a reviewer, branch secretaries and an ordinary member see it."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from modules.news.models import Circulation, Column, Document
from modules.news.services import documents, update_column
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import PASSWORD, make_user
from tests.modules.news import kit
from tests.support.server import live_server

from .conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
DESK = {"width": 1366, "height": 768}
BRANCHES, SIGNED = 12, 9
TITLE = "关于开好年度组织生活会的通知"


@pytest.fixture
def branches(fresh_tenant):
    """Twelve, each with a secretary; documents need a review."""
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=Actor.system())
    with tenant_scope(fresh_tenant):
        column = Column.objects.get(code="documents")
        update_column(column_id=column.pk, needs_review=True, actor=Actor.system())
        units = [kit.make_unit(f"第{number:02}支部") for number in range(1, BRANCHES + 1)]
        return [(unit, kit.secretary_of(unit, "书记", f"shuji{number:02}")) for number, unit in enumerate(units, 1)]


@pytest.fixture
def enter(browser, fresh_tenant, tmp_path):
    """``enter("bianji", path, viewport)``: that user's browser there."""
    problems = []
    with live_server(log=tmp_path / "web.log") as port:

        def go(name, path, viewport):
            page = browser.new_context(viewport=viewport, locale="zh-CN").new_page()
            page.set_default_timeout(10_000)
            page.on("console", lambda told: told.type == "error" and problems.append(told.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("dialog", lambda dialog: dialog.accept())
            page.goto(f"http://{fresh_tenant.host}:{port}/login/?next={path}")
            page.fill("[name=username]", name)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(f"**{path}")
            return page

        yield go
    assert [told for told in problems if "Cross-Origin-Opener-Policy" not in told and "404" not in told] == []


def fits(page):
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_from_draft_to_archive(enter, branches, fresh_tenant):
    make_user(fresh_tenant, "bianji", "editor", display_name="王编辑")
    make_user(fresh_tenant, "shenhe", "reviewer", display_name="陈审核")
    make_user(fresh_tenant, "chengyuan", "member", display_name="李成员")

    desk = enter("bianji", "/console/news/new/?kind=document", DESK)
    desk.fill("[name=title]", TITLE)
    desk.click("#id_body-rich")
    desk.keyboard.type("请于本月底前召开，会后一周内报送记录。")
    desk.fill("[name=details-number]", "机党发〔2026〕12号")
    for box in desk.locator("[name=details-units]").all():
        box.check()
    desk.click("text=保存草稿")
    desk.wait_for_selector("text=草稿已保存")
    assert fits(desk)
    desk.click("text=送审")
    desk.click("text=确认送审")
    desk.wait_for_selector("text=已送审")

    phone = enter("shenhe", "/todos/", PHONE)
    phone.click(f"text={TITLE}")
    assert fits(phone)
    phone.click("button:has-text('同意')")
    phone.wait_for_load_state()
    with tenant_scope(fresh_tenant):
        article = Document.objects.get().article
        assert article.is_published

    phone = enter("shuji01", "/news/documents/", PHONE)
    phone.click(f"text={TITLE}")
    phone.fill("[name=opinion]", "已安排在周三")
    assert fits(phone)
    phone.click("text=代表第01支部签收")
    phone.wait_for_selector("text=已签收")
    with tenant_scope(fresh_tenant):
        for unit, secretary in branches[1:SIGNED]:
            documents.sign(article_id=article.pk, unit_id=unit.pk, actor=kit.actor_of(secretary), at=now())

    desk.goto(desk.url.split("/console/")[0] + f"/console/news/{article.pk}/preview/")
    desk.click("text=提醒未签收的组织")
    desk.wait_for_selector("text=已提醒 3 个组织")
    late = enter("shuji12", "/notices/", PHONE)
    assert late.locator(f"text=请签收：{TITLE}").count() == 1
    early = enter("shuji02", "/notices/", PHONE)
    assert early.locator("text=请签收：").count() == 0
    stranger = enter("chengyuan", "/news/", PHONE)
    assert stranger.locator(f"text={TITLE}").count() == 0
    assert stranger.goto(stranger.url + f"{article.pk}/").status == 404

    desk.fill("[name=number]", "2026-永-0012")
    desk.click("button:has-text('归档')")
    desk.wait_for_selector("text=已归档")
    desk.click("text=传阅轨迹")
    trace = desk.inner_text("main")
    assert fits(desk)
    for words, count in (("送审", 1), ("已安排在周三", 1)):
        assert trace.count(words) >= count
    with tenant_scope(fresh_tenant):
        assert Circulation.objects.filter(signed_at=None).count() == BRANCHES - SIGNED
        assert Circulation.objects.filter(reminded_count=1).count() == BRANCHES - SIGNED
    assert desk.locator("td:text-is('签收')").count() == SIGNED
    assert desk.locator("td:text-is('归档')").count() == 1
