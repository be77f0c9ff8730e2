"""通讯录 in a phone's browser: found while typing, called by a tap, large letters too."""

from __future__ import annotations

from datetime import date

import pytest
from django.conf import settings
from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.members import services
from jiceng.members.models import Post
from tenants.context import tenant_scope
from tests.factories import PASSWORD, make_user
from tests.support.server import live_server

from .conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
SYSTEM = Actor.system("测试")
NUMBER = "13912345678"
NAMES = ("阿依古丽·买买提", "包拯", "陈独秀", "丁宁", "欧阳华", "单雄信", "王五", "王六", "赵六")


@pytest.fixture
def roster(fresh_tenant):
    member = make_user(fresh_tenant, "chengyuan", "member", display_name="成员")
    with tenant_scope(fresh_tenant), transaction.atomic():
        office = services.create_unit(name="行政审批局", kind="department", actor=SYSTEM)
        top = services.create_unit(name="中共某市行政审批局机关委员会", kind="party_committee", actor=SYSTEM)
        branch = services.create_unit(name="政务大厅党支部", kind="party_branch", parent_id=top.pk, actor=SYSTEM)
        own = services.create_person(name="成员", unit_id=branch.pk, actor=SYSTEM)
        services.link_user(person_id=own.pk, user_id=member.pk, actor=SYSTEM)
        people = [
            services.create_person(
                name=name, unit_id=branch.pk, title="窗口工作人员", phone=f"1391234{5670 + place:04}", actor=SYSTEM,
                office_phone="010-87654321转801", email="name@example.test", birth_date=date(1990, 3, 5),
            )
            for place, name in enumerate(NAMES)
        ]  # fmt: skip
        services.update_person(person_id=people[4].pk, values={"phone": NUMBER}, actor=SYSTEM)
        services.join(person=people[4], body="staff", unit_id=office.pk, actor=SYSTEM)
        Post.objects.create(unit=branch, person=people[4], kind="secretary", started_on=date(2024, 1, 1))
    return {"tenant": fresh_tenant, "unit": branch, "person": people[4]}


@pytest.fixture
def open_page(browser, roster, tmp_path):
    """``open_page(username, size)``: a signed-in page and the address of the tenant."""
    problems: list[str] = []
    with live_server(log=tmp_path / "web.log") as port:
        base = f"http://{roster['tenant'].slug}.{settings.BASE_DOMAIN}:{port}"

        def open_for(username: str, size: dict[str, int]):
            page = browser.new_context(viewport=size, locale="zh-CN").new_page()
            page.set_default_timeout(10_000)
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.goto(f"{base}/login/")
            page.fill("[name=username]", username)
            page.fill("[name=password]", PASSWORD)
            page.click("main button")
            page.wait_for_load_state()
            return page, base

        yield open_for
    assert problems == []


def width_fits(page) -> bool:
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_found_while_typing_and_called_by_a_tap(open_page, roster):
    page, base = open_page("chengyuan", PHONE)
    page.goto(base)
    page.locator('a[href="/directory/"]').first.click()
    page.wait_for_url(f"{base}/directory/")
    assert width_fits(page)
    page.locator("input[name=q]").press_sequentially("oyh", delay=20)
    page.locator("text=找到 1 人").wait_for()
    assert page.locator(".contact").count() == 1
    assert page.locator(".call").get_attribute("href") == f"tel:{NUMBER}"
    assert page.url == f"{base}/directory/"
    page.locator(".contact .item").click()
    page.wait_for_url(f"{base}/directory/{roster['person'].pk}/")
    assert page.locator(f'a[href="tel:{NUMBER}"]').is_visible()
    page.context.add_cookies([{"name": "jc_mode", "value": "care", "url": base}])
    for path in (
        "directory/",
        "directory/units/",
        f"directory/units/{roster['unit'].pk}/",
        f"directory/{roster['person'].pk}/",
    ):
        page.goto(f"{base}/{path}")
        assert width_fits(page), path
        small = page.locator("main a:visible").evaluate_all(
            "links => links.filter(link => link.getBoundingClientRect().height < 44).map(link => link.outerHTML)"
        )
        assert small == [], path
