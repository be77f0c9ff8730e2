"""/api/v1/appraisal: what programs may read and write, and what is in none of it."""

from __future__ import annotations

import json

import pytest

from modules.appraisal.models import FollowUp, Round, Subject, SurveyAnswer, SurveyPoint
from modules.appraisal.services import moderating
from tests.factories import make_api_key

from . import kit
from .kit import MONDAY, SYSTEM

BASE = "/api/v1/appraisal"
ROUND = {
    "title": "2026 年度党员评议", "period_from": "2026-01-01", "period_to": "2026-12-31", "opens_at": "2026-12-01T01:00:00Z",
    "closes_at": "2126-12-15T09:00:00Z", "audience": {"clauses": [{"body": "party"}]}, "weights": {"peers": 60, "branch": 40},
    "criteria": [{"name": "政治素质", "weight": 60}, {"name": "服务群众", "weight": 40, "max_score": 20}],
}  # fmt: skip


@pytest.fixture
def program(client_for, hongqi):
    """``program("appraisal.manage")``: a key with these scopes."""
    return lambda *scopes: client_for(hongqi, key=make_api_key(hongqi, list(scopes)))


def send(client, method, path, data=None):
    return getattr(client, method)(f"{BASE}/{path}", data=json.dumps(data or {}), content_type="application/json")


def test_a_round_by_program(program, branch):
    client = program("appraisal.manage")
    made = send(client, "post", "rounds", ROUND)
    assert made.status_code == 201, made.json()
    body = made.json()
    assert (body["state"], body["peers_weight"], body["is_blind"]) == ("draft", 60, True)
    assert [row["name"] for row in body["criteria"]] == ["政治素质", "服务群众"]
    one = f"rounds/{body['id']}"
    assert send(client, "patch", one, {"weights": {"peers": 100}}).json()["peers_weight"] == 100
    opened = send(client, "post", f"{one}/open")
    assert (opened.status_code, opened.json()["state"], opened.json()["progress"]["subjects"]) == (200, "open", 8)
    frozen = send(client, "patch", one, {"criteria": [{"name": "新的", "weight": 100}]})
    assert (frozen.status_code, frozen.json()["code"]) == (409, "appraisal.round_frozen")
    assert send(client, "delete", one).status_code == 409
    assert [row["name"] for row in client.get(f"{BASE}/{one}").json()["criteria"]] == ["政治素质", "服务群众"]
    assert send(client, "post", f"{one}/close").json()["state"] == "closed"
    assert send(client, "post", f"{one}/publish").json()["state"] == "published"


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"weights": {"peers": 60}}, "/weights"), ({"criteria": [{"name": "一", "weight": 90}]}, "/criteria"),
        ({"normalisation": "z_score"}, "/normalisation"), ({"study_hours": 32}, "/study_hours"),
        ({"audience": {"clauses": [{"unit": "x"}]}}, "/audience/clauses/0/unit"),
    ],
)  # fmt: skip
def test_faults_say_where(program, branch, change, pointer):
    answer = send(program("appraisal.manage"), "post", "rounds", {**ROUND, **change})
    assert answer.status_code == 400, answer.json()
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert not Round.objects.exists()


@pytest.mark.parametrize(
    "change", [{"title": "\x00"}, {"audience": []}, {"audience": {"clauses": []}}, {"criteria": "x"}]
)
def test_what_is_no_round_is_refused(program, branch, change):
    answer = send(program("appraisal.manage"), "post", "rounds", {**ROUND, **change})
    assert answer.status_code == 400 and answer.json()["detail"]
    assert not Round.objects.exists()


def test_results_name_no_reviewers(program, branch):
    round = kit.closed(branch)
    rows = program("appraisal.manage").get(f"{BASE}/results?round={round.pk}").json()["results"]
    assert len(rows) == 7
    assert set(rows[0]) == {"id", "round_id", "person_id", "name", "unit_name", "is_graded", "note", "total", "grade"}
    assert "高书记" not in json.dumps(rows, ensure_ascii=False)


def test_points(program, branch):
    client = program("appraisal.points")
    made = send(client, "post", "points", {"kind": "window", "name": "3 号窗口", "unit_id": str(branch.unit.pk)})
    assert made.status_code == 201
    one = f"points/{made.json()['id']}"
    assert send(client, "patch", one, {"name": "4 号窗口"}).json()["name"] == "4 号窗口"
    renewed = send(client, "post", f"{one}/renew-code").json()
    assert renewed["code"] != made.json()["code"]
    assert send(client, "post", f"{one}/switch", {"is_active": False}).json()["is_active"] is False
    assert send(client, "delete", one).status_code == 204 and not SurveyPoint.objects.exists()
    for bad in ({"kind": "robot", "name": "一"}, {"name": ""}, {"name": "一" * 61}, {}):
        assert send(client, "post", "points", bad).status_code == 400
    assert not SurveyPoint.objects.exists()


def test_answers_are_read_only_and_without_telephone_numbers(program, branch):
    point = kit.point(branch.unit)
    row = kit.answer(point, 2, text="金丝雀", phone="13800138000").answer
    client = program("appraisal.answers")
    found = client.get(f"{BASE}/answers?grade=2").json()["results"]
    assert [(each["grade"], each["text"]) for each in found] == [(2, "金丝雀")]
    assert set(found[0]) == {"id", "point_id", "grade", "text", "is_hidden", "receipt", "answered_at"}
    for method in ("post", "patch", "delete"):
        path = "answers" if method == "post" else f"answers/{row.pk}"
        assert send(client, method, path, {"grade": 5}).status_code == 405
    moderating.hide_text(answer_id=row.pk, reason="不雅", actor=SYSTEM, at=MONDAY)
    body = client.get(f"{BASE}/answers/{row.pk}").json()
    assert "金丝雀" not in json.dumps(body, ensure_ascii=False) and body["is_hidden"] is True
    assert SurveyAnswer.objects.get().grade == 2


def test_follow_ups(program, branch):
    row = kit.answer(kit.point(branch.unit), 1, phone="13800138000").answer.follow_up
    client = program("appraisal.follow")
    one = f"follow-ups/{row.pk}"
    assert send(client, "post", f"{one}/close").status_code == 409
    assert send(client, "post", f"{one}/accept").json()["state"] == "accepted"
    assert send(client, "post", f"{one}/reply", {"text": ""}).status_code == 400
    assert send(client, "post", f"{one}/reply", {"text": "已处理"}).json()["reply"] == "已处理"
    closed = send(client, "post", f"{one}/close")
    assert closed.json()["state"] == "closed" and "13800138000" not in closed.content.decode()


def test_scopes(program, branch):
    kit.answer(kit.point(branch.unit), 1)
    kit.closed(branch)
    client = program("appraisal.score")
    for path in ("rounds", "results", "points", "answers", "follow-ups"):
        assert client.get(f"{BASE}/{path}").status_code == 403, path
    assert send(client, "post", "points", {"name": "一"}).status_code == 403
    assert (
        send(program("appraisal.answers"), "post", f"follow-ups/{FollowUp.objects.get().pk}/accept").status_code == 403
    )
    assert (SurveyPoint.objects.count(), FollowUp.objects.get().state, Subject.objects.count()) == (1, "open", 7)


def test_a_unit_secretary_sees_the_unit(branch, client_for, hongqi):
    kit.answer(kit.point(), 1)
    own = kit.answer(kit.point(branch.unit, name="支部窗口"), 1, visit=None).answer
    kit.give(branch.secretary, "secretary", branch.unit)
    client = client_for(hongqi).login_as(branch.secretary.user)
    assert [row["id"] for row in client.get(f"{BASE}/answers").json()["results"]] == [str(own.pk)]
    assert [row["name"] for row in client.get(f"{BASE}/points").json()["results"]] == ["支部窗口"]
    assert len(client.get(f"{BASE}/follow-ups").json()["results"]) == 1
