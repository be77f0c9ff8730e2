"""From an assignment to the board: learned and examined on two terminals, certified, credited, rewarded, and private until decided."""

from __future__ import annotations

import pytest
from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role
from jiceng.events import delivering as outbox
from jiceng.kernel import module_settings
from jiceng.kernel.clock import now
from modules.study.models import Assignment, Certificate
from modules.study.services import delivering
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import make_user
from tests.modules.study import exam_kit, kit
from tests.support.client import HostClient

from .conftest import DESK, PHONE
from .test_study import fits, stage  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def course(fresh_tenant):
    """Three lessons and an exam of three questions, with a certificate; points are on, boards are not open."""
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="rankings", is_on=True, actor=Actor.system())
    with tenant_scope(fresh_tenant):
        module_settings.write("points", {"is_on": True}, expected_version=0, changed_by="t")
        course = kit.make_course(class_hours="2", gives_certificate=True)
        paper = exam_kit.make_paper(exam_kit.SINGLE, exam_kit.TRUE, exam_kit.FILL)
        exam_kit.make_exam(paper, course_id=course.pk, opens_at=now(), closes_at=now().replace(year=now().year + 1))
        return course


@pytest.fixture
def people(fresh_tenant):
    """A member and a secretary of one branch, a third person there, and an administrator."""
    administrator = make_user(fresh_tenant, "guanli", "administrator", display_name="管理员")
    with tenant_scope(fresh_tenant):
        branch = kit.make_unit("第一支部")
        member = kit.make_person("成员甲", branch, login="chengyuan").user
        secretary = kit.make_person("书记乙", branch, login="shuji").user
        assign_role(user=secretary, role="secretary", actor=kit.SYSTEM, unit_path=branch.path)
        kit.make_person("成员丙", branch)
    return member, secretary, administrator


def work(tenant) -> None:
    """What a worker does with the events that wait."""
    with tenant_scope(tenant):
        for _round in range(3):
            with transaction.atomic():
                claimed = outbox.claim(at=now(), limit=200)
            for one in claimed:
                attempt = outbox.begin(one.id, name=one.name)
                if attempt is not None:
                    outbox.perform(one.id, attempt=attempt, modules=None)


def assign(desk, address, tenant) -> None:
    """The secretary asks the branch."""
    desk.goto(f"{address}/console/study/assignments/new/")
    desk.select_option("[name=what]", label="支部工作条例")
    desk.check("[name=audience-scope][value=some]")
    desk.check("[name=audience-units] >> nth=0")
    desk.click("main button.primary")
    desk.wait_for_selector("text=已布置")
    with tenant_scope(tenant):
        delivering.deliver_assignment(assignment_id=Assignment.objects.get().pk, at=now())


def learn(phone, other, address) -> None:
    """The first lesson on the phone, the others at a desk."""
    phone.goto(f"{address}/study/")
    phone.click("text=支部工作条例 >> nth=0")
    phone.click("text=开始学习")
    phone.click("text=我已读完")
    other.goto(f"{address}/study/")
    other.click("text=上次学到")
    for _lesson in range(2):
        other.click("text=我已读完")
        other.wait_for_selector("text=已学完")


def sit(phone, other, address) -> None:
    """Begun on the phone, taken over at a desk, handed in there."""
    phone.goto(f"{address}/study/exams/")
    phone.click("text=结业考试")
    assert fits(phone)
    phone.click("text=开始考试")
    phone.click("label:has-text('每季度')")
    phone.wait_for_selector("[data-saved]:not([hidden])")
    assert fits(phone)
    other.goto(phone.url)
    other.click("button:has-text('在这里继续')")
    assert other.is_checked("label:has-text('每季度') input")
    other.click("button:has-text('下一题')")
    other.click("label:has-text('正确')")
    other.click("button:has-text('下一题')")
    other.fill("[name=blank] >> nth=0", "书记")
    other.fill("[name=blank] >> nth=1", "季度")
    other.click("button:has-text('检查并交卷')")
    other.wait_for_selector("text=全部答完了")
    other.click("button:has-text('交卷')")
    other.wait_for_selector("h1:has-text('合格')")


def test_from_an_assignment_to_the_board(stage, fresh_tenant, course, people):  # noqa: F811
    address, open_page = stage
    member, secretary, administrator = people
    assign(open_page(secretary, DESK), address, fresh_tenant)
    phone, other = open_page(member, PHONE), open_page(member, DESK)
    learn(phone, other, address)
    with tenant_scope(fresh_tenant):
        assert not Certificate.objects.exists()  # the exam is still to come
    sit(phone, other, address)

    phone.goto(f"{address}/study/certificates/")
    phone.wait_for_selector("text=支部工作条例")
    assert fits(phone)
    code = phone.get_attribute("a:has-text('核验页')", "href")
    visitor = phone.context.browser.new_context(viewport=PHONE).new_page()
    visitor.goto(f"{address}{code}")
    visitor.wait_for_selector("text=证书有效")
    assert visitor.is_visible("text=成*")
    assert not visitor.is_visible("text=成员甲")
    phone.goto(f"{address}/study/hours/")
    phone.wait_for_selector("text=已修 2 学时")

    work(fresh_tenant)
    phone.goto(f"{address}/points/")
    for reason in ("学完课程：支部工作条例", "考试合格：结业考试", "学完课时：第1课"):
        phone.wait_for_selector(f"text={reason}")
    phone.wait_for_selector("text=累计 14 分")
    assert fits(phone)

    # Nobody sees a rank until somebody decides it, with a reason.
    phone.goto(f"{address}/rankings/")
    phone.wait_for_selector("text=减负模式")
    assert not phone.is_visible("text=组织排行")
    desk = open_page(administrator, DESK)
    desk.goto(f"{address}/console/rankings/relief/")
    desk.fill("[name=reason]", "支部大会决定试行一季度")
    desk.click("main button:has-text('关闭减负模式')")
    desk.wait_for_selector("text=排行榜对成员公开")
    phone.goto(f"{address}/rankings/")
    phone.click("text=组织排行")
    phone.wait_for_selector("text=人均 4.7")  # fourteen points among three people
    assert fits(phone)
    phone.click("text=第一支部")
    phone.wait_for_selector("text=积分从哪里来")
    desk.goto(f"{address}/console/rankings/relief/")
    desk.click("main button:has-text('开启减负模式')")
    desk.wait_for_selector("text=任何人都看不到排名")
    phone.goto(f"{address}/rankings/")
    assert not phone.is_visible("text=组织排行")
    assert HostClient(fresh_tenant).login_as(member).get("/rankings/units/").status_code == 302
