"""An organiser posts a shift; a member signs up in two taps, scans in and out, gets hours; a resident asks for help."""

from __future__ import annotations

import os
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from modules.volunteering.models import HelpRequest, HoursEntry, Shift, SignUp
from modules.volunteering.services import codes, hours, receipts
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import make_user
from tests.modules.volunteering import kit
from tests.support.client import HostClient
from tests.support.server import live_server

from .conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
SHANGHAI = ZoneInfo("Asia/Shanghai")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def stage(browser, fresh_tenant, tmp_path):
    """(address, ``open_page(viewport, user)``); ends with no complaint of the browser."""
    problems: list[str] = []
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="volunteering", is_on=True, actor=Actor.system())
    with live_server(log=tmp_path / "web.log") as port:
        address = f"http://{fresh_tenant.host}:{port}"

        def open_page(viewport, user=None):
            context = browser.new_context(viewport=viewport, locale="zh-CN")
            if user is not None:
                session = HostClient(fresh_tenant).login_as(user).cookies["jc_session"].value
                context.add_cookies([{"name": "jc_session", "value": session, "url": address}])
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.on("console", lambda told: told.type == "error" and problems.append(told.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            return page

        yield address, open_page
    assert [told for told in problems if "Cross-Origin-Opener-Policy" not in told] == []


def fits(page, name: str) -> bool:
    """Whether nothing sticks out. ``PICTURES``: a folder for pictures of every page looked at."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def post_a_project(desk, address) -> None:
    start = (now() + DAY).astimezone(SHANGHAI)
    desk.goto(f"{address}/console/volunteering/")
    desk.click("text=新建项目 >> nth=0")
    desk.fill("[name=title]", "周末清洁家园")
    desk.fill("[name=text]", "清理楼道杂物、捡拾绿地垃圾。手套和垃圾袋由社区准备。")
    desk.fill("[name=place]", "和平社区 3 号院")
    desk.fill("[name=skills]", "水电、驾驶")
    desk.fill("[name=insurance_note]", "由社区统一购买意外险。")
    desk.check("[name=is_public]")
    assert fits(desk, "desk_project_new")
    desk.click("main button.primary")
    desk.click("text=新增班次")
    desk.fill("[name=starts_at]", start.strftime("%Y-%m-%dT%H:%M"))
    desk.fill("[name=ends_at]", (start + 2 * HOUR).strftime("%Y-%m-%dT%H:%M"))
    desk.fill("[name=capacity]", "20")
    desk.fill("[name=meeting_point]", "社区服务站门口")
    desk.click("main button.primary")
    desk.click("button:has-text('发布')")
    desk.wait_for_selector("text=项目已发布")
    assert fits(desk, "desk_project")


def test_from_posting_to_a_certificate(stage, fresh_tenant):
    address, open_page = stage
    office = make_user(fresh_tenant, "bangong", "administrator", display_name="办公室")
    with tenant_scope(fresh_tenant):
        person = kit.make_person("成员甲", kit.make_unit("第一支部"), login="chengyuan")
        member = kit.actor_of(person).user
    desk, phone = open_page(DESK, office), open_page(PHONE, member)
    post_a_project(desk, address)

    # Two taps from the list to a place.
    phone.goto(f"{address}/volunteering/")
    assert fits(phone, "phone_list")
    phone.click("text=周末清洁家园")
    assert fits(phone, "phone_project")
    phone.click("button:has-text('报名')")
    phone.wait_for_selector("text=报名成功")
    assert fits(phone, "phone_shift")
    phone.goto(f"{address}/volunteering/mine/")
    assert fits(phone, "phone_mine")

    # In and out by the code on the organiser's screen.
    with tenant_scope(fresh_tenant):
        start = now() - HOUR
        Shift.objects.update(starts_at=start, ends_at=start + 2 * HOUR, closes_at=start)
        shift = Shift.objects.get()
    organiser = open_page(PHONE, office)
    organiser.goto(f"{address}/volunteering/shifts/{shift.pk}/code/")
    assert fits(organiser, "phone_code")
    for kind, button in (("in", "确认签到"), ("out", "确认签退")):
        with tenant_scope(fresh_tenant):
            token = codes.make(shift.pk, kind, at=now())
        phone.goto(f"{address}/volunteering/check/{token}/")
        assert fits(phone, f"phone_check_{kind}")
        phone.click(f"text={button}")
        phone.wait_for_selector("text=成功")
    with tenant_scope(fresh_tenant):
        row = SignUp.objects.get()
        assert row.checked_in_at and row.checked_out_at
        Shift.objects.update(starts_at=start - DAY, ends_at=start - DAY + 2 * HOUR, closes_at=start - DAY)
    verify_and_certify(desk, phone, address, fresh_tenant, shift)


def verify_and_certify(desk, phone, address, tenant, shift) -> None:
    desk.goto(f"{address}/console/volunteering/shifts/{shift.pk}/attendance/")
    assert fits(desk, "desk_attendance")
    desk.set_viewport_size(PHONE)
    assert fits(desk, "small_attendance")
    desk.set_viewport_size(DESK)
    desk.goto(f"{address}/console/volunteering/hours/")
    desk.click("text=去核实")
    desk.check("[name=row]")
    desk.fill("input.vol-hours", "2")
    desk.fill("[name=reason]", "按现场记录")
    assert fits(desk, "desk_verify")
    desk.click("text=核实勾选的人")
    desk.wait_for_selector("text=已核实 1 人")
    for name in ("statistics/", "hours/people/", "", "help/", "teams/"):
        desk.goto(f"{address}/console/volunteering/{name}")
        assert fits(desk, f"desk_{name.strip('/').replace('/', '_')}")
    desk.set_viewport_size(PHONE)
    for name in (f"shifts/{shift.pk}/", "hours/?show=all", "statistics/", "help/poster/"):
        desk.goto(f"{address}/console/volunteering/{name}")
        assert fits(desk, f"small_{name.split('/')[0]}")
    with tenant_scope(tenant):
        assert HoursEntry.objects.get().hours == 2
        assert hours.reads.standing_of(HoursEntry.objects.get().person, year=now().year).total == 2
    phone.goto(f"{address}/volunteering/shifts/{shift.pk}/")
    phone.check("[name=rating][value='5']")
    assert fits(phone, "phone_feedback")
    phone.click("text=提交评价")
    phone.wait_for_selector("text=谢谢您的评价")
    phone.goto(f"{address}/volunteering/hours/")
    assert fits(phone, "phone_hours")
    phone.click("text=开具服务证明")
    phone.wait_for_selector("text=兹证明")
    assert fits(phone, "phone_certificate")


def test_a_resident_asks_and_is_helped(stage, fresh_tenant):
    address, open_page = stage
    office = make_user(fresh_tenant, "bangong", "administrator", display_name="办公室")
    with tenant_scope(fresh_tenant):
        person = kit.make_person("成员甲", kit.make_unit("第一支部"), login="chengyuan")
        member = kit.actor_of(person).user
    resident, desk, phone = open_page(PHONE), open_page(DESK, office), open_page(PHONE, member)
    resident.goto(f"{address}/volunteering/")
    assert fits(resident, "public_list")
    resident.click("text=我需要帮助")
    for name, value in kit.ASKED.items():
        resident.fill(f"[name={name}]", value)
    resident.wait_for_timeout(4_000)
    assert fits(resident, "public_ask")
    resident.click("text=提交求助")
    resident.wait_for_selector("text=求助已收到")
    assert fits(resident, "public_thanks")
    desk.goto(f"{address}/console/volunteering/help/")
    with tenant_scope(fresh_tenant):
        case = HelpRequest.objects.get()
    desk.click(f"text={case.number}")
    desk.click("main button:has-text('受理')")
    desk.wait_for_selector("text=已受理")
    assert fits(desk, "desk_help_request")
    phone.goto(f"{address}/volunteering/help/open/")
    assert fits(phone, "phone_help_open")
    phone.click("text=旧柜子")
    phone.click("text=我来帮")
    phone.wait_for_selector("text=查看电话")
    assert fits(phone, "phone_help_request")
    phone.click("text=查看电话")
    phone.wait_for_selector("text=13800138000")
    phone.fill("[name=words]", "已经搬下楼")
    phone.click("button:has-text('完成')")
    phone.wait_for_selector("text=等居民确认")
    with tenant_scope(fresh_tenant):
        code = receipts.code_of(case)
    resident.goto(f"{address}/volunteering/help/receipt/")
    resident.fill("[name=number]", case.number)
    resident.fill("[name=code]", code)
    resident.click("button:has-text('查询')")
    resident.wait_for_selector("text=已经搬下楼")
    assert fits(resident, "public_receipt")
    resident.click("text=帮到了，确认完成")
    resident.wait_for_selector("text=已确认")
    with tenant_scope(fresh_tenant):
        assert HelpRequest.objects.get().state == "confirmed"
