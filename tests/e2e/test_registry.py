"""A new administrator brings in the office's roster; a member finds a colleague and has a new phone number approved.

Everything in real windows: the messy workbook of 3,000 rows, its mended copy, the tree filled and rearranged, the phone.
"""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from jiceng.access.actor import Actor
from jiceng.access.services import create_role
from jiceng.members import sealing, services
from jiceng.members.models import Person, Unit
from tenants.context import tenant_scope
from tests.factories import PASSWORD, make_user
from tests.support.messy_roster import messy_roster
from tests.support.server import live_server
from tests.tenants.conftest import post, run_due  # noqa: F401  fixtures

from .conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
MANAGER = (
    "console.view", "members.read", "members.manage", "members.directory", "members.profile", "members.approve_changes",
    "workflow.view",
)  # fmt: skip
NEW_PHONE = "13987654321"


class Window:
    """One person's browser; what it complains of is kept."""

    def __init__(self, browser, base: str, username: str, size: dict[str, int]) -> None:
        self.base, self.problems = base, []
        self.page = browser.new_context(viewport=size, locale="zh-CN").new_page()
        self.page.set_default_timeout(20_000)
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.goto(f"{base}/login/?next=/about/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url("**/about/")

    def _note(self, told) -> None:
        if told.type == "error" and "Cross-Origin-Opener-Policy" not in told.text:
            self.problems.append(told.text)

    def go(self, path: str):
        self.page.goto(f"{self.base}{path}")
        is_wide = self.page.evaluate("document.documentElement.scrollWidth > innerWidth + 1")
        if is_wide:
            self.problems.append(f"{path} is wider than the window")
        return self.page

    def shows(self, text: str) -> None:
        self.page.wait_for_selector(f"text={text}")


@pytest.fixture
def story(browser, fresh_tenant, run_due, tmp_path):  # noqa: F811
    with tenant_scope(fresh_tenant):
        actor = Actor.system()
        role = create_role(name="组织管理员", permissions=list(MANAGER), actor=actor)
    make_user(fresh_tenant, "shuji", role.code, display_name="王书记")
    member = make_user(fresh_tenant, "lisi", "member", display_name="李四")
    with live_server(log=tmp_path / "web.log") as port:
        base = f"http://{fresh_tenant.host}:{port}"
        yield fresh_tenant, run_due, member, lambda name, size: Window(browser, base, name, size)


def test_from_a_messy_roster_to_an_approved_phone_number(story):
    tenant, background, member, window = story
    messy = messy_roster(3000)
    desk = window("shuji", DESK)
    _import(desk, background, "名册.xlsx", messy.content, creates_units=True)
    assert _counts(desk) == {"总行数": 3000, "新增": 2997, "更新": 0, "无变化": 0, "疑似重复": 2, "错误": 1}
    _apply(desk, background)
    mended = _mend(desk, messy)
    _import(desk, background, "名册（改正）.xlsx", mended, creates_units=True)
    assert _counts(desk) == {"总行数": 3000, "新增": 1, "更新": 0, "无变化": 2997, "疑似重复": 2, "错误": 0}
    _apply(desk, background)
    with tenant_scope(tenant):
        assert Person.objects.count() == messy.people
        assert set(Unit.objects.filter(tree="party").values_list("name", flat=True)) == set(messy.branches)
    _drag_a_branch(desk, tenant)
    me = _link(tenant, member)
    phone = window("lisi", PHONE)
    _find_a_colleague(phone)
    _ask_for_a_new_number(phone)
    _approve_on_the_phone(window("shuji", PHONE))
    with tenant_scope(tenant):
        changed = Person.objects.get(pk=me)
        assert sealing.phone_of(changed) == NEW_PHONE
    assert desk.problems + phone.problems == []


def _import(desk: Window, background, name: str, content: bytes, *, creates_units: bool) -> None:
    page = desk.go("/console/people/imports/new/")
    page.set_input_files("[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.click("main form button.primary")
    page.wait_for_url("**/columns/")
    if creates_units:
        page.check("[name=creates_units]")
    page.click("main button:has-text('开始检查')")
    page.wait_for_url(lambda url: "columns" not in url)
    background()
    page.reload()


def _counts(desk: Window) -> dict[str, int]:
    lines = [tile.inner_text().split("\n") for tile in desk.page.locator(".tiles .stat").all()]
    return {line[0].strip(): int(line[-1].replace(",", "")) for line in lines}


def _apply(desk: Window, background) -> None:
    desk.page.click("button.primary:has-text('导入')")
    desk.page.wait_for_load_state()
    background()
    desk.page.reload()
    desk.shows("已导入")


def _mend(desk: Window, messy) -> bytes:
    """Download the error workbook, put the checksum right, as the administrator would in Excel."""
    with desk.page.expect_download() as waiting:
        desk.page.click("a:has-text('错误报告')")
    with open(waiting.value.path(), "rb") as file:
        book = load_workbook(file)
    faulty = [row for row in book.active.iter_rows(min_row=2) if "校验位不对" in str(row[-1].value)]
    assert len(faulty) == 1
    faulty[0][5].value = messy.right_number
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _drag_a_branch(desk: Window, tenant) -> None:
    page = desk.go("/console/people/?tree=party")
    line = page.locator("#tree .line")
    target = line.filter(has_text="第1党支部").first
    height = target.bounding_box()["height"]
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        line.filter(has_text="第2党支部").first.drag_to(target, target_position={"x": 30, "y": height * 0.5})
    page.wait_for_selector(".toast")
    with tenant_scope(tenant):
        assert Unit.objects.get(name="第2党支部").parent == Unit.objects.get(name="第1党支部")


def _link(tenant, member):
    """The member's login belongs to somebody of 第1党支部."""
    with tenant_scope(tenant):
        person = Person.objects.filter(memberships__unit__name="第1党支部").order_by("id").first()
        services.link_user(person_id=person.pk, user_id=member.pk, actor=Actor.system())
        return person.pk


def _find_a_colleague(phone: Window) -> None:
    page = phone.go("/directory/")
    page.fill("[name=q]", "dilireba")
    page.wait_for_selector("text=迪丽热巴·迪力木拉提")
    page.click(".contact a.item")
    page.wait_for_selector("h1:has-text('迪丽热巴·迪力木拉提')")
    assert page.locator("a[href^='tel:']").count() == 1


def _ask_for_a_new_number(phone: Window) -> None:
    page = phone.go("/mine/profile/request/phone/")
    page.fill("[name=phone]", "1398765432")
    page.click("main button.primary")
    phone.shows("手机号码应为 11 位")
    phone.problems[:] = [told for told in phone.problems if "422" not in told]  # the browser notes a refused form
    page.fill("[name=phone]", "139 8765 4321")
    page.click("main button.primary")
    page.wait_for_url("**/requests/**")
    phone.shows("审批中")


def _approve_on_the_phone(phone: Window) -> None:
    page = phone.go("/todos/")
    page.click("main a:has-text('手机号码')")
    phone.shows("139****4321")
    page.click("button[value=approve]")
    phone.shows("已同意")
    assert phone.problems == []
