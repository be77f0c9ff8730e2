"""The inbox and cases on the phone and in the console."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import resolve, reverse

from jiceng.workflow import services
from jiceng.workflow.models import Case, Definition, StandIn, Todo
from tenants.context import tenant_scope
from tests.workflow import sample
from tests.workflow.conftest import actor, start, waiting

TENANT = settings.URLCONF_TENANT


@pytest.fixture
def browser(client_for, login, hongqi):
    return lambda user: login(client_for(hongqi), user)


def url(name: str, *args: object) -> str:
    return reverse(name, urlconf=TENANT, args=args)


def case_urls(case) -> tuple[str, str]:
    return url("h5-workflow-case", case.pk), url("console-workflow-case", case.pk)


def post(client, path, case, deed, **more):
    with tenant_scope(client.tenant):
        sent = {"deed": deed, "assignment": waiting(case).pk, "version": Case.objects.get(pk=case.pk).revision}
    return client.post(path, {**sent, **more})


def test_entries_lead_to_their_case(case, browser, staff):
    assert resolve(waiting(case).todo.url, TENANT).url_name == "h5-workflow-case"
    phone = browser(staff.east)
    assert case.title in phone.get(url("h5-workflow-todos")).text
    assert case.title in phone.get("/").text
    page = phone.get(waiting(case).todo.url)
    assert "138****0000" in page.text and "139****0000" in page.text
    assert 'value="approve"' in page.text


@pytest.mark.parametrize("surface", [0, 1], ids=["h5", "console"])
def test_deciding(case, hongqi, client_for, login, staff, told, surface):
    path = case_urls(case)[surface]
    first, chief = (login(client_for(hongqi), user) for user in (staff.chief, staff.chief))
    assert first.post(path, {"deed": "approve", "assignment": waiting(case).pk}).status_code == 302
    refused = chief.post(path, {"deed": "reject", "assignment": waiting(case).pk, "comment": ""})
    assert refused.status_code == 422
    assert told == []
    chief.post(path, {"deed": "reject", "assignment": waiting(case).pk, "comment": "不符合"})
    assert told == [("s1", "rejected")]
    assert "不符合" in chief.get(path).text


@pytest.mark.parametrize("who", ["west", "stranger"])
def test_those_not_concerned_see_and_change_nothing(case, browser, staff, who, facts):
    client, before = browser(getattr(staff, who)), facts()
    expected = {"west": (404, 403), "stranger": (403, 403)}[who]  # west is a member, who never enters the console
    for path, status in zip(case_urls(case), expected, strict=True):
        assert client.get(path).status_code in (status, 404)
        answer = client.post(path, {"deed": "approve", "assignment": waiting(case).pk})
        assert answer.status_code in (403, 404, 422)
        assert case.title not in answer.text
    assert facts() == before
    if who == "west":
        assert case.title not in client.get(url("h5-workflow-todos")).text


def test_applicant_completes_and_withdraws(case, browser, staff, told):
    path, phone = case_urls(case)[0], browser(staff.applicant)
    assert 'value="approve"' not in phone.get(path).text
    answer = phone.post(path, {"deed": "approve", "assignment": waiting(case).pk})
    assert answer.status_code == 403
    services.return_case(assignment_id=waiting(case).pk, actor=actor(staff.east), at=case.started_at, comment="补照片")
    assert "补照片" in phone.get(path).text
    assert f"请补正：{case.title}" in phone.get(url("h5-workflow-todos")).text
    assert phone.post(path, {"deed": "resubmit", "comment": "已补"}).status_code == 302
    assert phone.post(path, {"deed": "withdraw"}).status_code == 302
    assert told == [("s1", "withdrawn")]
    assert case.title in phone.get(url("h5-workflow-todos") + "?tab=mine").text


def test_handing_on(case, browser, staff):
    path, phone = case_urls(case)[0], browser(staff.east)
    sent = {"assignment": waiting(case).pk, "version": case.revision}
    unknown = phone.post(path, {**sent, "deed": "delegate", "user": "没有的人"})
    assert unknown.status_code == 422 and "没有找到这个人" in unknown.text
    assert phone.post(path, {**sent, "deed": "delegate", "user": "west"}).status_code == 302
    assert waiting(case).user == staff.west
    stale = browser(staff.west).post(path, {"deed": "approve", "assignment": waiting(case).pk, "version": 1})
    assert stale.status_code == 409
    assert case.title in phone.get(url("h5-workflow-todos") + "?tab=done").text


@pytest.mark.parametrize("data", [{}, {"deed": "no"}, {"deed": "approve"}, {"deed": "approve", "assignment": "x"}])
def test_odd_posts_change_nothing(case, browser, staff, facts, data):
    before = facts()
    for path in case_urls(case):
        assert browser(staff.chief).post(path, data).status_code in (200, 404, 422)
    assert facts() == before


def test_console_lists_and_batch(case, browser, staff, told):
    other = start(staff.applicant, "s2")
    office = browser(staff.chief)
    for tab in ("open", "all"):
        assert case.title in office.get(url("console-workflow-approvals"), {"tab": tab}).text
    found = office.get(url("console-workflow-approvals"), {"tab": "all", "words": "s2", "state": "running"}).text
    assert other.title in found and case.title not in found
    ticked = {"assignment": [waiting(case).pk, waiting(other).pk, "x"]}
    assert "已同意 2 项" in office.post(url("console-workflow-approve_many"), ticked, follow=True).text
    assert set(Case.objects.values_list("step", flat=True)) == {1}


def step_rows(*rows: dict, version: int = 0) -> dict:
    data = {"version": version, "step-TOTAL_FORMS": len(rows), "step-INITIAL_FORMS": 2}
    for number, row in enumerate(rows):
        data |= {f"step-{number}-{name}": value for name, value in row.items()}
    return data


def row(label, order, **changes):
    return {"label": label, "who": "role:editor", "users": "", "scope": "unit", "days": 2, "ORDER": order, **changes}


def test_publishing_steps(in_hongqi, told, browser, staff):
    office, path = browser(staff.chief), url("console-workflow-workflow", sample.CODE)
    assert "试用流程" in office.get(url("console-workflow-workflows")).text
    assert "初审" in office.get(path).text
    rows = (
        row("初审", 3, code="review"),
        row("终审", 1, code="confirm", DELETE="on"),
        row("会签", 2, who="", users="east、west"),
    )
    assert office.post(path, step_rows(*rows)).status_code == 302
    steps = Definition.objects.get().steps
    assert [(step["code"], step["label"]) for step in steps] == [("step_1", "会签"), ("review", "初审")]
    assert steps[0]["who"] == {"users": [str(staff.east.pk), str(staff.west.pk)]}
    assert "east、west" in office.get(path).text
    assert office.post(path, step_rows(*rows)).status_code == 409  # made from version 0, which is no longer the newest
    for bad in (row("", 1), row("一", 1, who="", users=""), row("一", 1, who="", users="没有"), row("一", 1, days=0)):
        assert office.post(path, step_rows(rows[0], rows[0], bad, version=1)).status_code == 422
    assert browser(staff.east).post(path, step_rows(*rows, version=1)).status_code == 403
    assert Definition.objects.count() == 1


def test_stand_in_page(in_hongqi, browser, staff):
    phone, path = browser(staff.east), url("h5-workflow-stand_in")
    data = {"user": "west", "from_on": "2090-01-01", "until_on": "2090-01-07"}
    assert phone.post(path, {**data, "user": "east"}).status_code == 422
    assert phone.post(path, {**data, "until_on": "2089-01-01"}).status_code == 422
    assert phone.post(path, data).status_code == 302
    stand_in = StandIn.objects.get()
    assert "west" in phone.get(path).text
    assert browser(staff.west).post(url("h5-workflow-stand_in_end", stand_in.pk)).status_code == 404
    assert StandIn.objects.count() == 1
    assert phone.post(url("h5-workflow-stand_in_end", stand_in.pk)).status_code == 302
    assert not StandIn.objects.exists()


def test_the_other_tenant_sees_none_of_it(case, dongfeng, people, client_for, login):
    office = login(client_for(dongfeng), people(dongfeng).secretary)
    for path in case_urls(case):
        assert office.get(path).status_code == 404
        assert office.post(path, {"deed": "withdraw"}).status_code == 404
    with tenant_scope(dongfeng):
        assert not Todo.objects.exists()
    case.refresh_from_db()
    assert case.state == "running"
