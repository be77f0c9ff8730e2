"""The tree of units in a real browser: dragging, folding, both widths; nothing breaks the CSP."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import create_role
from jiceng.members import services
from jiceng.members.models import Unit
from tenants.context import tenant_scope
from tests.factories import PASSWORD, make_user
from tests.support.server import live_server

from .conftest import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def units(fresh_tenant):
    with tenant_scope(fresh_tenant):
        actor = Actor.system()
        role = create_role(name="组织管理员", permissions=["members.read", "members.manage"], actor=actor)
        top = services.create_unit(name="红旗党委", kind="party_committee", actor=actor)
        made = {"红旗党委": top}
        for name in ("甲支部", "乙支部", "丙支部"):
            made[name] = services.create_unit(name=name, kind="party_branch", parent_id=top.pk, actor=actor)
        services.create_unit(name="工会委员会", kind="union", actor=actor)
        services.create_person(name="张三", unit_id=made["甲支部"].pk, actor=actor)
    make_user(fresh_tenant, "zuzhi", role.code, display_name="组织员")
    return made


@pytest.fixture
def page(browser, fresh_tenant, units, tmp_path):
    """The window of somebody who manages all units, on the list of people."""
    with live_server(log=tmp_path / "web.log") as port:
        page = browser.new_context(viewport=DESK, locale="zh-CN").new_page()
        page.set_default_timeout(10_000)
        page.problems = []
        page.on("console", lambda told: told.type == "error" and page.problems.append(told.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(f"http://{fresh_tenant.host}:{port}/login/?next=/console/people/")
        page.fill("[name=username]", "zuzhi")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/console/people/")
        yield page


def children(tenant, parent: Unit) -> list[str]:
    with tenant_scope(tenant):
        return [unit.name for unit in Unit.objects.filter(parent=parent)]


def drag(page, what: str, onto: str, part: float) -> None:
    """Drop the line of ``what`` on ``onto``, ``part`` of the way down its line; waits for the answer."""
    target = page.locator("#tree .line", has_text=onto)
    target.wait_for()
    height = target.bounding_box()["height"]
    page.evaluate("document.querySelectorAll('#tree .line').forEach(line => line.dataset.old = '1')")
    page.locator("#tree .line", has_text=what).drag_to(target, target_position={"x": 30, "y": height * part})
    page.wait_for_selector("#tree:not(:has([data-old])) .line")


def test_units_are_dragged_to_a_place_and_into_another(page, fresh_tenant, units):
    drag(page, "丙支部", "甲支部", 0.1)
    assert children(fresh_tenant, units["红旗党委"]) == ["丙支部", "甲支部", "乙支部"]
    drag(page, "乙支部", "甲支部", 0.5)
    assert children(fresh_tenant, units["甲支部"]) == ["乙支部"]
    assert page.locator("#tree li li li .line").inner_text().startswith("乙支部")
    page.locator("#tree li li .fold summary").click()
    assert not page.locator("#tree .line", has_text="乙支部").is_visible()
    assert [told for told in page.problems if "Cross-Origin-Opener-Policy" not in told] == []


@pytest.mark.parametrize("size", [PHONE, {"width": 1366, "height": 768}], ids=["phone", "desk"])
def test_pages_of_units_fit(page, units, size):
    page.set_viewport_size(size)
    one = f"people/units/{units['甲支部'].pk}/"
    paths = ["people/", one, f"{one}merge/", f"{one}split/", f"{one}dissolve/", f"{one}posts/new/", "people/units/as-of/",
             "people/units/kinds/"]  # fmt: skip
    start = page.url.partition("/console/")[0]
    for path in paths:
        page.goto(f"{start}/console/{path}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    assert [told for told in page.problems if "Cross-Origin-Opener-Policy" not in told] == []
