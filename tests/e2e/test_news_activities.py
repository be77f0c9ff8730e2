"""From the phone's list of activities to a place, and ticking off who came, in a real browser without surprises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from modules.news.models import Activity, SignUp
from modules.news.services.activities_signing import sign_up
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import PASSWORD, make_user
from tests.modules.news import kit
from tests.support.server import live_server

from .conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def article(fresh_tenant):
    """With two places, one of them taken."""
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=Actor.system())
    early = make_user(fresh_tenant, "laoli", "member", display_name="李建国")
    starts_at = now() + DAY
    details = {"starts_at": starts_at, "ends_at": starts_at + HOUR, "place": "湿地公园南门停车场", "capacity": 2}
    with tenant_scope(fresh_tenant):
        article = kit.publish(kit.write(column="notices", title="周五义务植树活动通知", details=details))
        sign_up(article_id=article.pk, actor=Actor.for_user(early), at=now(), note="自带车，可捎两人")
    return article


@pytest.fixture
def visit(browser, fresh_tenant, article, tmp_path):
    """``visit("bianji", "editor", path)``: a signed-in browser there."""
    problems = []
    with live_server(log=tmp_path / "web.log") as port:

        def go(name, role, path, viewport):
            make_user(fresh_tenant, name, role, display_name="王芳")
            page = browser.new_context(viewport=viewport, locale="zh-CN").new_page()
            page.set_default_timeout(10_000)
            page.on("console", lambda told: told.type == "error" and problems.append(told.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.goto(f"http://{fresh_tenant.host}:{port}/login/?next={path}")
            page.fill("[name=username]", name)
            page.fill("[name=password]", PASSWORD)
            page.press("[name=password]", "Enter")
            page.wait_for_url(f"**{path}")
            return page

        yield go
    assert [told for told in problems if "Cross-Origin-Opener-Policy" not in told] == []


def fits(page):
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_member_finds_an_activity_and_comes(visit, article, fresh_tenant):
    page = visit("wangfang", "member", "/news/activities/", PHONE)
    assert fits(page)
    page.click("text=周五义务植树活动通知")
    page.fill("[name=note]", "带铁锹")
    page.click("text=我要报名")
    page.wait_for_selector("text=您已报名成功")
    assert fits(page)
    with page.expect_download() as download:
        page.click("text=加到手机日历")
    assert download.value.suggested_filename == "activity.ics"
    with tenant_scope(fresh_tenant):
        assert SignUp.objects.get(note="带铁锹").state == "joined"


def test_organisers_tick_off_who_came(visit, article, fresh_tenant):
    with tenant_scope(fresh_tenant):
        Activity.objects.update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)
    page = visit("bianji", "editor", f"/console/news/activities/{article.pk}/sign-ups/", {"width": 1366, "height": 768})
    page.check("[name=present]")
    page.click("text=保存签到")
    page.wait_for_selector("text=本页 1 人到场")
    assert fits(page) and page.is_checked("[name=present]")
