"""An editor makes a course and assigns it; a member learns it on two terminals; hours and the list show it."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from modules.study.models import Assignment, Course, HoursEntry, Lesson, Progress
from modules.study.services import delivering
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import make_user
from tests.modules.study import kit
from tests.support.client import HostClient
from tests.support.server import live_server

from .conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stage(browser, fresh_tenant, tmp_path):
    """(address, ``open_page(user, viewport)``); ends with no complaint of the browser."""
    problems: list[str] = []
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="study", is_on=True, actor=Actor.system())
    with live_server(log=tmp_path / "web.log") as port:
        address = f"http://{fresh_tenant.host}:{port}"

        def open_page(user, viewport):
            context = browser.new_context(viewport=viewport, locale="zh-CN")
            session = HostClient(fresh_tenant).login_as(user).cookies["jc_session"].value
            context.add_cookies([{"name": "jc_session", "value": session, "url": address}])
            page = context.new_page()
            page.set_default_timeout(10_000)
            page.on("console", lambda told: told.type == "error" and problems.append(told.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            return page

        yield address, open_page
    expected = ("Cross-Origin-Opener-Policy", "409 (Conflict)")  # the latter: finishing before the time is up
    assert [told for told in problems if not any(words in told for words in expected)] == []


def fits(page) -> bool:
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def make_a_course(desk, address) -> None:
    """Three lessons, the last one timed, as an editor would."""
    desk.goto(f"{address}/console/study/")
    desk.click("text=新建课程 >> nth=0")
    desk.fill("[name=title]", "支部工作条例导读")
    desk.fill("[name=class_hours]", "1.5")
    desk.check("[name=in_order]")
    desk.click("main button.primary")
    desk.fill(".study-new [name=title]", "第一章")
    desk.click("text=添加一章")
    for number, rule in ((1, "confirm"), (2, "confirm"), (3, "time")):
        desk.click("a.btn:has-text('添加课时')")
        desk.click("text=新建一份资料")
        desk.fill("[name=title]", f"第{number}课")
        desk.fill("[name=body]", "支部党员大会一般每季度召开一次。")
        desk.click("main button.primary")
        desk.select_option("[name=rule]", rule)
        if rule == "time":
            desk.fill("[name=needed_minutes]", "1")
        desk.click("main button.primary")
    desk.click("button:has-text('发布')")
    desk.wait_for_selector("text=已发布")


def test_a_course_on_two_terminals(stage, fresh_tenant):
    address, open_page = stage
    editor = make_user(fresh_tenant, "bianji", "administrator", display_name="编辑")
    with tenant_scope(fresh_tenant):
        member = kit.actor_of(kit.make_person("成员甲", kit.make_unit("第一支部"), login="chengyuan")).user
    desk = open_page(editor, DESK)
    make_a_course(desk, address)
    assert fits(desk)
    desk.click("text=布置学习 >> nth=0")
    desk.click("main button.primary")
    desk.wait_for_selector("text=已布置")
    with tenant_scope(fresh_tenant):
        course, task = Course.objects.get(), Assignment.objects.get()
        assert delivering.deliver_assignment(assignment_id=task.pk, at=now()) == 1
        lessons = list(Lesson.objects.order_by("position"))

    # On the phone: from the inbox to the first lesson, and a note.
    phone = open_page(member, PHONE)
    phone.goto(f"{address}/")
    phone.click("text=支部工作条例导读 >> nth=0")
    phone.click("text=开始学习")
    assert fits(phone)
    phone.fill("[name=text]", "每季度一次")
    phone.click("text=保存笔记")
    phone.wait_for_selector(".study-note")
    phone.click("text=我已读完")
    phone.wait_for_selector("h1:has-text('第2课')")

    # On another terminal it goes on where the phone was; the third lesson takes its time, which the server counts.
    other = open_page(member, DESK)
    other.goto(f"{address}/study/")
    other.click("text=上次学到：第2课")
    other.click("text=我已读完")
    other.wait_for_selector("text=还需学习")
    other.click("text=我已学满")
    other.wait_for_selector("text=还没有学满要求的时长")
    with tenant_scope(fresh_tenant):
        assert Progress.objects.get(lesson=lessons[2]).completed_at is None
        Progress.objects.filter(lesson=lessons[2]).update(effective_seconds=lessons[2].needed_seconds - 5)
    phone.goto(f"{address}/study/lessons/{lessons[2].pk}/")
    with phone.expect_response(lambda answer: answer.url.endswith("/time/"), timeout=40_000) as told:
        pass
    assert told.value.json()["is_done"]
    phone.wait_for_selector("text=已学满，点“完成”继续。")
    phone.click("text=我已学满")
    phone.wait_for_selector("text=学完。")
    phone.goto(f"{address}/study/hours/")
    phone.wait_for_selector("text=已修 1.5 学时")
    assert fits(phone)

    # The list shows it, and nothing waits any more.
    desk.goto(f"{address}/console/study/assignments/{task.pk}/?show=done")
    desk.wait_for_selector("text=成员甲")
    with tenant_scope(fresh_tenant):
        assert [str(entry.hours) for entry in HoursEntry.objects.filter(source_id=str(course.pk))] == ["1.5"]
