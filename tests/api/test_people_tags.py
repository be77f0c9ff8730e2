"""Tags through the API: the words, who bears them, and audiences by them."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.members.models import PersonTag, Tag
from jiceng.members.services import create_person
from tenants.context import tenant_scope
from tests.factories.people import make_api_key


@pytest.fixture
def call(client_for, hongqi):
    """``call("post", "/tags", {...})`` with a key that may manage the registry."""
    client = client_for(hongqi)
    headers = {"Authorization": f"Bearer {make_api_key(hongqi, ['members.read', 'members.manage'])}"}

    def send(method, path, data=None):
        return getattr(client, method)(f"/api/v1{path}", data, content_type="application/json", headers=headers)

    return send


@pytest.fixture
def li(hongqi, db):
    with tenant_scope(hongqi):
        return create_person(name="李明", unit_id=None, body=None, state=None, actor=Actor.system())


def test_from_beginning_to_end(call, li, hongqi):
    made = call("post", "/tags", {"name": "骨干", "note": "业务骨干"})
    assert (made.status_code, made.json()["people_count"]) == (201, 0)
    home = f"/tags/{made.json()['id']}"
    given = call("post", f"{home}/give", {"person_ids": [str(li.pk)]})
    assert given.json()["people_count"] == 1
    assert call("post", f"{home}/give", {"person_ids": [str(li.pk)]}).json()["people_count"] == 1
    assert [row["name"] for row in call("get", "/tags?name=骨干").json()["results"]] == ["骨干"]
    assert call("patch", home, {"name": "先锋"}).json()["note"] == "业务骨干"
    assert call("post", f"{home}/take", {"person_ids": [str(li.pk)]}).json()["people_count"] == 0
    assert call("delete", home).status_code == 204
    with tenant_scope(hongqi):
        assert not Tag.objects.exists()


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/tags", {"name": ""}, 422), ("/tags", {"name": "长" * 21}, 422), ("/tags", {"name": "骨干"}, 409), ("/tags", {"colour": "red"}, 422),
        ("{home}/give", {"person_ids": []}, 422), ("{home}/give", {"person_ids": ["x"]}, 422),
    ],
)  # fmt: skip
def test_bad_input_changes_nothing(call, li, hongqi, path, data, status):
    home = f"/tags/{call('post', '/tags', {'name': '骨干'}).json()['id']}"
    answer = call("post", path.format(home=home), data)
    assert answer.status_code == status or (answer.status_code, status) == (400, 422)
    with tenant_scope(hongqi):
        assert Tag.objects.count() == 1
        assert not PersonTag.objects.exists()


def test_readers_change_nothing(client_for, hongqi, li):
    client, key = client_for(hongqi), make_api_key(hongqi, ["members.read"])
    headers = {"Authorization": f"Bearer {key}"}
    assert client.get("/api/v1/tags", headers=headers).status_code == 200
    assert (
        client.post("/api/v1/tags", {"name": "骨干"}, content_type="application/json", headers=headers).status_code
        == 403
    )
    assert client.get("/api/v1/tags").status_code == 401
