"""A colleague is scored with a few taps, a citizen scans and is answered: in a real browser, at phone width."""

from __future__ import annotations

import os
import re
from datetime import timedelta

import pytest
from django.db import connection

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from modules.appraisal.models import Assignment, FollowUp, Round, Subject
from modules.appraisal.services import running
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import PASSWORD, make_user
from tests.modules.appraisal import kit
from tests.support.server import live_server

from .conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
DESK = {"width": 1366, "height": 768}
DAY = timedelta(days=1)
PICTURES = os.environ.get("APPRAISAL_PICTURES", "")


@pytest.fixture
def branch(fresh_tenant):
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="appraisal", is_on=True, actor=Actor.system())
    make_user(fresh_tenant, "zhuren", "secretary", display_name="王主任")
    with tenant_scope(fresh_tenant):
        return kit.make_branch()


@pytest.fixture
def visit(browser, fresh_tenant, branch, tmp_path):
    """``visit(path, "p0")``: a browser there, signed in where a name is given."""
    problems = []
    with live_server(log=tmp_path / "web.log") as port:

        def go(path, name="", viewport=PHONE):
            page = browser.new_context(viewport=viewport, locale="zh-CN").new_page()
            page.set_default_timeout(10_000)
            page.on("console", lambda told: told.type == "error" and problems.append(told.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            base = f"http://{fresh_tenant.host}:{port}"
            if name:
                page.goto(f"{base}/login/?next={path}")
                page.fill("[name=username]", name)
                page.fill("[name=password]", PASSWORD)
                page.press("[name=password]", "Enter")
                page.wait_for_url(f"**{path}")
            else:
                page.goto(f"{base}{path}")
            return page

        yield go
    assert [told for told in problems if "Cross-Origin-Opener-Policy" not in told] == []


def fits(page, name=""):
    if PICTURES and name:
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_scoring_with_a_few_taps(visit, branch, fresh_tenant):
    with tenant_scope(fresh_tenant):
        at = now()
        round = kit.draft(branch, opens_at=at - DAY, closes_at=at + DAY, title="2026 年度党员民主评议")
        running.open_round(round_id=round.pk, actor=Actor.system(), at=at)
        mine = Assignment.objects.filter(reviewer=branch.people[0]).count()
    page = visit("/appraisal/", "p0")
    assert fits(page, "duties")
    page.click("text=待评 >> nth=0")
    assert fits(page, "score")
    for left in range(mine, 0, -1):
        for criterion in page.locator("fieldset.criterion").all():
            criterion.locator("label", has_text="良好").click()
        if left == mine:
            page.fill("[name=comment]", "工作踏实")
            page.click("text=存草稿")
            page.wait_for_selector("text=草稿已保存")
            page.click("text=待评 >> nth=0")
            assert page.input_value("[name=comment]") == "工作踏实"
        page.click("text=提交，下一位")
        page.wait_for_load_state()
    page.wait_for_selector("text=全部评完了")
    assert fits(page, "duties_done")
    with tenant_scope(fresh_tenant):
        assert not Assignment.objects.filter(reviewer=branch.people[0], state="pending").exists()
        for duty in kit.duties(round):
            if duty.state == "pending":
                kit.hand_in(duty, "8.5", "17", comment="群众反映好", at=now())
        manager = kit.actor_of(kit.make_person("管主任", None, "manager", roles=("administrator",)))
        running.close_round(round_id=round.pk, actor=manager, at=now())
    desk = visit(f"/console/appraisal/rounds/{round.pk}/results/", "zhuren", DESK)
    assert fits(desk, "results")
    with tenant_scope(fresh_tenant):
        running.publish_round(round_id=round.pk, actor=manager, at=now())
        subject = Subject.objects.get(person=branch.people[0])
        assert Round.objects.get().state == "published"
    page.goto(page.url.partition("/appraisal/")[0] + f"/appraisal/results/{subject.pk}/")
    assert fits(page, "result") and "怎么算出来的" in page.inner_text("main")


def test_a_citizen_is_answered(visit, branch, fresh_tenant):
    with tenant_scope(fresh_tenant):
        point = kit.point(branch.unit, place="政务大厅一楼东侧")
        kit.give(branch.secretary, "secretary", branch.unit)
    page = visit(f"/appraisal/s/{point.code}/")
    assert fits(page, "survey")
    page.click("label:has-text('很不满意')")
    page.fill("[name=text]", "排队两小时，没有人解释。")
    page.wait_for_timeout(2500)  # the form takes nobody who is faster than people are
    page.click("text=提交 >> nth=-1")
    page.wait_for_url("**/appraisal/thanks/**")
    assert fits(page, "thanks")
    number, code = page.inner_text("#number"), page.inner_text("#code")
    assert re.fullmatch(r"\d{6}", code)
    with tenant_scope(fresh_tenant):
        case = FollowUp.objects.get()
    staff = visit(f"/appraisal/follow-ups/{case.pk}/", "psecretary")
    assert fits(staff, "follow_up_open")
    staff.click("button:has-text('受理')")
    staff.fill("#reply", "已增开两个窗口，并安排引导员。给您添麻烦了。")
    staff.click("text=保存答复")
    staff.wait_for_selector("text=已答复，群众凭回执号能看到。")
    assert fits(staff, "follow_up")
    page.click("text=查询答复")
    page.fill("[name=number]", number)
    page.fill("[name=code]", code)
    page.click("button:has-text('查询')")
    page.wait_for_selector("text=已增开两个窗口")
    assert fits(page, "receipt")


def test_console_pages_fit(visit, branch, fresh_tenant):
    with tenant_scope(fresh_tenant):
        round, point = kit.draft(branch, title="2026 年度党员民主评议"), kit.point(branch.unit)
        at = now() - timedelta(hours=1)
        for number, grade in enumerate((5, 4, 5, 2, 5, 4, 3)):
            coming = kit.visit(point.code, at=at, address=f"198.51.{number}.1")
            kit.answer(point, grade, at=at, visit=coming, text="服务周到。" if grade > 3 else "等得久。")
    for size, viewport in (("desk", DESK), ("phone", PHONE)):
        page = visit("/console/appraisal/", "zhuren", viewport)
        base = page.url.partition("/console/")[0]
        for name, path in {
            "rounds": "", "round_new": "rounds/new/", "round": f"rounds/{round.pk}/", "round_open": f"rounds/{round.pk}/open/",
            "points": "points/", "point": f"points/{point.pk}/", "poster": f"points/{point.pk}/poster/", "answers": "answers/",
            "trend": "trend/", "follow_ups": "follow-ups/",
        }.items():  # fmt: skip
            answer = page.goto(f"{base}/console/appraisal/{path}")
            assert answer.status == 200 and fits(page, f"console_{name}_{size}"), name
    connection.close()
