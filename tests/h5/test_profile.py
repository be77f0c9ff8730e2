"""The personal centre on the phone."""

from __future__ import annotations

import uuid
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.access.models import Session
from jiceng.h5.mine.terminals import device_name
from jiceng.members import sealing, services
from jiceng.members.models import Consent, Disclosure, Person, PersonChange, ProfileChange
from jiceng.workflow.models import Assignment
from tenants.context import tenant_scope
from tests.factories.people import make_user
from tests.files.samples import pdf

OLD, NEW, OTHER = "13800138000", "13900139000", "13700137000"
PAGES = (
    "/mine/", "/mine/profile/", "/mine/profile/edit/", "/mine/profile/request/", "/mine/profile/request/phone/",
    "/mine/profile/request/document/", "/mine/history/", "/mine/seen/", "/mine/seen/?tab=known", "/mine/consents/",
    "/mine/export/", "/mine/terminals/",
)  # fmt: skip
MICROMESSENGER = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Mobile/15E148 MicroMessenger/8.0"


@pytest.fixture
def world(hongqi, member, client_for):
    """``phone``: the member's browser; ``other``: another person's, with a login of their own."""
    system = Actor.system("测试")
    other_user = make_user(hongqi, "other", "member", display_name="李四")
    with tenant_scope(hongqi):
        unit = services.create_unit(name="东支部", kind="party_branch", actor=system)
        made = [
            services.create_person(name=name, unit_id=unit.pk, phone=number, actor=system)
            for name, number in (("张三", OLD), ("李四", OTHER))
        ]
        for person, user in zip(made, (member, other_user), strict=True):
            services.link_user(person_id=person.pk, user_id=user.pk, actor=system)
    browsers = [client_for(hongqi).login_as(user) for user in (member, other_user)]
    return SimpleNamespace(
        person=made[0], other_person=made[1], phone=browsers[0], other=browsers[1], tenant=hongqi, system=system
    )


def text(response) -> str:
    return response.content.decode()


def phone_of(world) -> str:
    with tenant_scope(world.tenant):
        return sealing.phone_of(Person.objects.get(pk=world.person.pk))


def ask(client, phone=NEW, **extra):
    return client.post("/mine/profile/request/phone/", {"phone": phone, **extra})


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_and_shows_no_number(world, path):
    response = world.phone.get(path)
    assert response.status_code == 200
    assert OLD not in text(response)
    assert OTHER not in text(response) and "李四" not in text(response)


@pytest.mark.parametrize("path", PAGES[1:-1])
def test_without_an_entry_the_pages_say_whom_to_ask(hongqi, editor, client_for, path):
    response = client_for(hongqi).login_as(editor).get(path)
    assert response.status_code == 200
    assert "还没有您的人员资料" in text(response)


@pytest.mark.parametrize("path", PAGES[1:])
def test_strangers_do_not_get_in(hongqi, stranger, client_for, path):
    assert client_for(hongqi).get(path).status_code == 302
    assert client_for(hongqi).login_as(stranger).get(path).status_code == 403


def test_the_hub_shows_who_one_is(world):
    page = text(world.phone.get("/mine/"))
    assert "张三" in page and "东支部" in page and "正式党员" in page


def test_own_numbers_are_shown_on_request(world):
    masked, shown = world.phone.get("/mine/profile/"), world.phone.post("/mine/profile/")
    assert "138****8000" in text(masked)
    assert OLD in text(shown) and "no-store" in shown["Cache-Control"]
    with tenant_scope(world.tenant):
        assert not Disclosure.objects.exists()


def test_light_fields_are_saved_and_faults_shown(world):
    good = {"office_phone": "", "email": "Me@example.com", "education": "本科", "version": "1"}
    assert world.phone.post("/mine/profile/edit/", good).status_code == 302
    bad = world.phone.post("/mine/profile/edit/", {**good, "email": "x", "version": "2"})
    assert bad.status_code == 422 and "name@example.com" in text(bad)
    stale = world.phone.post("/mine/profile/edit/", {**good, "email": "new@example.com", "version": "1"})
    assert stale.status_code == 409 and 'name="version" value="2"' in text(stale)
    assert world.phone.post("/mine/profile/edit/", {**good, "phone": NEW, "version": "²"}).status_code in (302, 409)
    with tenant_scope(world.tenant):
        person = Person.objects.get(pk=world.person.pk)
        assert (person.email, person.version) == ("me@example.com", 2)
    assert phone_of(world) == OLD


def test_a_new_phone_is_asked_for_approved_on_the_phone_and_in_force(world, secretary, client_for, hongqi):
    refused = ask(world.phone, phone="123")
    assert refused.status_code == 422 and 'aria-invalid="true"' in text(refused)
    sent = ask(world.phone, note="换号了", evidence=[SimpleUploadedFile("证明.pdf", pdf())])
    assert sent.status_code == 302
    assert "审批中" in text(world.phone.get("/mine/"))
    page = text(world.phone.get(sent["Location"]))
    assert "139****9000" in page and NEW not in page and "撤回申请" in page
    boss = client_for(hongqi).login_as(secretary)
    with tenant_scope(hongqi):
        waiting = Assignment.objects.select_related("case").get(state="open")
    assert "修改个人信息：手机号码" in text(boss.get("/todos/"))
    case_url = f"/todos/cases/{waiting.case_id}/"
    page = text(boss.get(case_url))
    assert "138****8000" in page and "139****9000" in page and "证明.pdf" in page
    decided = boss.post(case_url, {"deed": "approve", "assignment": waiting.pk, "version": waiting.case.revision})
    assert decided.status_code == 302
    assert phone_of(world) == NEW
    assert "已生效" in text(world.phone.get(sent["Location"]))


def test_approvers_see_the_new_number_for_a_reason(world, secretary, client_for, hongqi):
    ask(world.phone)
    with tenant_scope(hongqi):
        url = f"/profile-changes/{ProfileChange.objects.get().pk}/"
    boss = client_for(hongqi).login_as(secretary)
    assert NEW not in text(boss.get(url))
    assert boss.post(url, {"reason": "看"}).status_code == 422
    assert world.other.get(url).status_code == 403
    assert world.phone.post(url, {"reason": "核对手机号码"}).status_code == 403
    with tenant_scope(hongqi):
        assert not Disclosure.objects.exists()
    assert NEW in text(boss.post(url, {"reason": "核对手机号码"}))
    assert "核对手机号码" in text(world.phone.get("/mine/seen/"))


def test_requests_and_changes_of_others_are_not_found(world):
    asked = ask(world.phone)["Location"]
    world.phone.post("/mine/profile/edit/", {"email": "a@example.com", "version": "1"})
    with tenant_scope(world.tenant):
        change = PersonChange.objects.get(person=world.person, version=2)
    for url, method in (
        (asked, "get"), (f"{asked}withdraw/", "post"), (f"/mine/history/{change.pk}/undo/", "post"),
        (f"/mine/profile/requests/{uuid.uuid4()}/", "get"),
    ):  # fmt: skip
        assert getattr(world.other, method)(url).status_code == 404, url
    assert world.phone.get("/mine/profile/request/salary/").status_code == 404
    with tenant_scope(world.tenant):
        assert ProfileChange.objects.get().state == "pending"
        assert Person.objects.get(pk=world.person.pk).email == "a@example.com"
    assert world.phone.post(f"/mine/history/{change.pk}/undo/").status_code == 302
    assert world.phone.post(f"{asked}withdraw/").status_code == 302


def test_evidence_is_served_to_nobody_else(world):
    page = text(world.phone.get(ask(world.phone, evidence=[SimpleUploadedFile("证明.pdf", pdf())])["Location"]))
    url = page.partition('href="/files/')[2].partition('"')[0]
    assert world.phone.get(f"/files/{url}").status_code == 200
    assert world.other.get(f"/files/{url}").status_code == 404


def test_agreeing_and_taking_it_back_are_one_tap_each(world):
    for deed in ("grant", "withdraw"):
        sent = world.phone.post("/mine/consents/", {"purpose": "photo_showcase", "deed": deed})
        assert sent.status_code == 302
    assert world.phone.post("/mine/consents/", {"purpose": "x", "deed": "grant"}).status_code == 404
    with tenant_scope(world.tenant):
        row = Consent.objects.get()
    assert row.withdrawn_at is not None and row.text_hash[:12] in text(world.phone.get("/mine/consents/"))


def test_taking_the_data_along_needs_a_recent_login(world):
    answer = world.phone.post("/mine/export/")
    assert answer["Content-Type"] == "application/zip" and answer.content[:2] == b"PK"
    session = world.phone.session
    with tenant_scope(world.tenant):
        session["jc_proved_at"] = 0
        session.save()
    assert world.phone.post("/mine/export/")["Location"].startswith("/login/again/")


def test_signing_out_elsewhere(world, member, client_for, hongqi):
    elsewhere = client_for(hongqi).login_as(member)
    with tenant_scope(hongqi):
        Session.objects.filter(user=member).update(agent=MICROMESSENGER)
        foreign = Session.objects.exclude(user=member).first().key_hash
    page = text(world.phone.get("/mine/terminals/"))
    assert page.count("微信（iPhone）") == 2 and page.count("本机") == 2
    assert world.phone.post("/mine/terminals/", {"end": foreign}).status_code == 404
    assert world.phone.post("/mine/terminals/", {"others": "1"}).status_code == 302
    assert elsewhere.get("/mine/terminals/").status_code == 302
    assert world.phone.get("/mine/terminals/").status_code == 200
    assert world.other.get("/mine/terminals/").status_code == 200


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (MICROMESSENGER, "微信（iPhone）"),
        ("Mozilla/5.0 (Linux; Android 14) wxwork/4 MicroMessenger/7 Mobile", "企业微信（安卓手机）"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile", "手机浏览器（安卓手机）"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64)", "电脑浏览器（Windows）"),
        ("curl/8", "其他程序"),
    ],
)
def test_devices_have_names_that_people_know(agent, name):
    assert device_name(agent) == name


def test_the_history_costs_the_same_for_one_and_three(world):
    world.phone.get("/mine/history/")
    counts = []
    for rounds in (0, 2):
        with tenant_scope(world.tenant):
            for number in range(rounds):
                services.update_person(person_id=world.person.pk, values={"title": f"职务{number}"}, actor=world.system)
        with CaptureQueriesContext(connection) as queries:
            assert world.phone.get("/mine/history/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
