"""/api/v1/volunteering/: what other systems get, and what they may not do."""

from __future__ import annotations

import json
import uuid

import pytest

from jiceng.kernel.clock import now
from modules.volunteering.models import Project, Shift, SignUp
from modules.volunteering.services import hours
from tenants.context import tenant_scope

from . import kit

BASE = "/api/v1/volunteering"
DAY = kit.DAY


@pytest.fixture
def api(client_for, api_key, hongqi):
    scopes = ["volunteering.join", "volunteering.organise", "volunteering.hours", "volunteering.help"]
    return client_for(hongqi, key=api_key(hongqi, scopes))


@pytest.fixture
def reader(client_for, api_key, hongqi):
    return client_for(hongqi, key=api_key(hongqi, ["volunteering.join"]))


def send(client, method, path, body, **headers):
    return getattr(client, method)(
        f"{BASE}{path}", data=json.dumps(body), content_type="application/json", headers=headers
    )


def times(start, hours_long=2):
    return {"starts_at": start.isoformat(), "ends_at": (start + hours_long * kit.HOUR).isoformat()}


def test_a_project_from_nothing(api, hongqi, helper):
    project = send(api, "post", "/projects", {"title": "清洁家园", "is_public": True}).json()
    one = f"/projects/{project['id']}"
    assert send(api, "post", f"{one}/publish", {}).status_code == 409
    shift = send(api, "post", "/shifts", {"project_id": project["id"], "capacity": 1, **times(now() + DAY)}).json()
    assert (shift["joined_count"], shift["closes_at"]) == (0, shift["starts_at"])
    assert send(api, "post", f"{one}/publish", {}).json()["state"] == "published"
    assert send(api, "patch", one, {"place": "和平社区"}).json()["place"] == "和平社区"
    body = {"shift_id": shift["id"], "person_id": str(helper.pk)}
    keyed = [send(api, "post", "/sign-ups", body, **{"Idempotency-Key": "a1"}) for _time in range(2)]
    assert [answer.status_code for answer in keyed] == [201, 201]
    assert keyed[0].json() == keyed[1].json()
    assert send(api, "post", "/sign-ups", body).status_code == 409
    row = keyed[0].json()
    assert send(api, "post", f"/sign-ups/{row['id']}/withdraw", {}).json()["state"] == "withdrawn"
    assert send(api, "patch", f"/shifts/{shift['id']}", {"capacity": 4}).json()["capacity"] == 4
    assert send(api, "post", f"/shifts/{shift['id']}/cancel", {"reason": "雨"}).json()["cancel_reason"] == "雨"
    assert send(api, "post", f"{one}/cancel", {"reason": ""}).status_code in (400, 422)
    assert send(api, "post", f"{one}/close", {}).json()["state"] == "closed"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [({"title": ""}, "/title"), ({"title": "x", "category": "none"}, "/category"), ({"title": "x", "x": 1}, "/x"),
     ({"title": "x", "team_id": str(uuid.uuid4())}, "/team_id")],
)  # fmt: skip
def test_bad_input_names_the_field(api, hongqi, body, pointer):
    answer = send(api, "post", "/projects", body)
    assert answer.status_code in (400, 422)
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    with tenant_scope(hongqi):
        assert not Project.objects.exists()


def test_shifts_longer_than_a_day_and_of_unknown_projects(api, hongqi):
    with tenant_scope(hongqi):
        project = kit.make_project(publish=False)
    long = {"project_id": str(project.pk), "capacity": 1, **times(now() + DAY, 25)}
    assert [fault["pointer"] for fault in send(api, "post", "/shifts", long).json()["errors"]] == ["/ends_at"]
    assert send(api, "post", "/shifts", {**long, "project_id": str(uuid.uuid4())}).status_code == 404
    with tenant_scope(hongqi):
        assert Shift.objects.count() == 1


def test_readers_see_what_is_out_and_write_nothing(reader, hongqi, helper):
    with tenant_scope(hongqi):
        out, draft = kit.make_project(), kit.make_project("草稿", publish=False)
        shift = kit.shift_of(out)
    assert [row["id"] for row in reader.get(f"{BASE}/projects").json()["results"]] == [str(out.pk)]
    assert [row["id"] for row in reader.get(f"{BASE}/shifts").json()["results"]] == [str(shift.pk)]
    assert reader.get(f"{BASE}/projects/{draft.pk}").status_code == 404
    for path in ("/sign-ups", "/hours", "/help-requests"):
        assert reader.get(f"{BASE}{path}").status_code == 403
    body = {"shift_id": str(shift.pk), "person_id": str(helper.pk)}
    assert send(reader, "post", "/sign-ups", body).status_code == 403
    assert send(reader, "post", f"/projects/{out.pk}/cancel", {"reason": "x"}).status_code == 403
    with tenant_scope(hongqi):
        assert (Project.objects.get(pk=out.pk).is_published, SignUp.objects.count()) == (True, 0)


def test_hours_and_requests_are_read(api, hongqi, helper):
    with tenant_scope(hongqi):
        row = kit.attend(kit.open_shift(), helper)
        hours.verify_hours(shift_id=row.shift_id, hours={row.pk: None}, reason="", actor=kit.SYSTEM, at=kit.END)
        kit.ask()
    entry = api.get(f"{BASE}/hours?person_id={helper.pk}&since=2026-01-01").json()["results"][0]
    assert (entry["hours"], entry["shift_id"]) == ("2.0", str(row.shift_id))
    assert send(api, "post", "/hours", {}).status_code == 405
    case = api.get(f"{BASE}/help-requests?state=new").json()["results"][0]
    assert not {"name", "phone", "phone_sealed"} & set(case)
    assert "13800138000" not in json.dumps(case)
