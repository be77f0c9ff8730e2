"""/api/v1/people, memberships, units and posts: what programs read, write, and never see."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.kernel.clock import now
from jiceng.members import services
from jiceng.members.models import Disclosure, Membership, Person, PersonChange, Post, Unit
from tenants.context import tenant_scope

PEOPLE, UNITS, MEMBERSHIPS, POSTS = "/api/v1/people", "/api/v1/units", "/api/v1/memberships", "/api/v1/posts"
PHONE, ID_NUMBER = "13800138000", "11010519491231002X"


@pytest.fixture
def roster(hongqi) -> dict:
    with tenant_scope(hongqi):
        actor = Actor.system("系统")
        units = [
            services.create_unit(name=name, kind=kind, on=date(2020, 1, 1), actor=actor)
            for name, kind in (("一支部", "party_branch"), ("二支部", "party_branch"), ("综合科", "department"))
        ]
        first = services.create_person(
            name="张三", unit_id=units[0].pk, phone=PHONE, id_number=ID_NUMBER, employee_number="A1", actor=actor
        )
        second = services.create_person(name="李四", unit_id=units[1].pk, actor=actor)
    return {"units": units, "first": first, "second": second}


@pytest.fixture
def reading(client_for, api_key, hongqi):
    return client_for(hongqi, key=api_key(hongqi, ["members.read"]))


@pytest.fixture
def managing(client_for, api_key, hongqi):
    return client_for(hongqi, key=api_key(hongqi, ["members.read", "members.manage"]))


@pytest.fixture
def patch():
    def send(client, url: str, body, **headers: str):
        if "If-Match" not in headers:
            headers["If-Match"] = client.get(url).headers["ETag"]
        return client.patch(url, body, content_type="application/json", headers=headers)

    return send


def names(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [row["name"] for row in response.json()["results"]]


def state(tenant) -> tuple:
    with tenant_scope(tenant):
        return tuple(
            list(model.objects.order_by("pk").values_list("pk", "version"))
            for model in (Person, Unit, Membership, Post)
        )


def test_reading_shows_masks_and_never_the_numbers(reading, roster):
    found = reading.get(f"{PEOPLE}/{roster['first'].pk}")
    assert found.json()["phone_masked"] == "138****8000"
    assert [one["body"] for one in found.json()["memberships"]] == ["party"]
    for answer in (found, reading.get(PEOPLE), reading.get(f"{PEOPLE}?q={PHONE}"), reading.get(MEMBERSHIPS)):
        assert answer.status_code == 200
        assert PHONE not in answer.content.decode() and ID_NUMBER not in answer.content.decode()


def test_filters(reading, roster):
    first, second = roster["units"][:2]
    assert names(reading.get(PEOPLE)) == ["李四", "张三"]
    for query, wanted in (
        (f"unit={first.pk}", ["张三"]), (f"unit={second.pk}&body=party&membership_state=full", ["李四"]),
        ("body=staff", []), ("employee_number=A1", ["张三"]), ("q=zs", ["张三"]), (f"q={PHONE[-4:]}", ["张三"]),
        ("state=left", []),
    ):  # fmt: skip
        assert names(reading.get(f"{PEOPLE}?{query}")) == wanted, query


def test_numbers_in_clear_need_their_own_permission_and_leave_a_trace(
    reading, managing, client_for, api_key, hongqi, roster, post, refused
):
    url = f"{PEOPLE}/{roster['first'].pk}/reveal"
    body = {"fields": ["phone"], "reason": "工资系统核对"}
    for client in (reading, managing):
        answer = post(client, url, body)
        refused(answer, 403, "forbidden")
        assert PHONE not in answer.content.decode()
    entitled = client_for(hongqi, key=api_key(hongqi, ["members.read_sensitive"]))
    refused(post(entitled, url, {**body, "reason": "看"}), 400, "invalid")
    assert post(entitled, url, body).json() == {"phone": PHONE, "id_number": None}
    with tenant_scope(hongqi):
        seen = Disclosure.objects.get()
    assert (seen.kind, seen.fields, seen.actor_kind) == ("api", "phone", "api_key")


def test_a_session_proves_itself_again_before_it_reveals(client_for, login, hongqi, secretary, clock, roster, refused):
    client = login(client_for(hongqi), secretary)
    url = f"{PEOPLE}/{roster['first'].pk}/reveal"
    body = {"fields": ["id_number"], "reason": "核对证件号码"}
    assert client.post(url, body, content_type="application/json").json()["id_number"] == ID_NUMBER
    with clock(now() + timedelta(minutes=11)):
        refused(client.post(url, body, content_type="application/json"), 403, "recent_login_needed")


def test_creating_once(managing, roster, hongqi, post, refused):
    body = {"name": "王五", "phone": "139 0013 9000", "unit_id": str(roster["units"][0].pk), "started_on": "2024-05-04"}
    headers = {"Idempotency-Key": "hr-1"}
    made = post(managing, PEOPLE, body, **headers)
    assert made.status_code == 201, made.content
    assert made.json()["phone_masked"] == "139****9000"
    assert made.json()["memberships"][0]["started_on"] == "2024-05-04"
    assert post(managing, PEOPLE, body, **headers).json() == made.json()
    assert managing.get(made.headers["Location"]).json() == made.json()
    with tenant_scope(hongqi):
        assert PersonChange.objects.get(person_id=made.json()["id"]).source == "api"
        assert Person.objects.count() == 3
    refused(post(managing, PEOPLE, {"name": "赵六", "employee_number": "A1"}), 409, "employee_number_taken")


def test_changes_need_the_latest_version_and_name_what_was_overtaken(managing, roster, patch, refused):
    url = f"{PEOPLE}/{roster['first'].pk}"
    before = managing.get(url)
    refused(managing.patch(url, {"title": "科员"}, content_type="application/json"), 428, "precondition_required")
    assert patch(managing, url, {"title": "科员"}).json()["version"] == 2
    stale = patch(managing, url, {"title": "科长", "version": 1}, **{"If-Match": before.headers["ETag"]})
    refused(stale, 412, "precondition_failed")
    assert [fault["pointer"] for fault in stale.json()["errors"]] == ["/title"]
    assert managing.get(url).json()["title"] == "科员"


@pytest.mark.parametrize(
    "body",
    [
        {"name": ""}, {"name": "王\u0007五"}, {"name": "王五" * 60}, {"phone": "1380013800"}, {"phone": 13800138000},
        {"id_number": "110105194912310021"}, {"id_number": 1.10105e17}, {"birth_date": "2024-02-30"},
        {"birth_date": "2999-01-01"}, {"gender": "x"}, {"email": "a@"}, {"state": "left"}, {"id": "1"}, {"version": 0},
        {"name": None}, {"is_listed": "yes"}, [],
    ],
    ids=lambda body: json.dumps(body)[:40],
)  # fmt: skip
def test_faulty_values_change_nothing(managing, roster, hongqi, patch, body):
    before = state(hongqi)
    assert patch(managing, f"{PEOPLE}/{roster['first'].pk}", body).status_code == 400
    assert state(hongqi) == before


def test_a_synchronising_program_sees_who_left_and_who_was_merged(managing, roster, hongqi, post):
    since = now().isoformat()
    left, merged = f"{PEOPLE}/{roster['second'].pk}", roster["first"]
    assert post(managing, f"{left}/leave", {"on": now().date().isoformat()}).json()["state"] == "left"
    with tenant_scope(hongqi):
        other = services.create_person(name="张三", actor=Actor.system("系统"))
        Person.objects.filter(pk=merged.pk).update(state="merged", merged_into=other, updated_at=now())
    rows = managing.get(PEOPLE, {"updated_since": since, "ordering": "updated_at"}).json()["results"]
    assert {row["id"]: row["state"] for row in rows} == {
        str(roster["second"].pk): "left", str(merged.pk): "merged", str(other.pk): "active",
    }  # fmt: skip
    assert {row["merged_into_id"] for row in rows} == {None, str(other.pk)}
    assert post(managing, f"{left}/return").json()["state"] == "active"


def test_memberships_and_posts(managing, roster, post, refused):
    first, second = roster["units"][:2]
    row = managing.get(f"{MEMBERSHIPS}?person={roster['second'].pk}").json()["results"][0]
    url = f"{MEMBERSHIPS}/{row['id']}"
    moved = managing.patch(url, {"unit_id": str(first.pk)}, content_type="application/json")
    assert moved.json()["unit_name"] == "一支部"
    refused(managing.patch(url, {"state": "applicant"}, content_type="application/json"), 409, "transition_refused")
    again = {"person_id": str(roster["second"].pk), "body": "party"}
    refused(post(managing, MEMBERSHIPS, again), 409, "membership_exists")
    wanted = {"unit_id": str(first.pk), "person_id": str(roster["second"].pk), "kind": "secretary"}
    held = post(managing, POSTS, wanted)
    assert held.status_code == 201, held.content
    refused(post(managing, POSTS, {**wanted, "person_id": str(roster["first"].pk)}), 409, "secretary_taken")
    assert managing.get(f"{POSTS}?unit={first.pk}&is_open=true").json()["results"][0]["person_name"] == "李四"
    assert post(managing, f"{POSTS}/{held.json()['id']}/end").json()["ended_on"]
    assert post(managing, f"{url}/end", {"state": "transferred"}).json()["ended_on"]
    assert managing.get(f"{MEMBERSHIPS}?is_open=true&unit={second.pk}").json()["results"] == []


def test_units_and_how_they_stood(managing, roster, post, refused):
    first, second, office = roster["units"]
    made = post(managing, UNITS, {"name": "三支部", "kind": "party_branch", "code": "P3"})
    assert made.status_code == 201, made.content
    url = f"{UNITS}/{made.json()['id']}"
    assert managing.patch(url, {"name": "第三支部"}, content_type="application/json").json()["code"] == "P3"
    assert post(managing, f"{url}/move", {"parent_id": str(first.pk)}).json()["depth"] == 2
    refused(post(managing, f"{url}/move", {"parent_id": str(office.pk)}), 409, "unit_other_tree")
    refused(managing.delete(f"{UNITS}/{second.pk}"), 409, "unit_not_empty")
    assert managing.delete(url).status_code == 204
    refused(post(managing, f"{UNITS}/{second.pk}/dissolve"), 409, "unit_successor_needed")
    assert post(managing, f"{UNITS}/{first.pk}/merge", {"other_ids": [str(second.pk)]}).status_code == 200
    assert names(managing.get(f"{UNITS}?is_standing=true&tree=party")) == ["一支部"]
    assert sorted(names(managing.get(f"{UNITS}/periods?as_of=2021-06-01&tree=party"))) == ["一支部", "二支部"]
    assert names(managing.get(f"{UNITS}/periods?as_of=2019-06-01")) == []


def test_a_reading_key_writes_nothing_and_other_tenants_know_nobody(
    reading, client_for, api_key, dongfeng, hongqi, roster, post, refused
):
    before = state(hongqi)
    unit, person = roster["units"][0], roster["first"]
    refused(post(reading, PEOPLE, {"name": "王五"}), 403, "forbidden")
    refused(post(reading, f"{PEOPLE}/{person.pk}/leave", {"on": "2026-01-01"}), 403, "forbidden")
    refused(post(reading, UNITS, {"name": "四支部", "kind": "party_branch"}), 403, "forbidden")
    foreign = client_for(dongfeng, key=api_key(dongfeng, ["members.read", "members.manage", "members.read_sensitive"]))
    for url in (f"{PEOPLE}/{person.pk}", f"{UNITS}/{unit.pk}", f"{PEOPLE}?unit={unit.pk}"):
        assert foreign.get(url).status_code == 404
    assert foreign.get(f"{MEMBERSHIPS}?person={person.pk}").json()["results"] == []
    for url, body in (
        (f"{PEOPLE}/{person.pk}/leave", {"on": "2026-01-01"}),
        (f"{PEOPLE}/{person.pk}/reveal", {"fields": ["phone"], "reason": "核对号码"}),
        (f"{UNITS}/{unit.pk}/dissolve", {}), (PEOPLE, {"name": "王五", "unit_id": str(unit.pk)}),
        (POSTS, {"unit_id": str(unit.pk), "person_id": str(person.pk), "kind": "head"}),
        (MEMBERSHIPS, {"person_id": str(person.pk), "body": "union"}),
    ):  # fmt: skip
        assert post(foreign, url, body).status_code == 404, url
    assert state(hongqi) == before


@pytest.mark.parametrize("url", [PEOPLE, MEMBERSHIPS, UNITS, f"{UNITS}/periods", POSTS])
def test_lists_cost_the_same_for_one_row_and_for_three(reading, roster, hongqi, url):
    with tenant_scope(hongqi):
        actor = Actor.system("系统")
        for person in (roster["first"], roster["second"]):
            services.appoint(
                person_id=person.pk, unit_id=Membership.objects.get(person=person).unit_id, kind="head", label="组长",
                actor=actor,
            )  # fmt: skip
    reading.get(url)
    counts = []
    for limit in (1, 2):
        with CaptureQueriesContext(connection) as statements:
            assert len(reading.get(f"{url}?limit={limit}").json()["results"]) == limit
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_who_manages_one_branch_reaches_no_other(client_for, login, hongqi, member, roster, post, patch):
    first, second = roster["units"][:2]
    with tenant_scope(hongqi):
        role = create_role(name="支部书记", permissions=["members.read", "members.manage"], actor=Actor.system("系统"))
        assign_role(user=member, role=role.code, unit_path=first.path, actor=Actor.system("系统"))
    client = login(client_for(hongqi), member)
    assert names(client.get(PEOPLE)) == ["张三"]
    assert names(client.get(UNITS)) == ["一支部"]
    before, other = state(hongqi), f"{PEOPLE}/{roster['second'].pk}"
    assert client.get(other).status_code == 404
    assert patch(client, other, {"title": "科员"}, **{"If-Match": "*"}).status_code == 404
    assert post(client, f"{other}/leave", {"on": "2026-01-01"}).status_code == 404
    assert post(client, f"{UNITS}/{second.pk}/dissolve").status_code == 404
    for body in ({"name": "王五"}, {"name": "王五", "unit_id": str(second.pk)}):
        assert post(client, PEOPLE, body).status_code in (403, 404)
    assert state(hongqi) == before
    assert post(client, PEOPLE, {"name": "王五", "unit_id": str(first.pk)}).status_code == 201
