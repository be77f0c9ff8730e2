"""/api/v1/study/: what other systems get, and what they may not do."""

from __future__ import annotations

import json
import uuid

import pytest

from modules.study.models import Assignment, Course
from tenants.context import tenant_scope

from . import kit

BASE = "/api/v1/study"


@pytest.fixture
def api(client_for, api_key, hongqi):
    return client_for(hongqi, key=api_key(hongqi, ["study.learn", "study.teach", "study.assign"]))


@pytest.fixture
def reader(client_for, api_key, hongqi):
    return client_for(hongqi, key=api_key(hongqi, ["study.learn"]))


def send(client, method, path, body):
    return getattr(client, method)(f"{BASE}{path}", data=json.dumps(body), content_type="application/json")


def test_a_course_from_nothing(api, hongqi):
    material = send(api, "post", "/materials", {"kind": "link", "title": "条例", "url": "https://example.org/"}).json()
    course = send(api, "post", "/courses", {"title": "导读", "class_hours": "1.5"}).json()
    assert send(api, "post", f"/courses/{course['id']}/publish", {}).status_code == 409
    added = send(api, "post", f"/courses/{course['id']}/lessons", {"chapter": "第一章", "material_id": material["id"]})
    assert added.status_code == 200
    send(
        api,
        "post",
        f"/courses/{course['id']}/lessons",
        {"chapter": "第一章", "material_id": material["id"], "title": "再读"},
    )
    published = send(api, "post", f"/courses/{course['id']}/publish", {}).json()
    assert [(row["chapter"], row["title"]) for row in published["lessons"]] == [("第一章", "条例"), ("第一章", "再读")]
    assert (published["state"], published["class_hours"], published["lesson_count"]) == ("published", "1.5", 2)
    assert send(api, "post", f"/materials/{material['id']}/retire", {}).status_code == 409


def test_readers_see_what_everybody_may_take(reader, hongqi):
    with tenant_scope(hongqi):
        open_course, closed = kit.make_course(), kit.make_course(is_open=False)
        draft = kit.make_course(publish=False)
    rows = reader.get(f"{BASE}/courses").json()["results"]
    assert [row["id"] for row in rows] == [str(open_course.pk)]
    for hidden in (closed, draft):
        assert reader.get(f"{BASE}/courses/{hidden.pk}").status_code == 404
    assert send(reader, "post", "/courses", {"title": "x"}).status_code == 403
    assert reader.get(f"{BASE}/assignments").status_code == 403
    with tenant_scope(hongqi):
        assert Course.objects.count() == 3


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"title": ""}, "/title"), ({"title": "x", "class_hours": "0.3"}, "/class_hours"), ({"title": 1.5, "x": 1}, "/x"),
        ({"title": "x", "certificate_months": -1}, "/certificate_months"),
    ],
)  # fmt: skip
def test_bad_input_names_the_field(api, hongqi, body, pointer):
    answer = send(api, "post", "/courses", body)
    assert answer.status_code in (400, 422)
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    with tenant_scope(hongqi):
        assert not Course.objects.exists()


def test_assignments(api, hongqi, learner):
    with tenant_scope(hongqi):
        course = kit.make_course()
    made = send(api, "post", "/assignments", {
        "course_id": str(course.pk), "audience": {"clauses": [{"person": str(learner.pk)}]}, "due_at": "2099-01-01T00:00:00Z",
    })  # fmt: skip
    assert made.status_code == 201
    body = made.json()
    assert (body["person_count"], body["audience"]) == (None, {"clauses": [{"person": str(learner.pk)}]})
    assert send(api, "post", f"/assignments/{body['id']}/remind", {}).status_code == 409
    moved = send(api, "post", f"/assignments/{body['id']}/deadline", {"due_at": None})
    assert moved.json()["due_at"] is None
    assert send(api, "post", f"/assignments/{body['id']}/cancel", {}).json()["state"] == "cancelled"
    assert send(api, "post", f"/assignments/{uuid.uuid4()}/cancel", {}).status_code == 404
    bad = send(api, "post", "/assignments", {"course_id": str(uuid.uuid4())})
    assert [fault["pointer"] for fault in bad.json()["errors"]] == ["/course_id"]
    with tenant_scope(hongqi):
        assert Assignment.objects.count() == 1


def test_who_takes_what(api, hongqi, learner):
    with tenant_scope(hongqi):
        course = kit.make_course()
        kit.assign(course)
        from modules.study.services.completing import reconsider
        from tests.factories.news import MONDAY

        assert not reconsider(person=learner, course=course, at=MONDAY)
    rows = api.get(f"{BASE}/enrolments?course_id={course.pk}&is_completed=false").json()["results"]
    assert [(row["person_id"], row["person_name"]) for row in rows] == [(str(learner.pk), "成员甲")]
    assert api.get(f"{BASE}/enrolments?is_completed=true").json()["results"] == []
