"""Webhooks and the event feed through the API."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from jiceng.events.services import emit
from jiceng.kernel.clock import now
from jiceng.kernel.ids import uuid7
from jiceng.webhooks.manifest import FOLLOW, MANAGE
from jiceng.webhooks.models import Delivery, Endpoint
from tenants.context import tenant_scope
from tests.factories.people import make_api_key

from .conftest import EVENT, MOMENT, happen, send

ENDPOINTS, DELIVERIES, EVENTS = "/webhook-endpoints", "/webhook-deliveries", "/events"


def caller(client_for, tenant, *scopes):
    client = client_for(tenant)
    headers = {"Authorization": f"Bearer {make_api_key(tenant, list(scopes))}"}

    def call(method, path, data=None, **more):
        path = path if path.startswith("/api") else f"/api/v1{path}"
        return getattr(client, method)(path, data, content_type="application/json", headers={**headers, **more})

    return call


@pytest.fixture
def call(client_for, hongqi, office):
    return caller(client_for, hongqi, MANAGE, FOLLOW)


@pytest.mark.django_db
def test_a_life(call, office, receiver):
    made = call("post", ENDPOINTS, {"url": receiver.url(), "description": "办公系统", "events": [EVENT]})
    assert (made.status_code, made.headers["Location"]) == (201, f"/api/v1/webhook-endpoints/{made.json()['id']}")
    body = made.json()
    assert body["secret"].startswith("whsec_")
    path = f"{ENDPOINTS}/{body['id']}"
    shown = call("get", path)
    assert shown.json() == {key: value for key, value in body.items() if key != "secret"}
    changed = call("patch", path, {"description": "新说明"}, **{"If-Match": shown.headers["ETag"]})
    assert (changed.status_code, changed.json()["description"]) == (200, "新说明")
    assert call("patch", path, {"description": "x"}, **{"If-Match": shown.headers["ETag"]}).status_code == 412
    rotated = call("post", f"{path}/rotate-secret").json()
    assert rotated["secret"] not in ("", body["secret"])
    assert rotated["former_until"] == "2031-05-07T03:00:00Z"
    assert call("post", f"{path}/disable").json()["state"] == "disabled"
    assert call("post", f"{path}/test").json()["code"] == "webhook_endpoint_disabled"
    assert call("post", f"{path}/enable").json()["state"] == "active"
    assert call("post", f"{path}/replay", {"since": "2031-05-01T00:00:00Z"}).status_code == 200
    assert call("post", f"{path}/replay", {"since": "2030-05-01T00:00:00Z"}).json()["errors"][0]["pointer"] == "/since"
    assert call("delete", path).status_code == 204
    assert call("get", path).status_code == 404


@pytest.mark.django_db
def test_a_test_and_its_record(call, endpoint, receiver):
    made, _secret = endpoint()
    delivery = call("post", f"{ENDPOINTS}/{made.pk}/test").json()
    assert (delivery["event"], delivery["state"]) == ("webhooks.endpoint.tested", "waiting")
    send(made, at=MOMENT)
    shown = call("get", f"{DELIVERIES}/{delivery['id']}").json()
    assert (shown["state"], shown["status"], len(shown["tries"])) == ("delivered", 204, 1)
    assert shown["body"] == receiver.received[0].body.decode()
    again = call("post", f"{DELIVERIES}/{delivery['id']}/replay")
    assert (again.status_code, again.json()["state"]) == (200, "waiting")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({}, "/url", "required"), ({"url": "https://127.0.0.1/", "events": []}, "/url", "url_host"),
        ({"url": 5}, "/url", "wrong_type"), ({"url": "https://a.example.cn/", "events": "all"}, "/events", "not_a_list"),
        ({"url": "https://a.example.cn/", "events": ["x"]}, "/events", "unknown_event"),
        ({"url": "https://a.example.cn/", "secret": "mine"}, "/secret", "unknown_field"),
        ({"url": "https://a.example.cn/a b"}, "/url", "url_form"),
        ({"url": "https://" + "a" * 600}, "/url", "max_length"),
    ],
)  # fmt: skip
def test_bad_input_is_named(call, office, settings, body, pointer, code):
    settings.OUTBOUND_LOOPBACK = False
    answer = call("post", ENDPOINTS, body)
    assert answer.status_code == 400
    assert Endpoint.objects.count() == 0
    found = {(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]}
    assert (pointer, code) in found


@pytest.mark.django_db
def test_the_same_request_twice_makes_one(call, office, receiver):
    first, second = (call("post", ENDPOINTS, {"url": receiver.url()}, **{"Idempotency-Key": "k"}) for _turn in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Endpoint.objects.count() == 1


@pytest.mark.django_db
def test_others_see_and_change_nothing(client_for, endpoint, hongqi, dongfeng):
    made, _secret = endpoint()
    happen()
    with tenant_scope(dongfeng):
        elsewhere = caller(client_for, dongfeng, MANAGE, FOLLOW)
    delivery = Delivery.objects.get()
    for path in (f"{ENDPOINTS}/{made.pk}", f"{DELIVERIES}/{delivery.pk}"):
        assert elsewhere("get", path).status_code == 404
    assert elsewhere("get", DELIVERIES).json()["results"] == []
    assert elsewhere("delete", f"{ENDPOINTS}/{made.pk}").status_code == 404
    without = caller(client_for, hongqi, "members.read")
    for path in (ENDPOINTS, DELIVERIES, EVENTS):
        assert without("get", path).json()["code"] == "forbidden"
    assert Endpoint.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("path", [ENDPOINTS, DELIVERIES])
def test_lists_ask_the_same_number_of_queries(call, endpoint, django_assert_num_queries, path):
    def measure() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert call("get", path).status_code == 200
        return len(caught)

    endpoint("/0")
    happen()
    measure()
    one = measure()
    for number in (1, 2):
        endpoint(f"/{number}")
    happen()
    assert measure() == one


# --- The feed ------------------------------------------------------------------------------------------------------------
def tell(tenant, count: int = 1) -> list[str]:
    with tenant_scope(tenant), transaction.atomic():
        return [str(emit(EVENT, payload={"person_id": uuid7()})) for _number in range(count)]


def read(call, after: int | None = None) -> list[dict]:
    """Everything after ``after``, page by page."""
    path, rows = f"{EVENTS}?limit=3" + (f"&after={after}" if after is not None else ""), []
    while path:
        page = call("get", path).json()
        rows += page["results"]
        path = page["next"] and page["next"][page["next"].index("/api") :]
    return rows


@pytest.mark.django_db(transaction=True)
def test_the_feed_tells_what_webhooks_tell(client_for, fresh_tenant):
    call = caller(client_for, fresh_tenant, FOLLOW)
    ids = tell(fresh_tenant) + tell(fresh_tenant)
    with tenant_scope(fresh_tenant), transaction.atomic():
        emit("news.article.submitted", payload={"article_id": uuid7(), "title": "不给别人看"})
    rows = [row for row in read(call) if row["type"] == EVENT]
    assert [row["id"] for row in rows] == ids
    assert set(rows[0]) == {"id", "type", "timestamp", "position", "data"}
    assert not [row for row in read(call) if row["type"] == "news.article.submitted"]
    assert [row["id"] for row in read(call, rows[0]["position"]) if row["type"] == EVENT] == ids[1:]
    assert call("get", f"{EVENTS}?type=no.such").json()["results"] == []
    assert call("get", f"{EVENTS}?after=-1").status_code == 400
    later = (now() + timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    assert call("get", f"{EVENTS}?since={later}").json()["results"] == []


@pytest.mark.django_db(transaction=True)
def test_a_late_transaction_is_never_behind_the_reader(client_for, fresh_tenant):
    """An older transaction commits after a younger one: the reader gets it all the same, after what it had read."""
    call = caller(client_for, fresh_tenant, FOLLOW)
    begun, may_commit, late = threading.Event(), threading.Event(), []

    def dawdle() -> None:
        try:
            with tenant_scope(fresh_tenant), transaction.atomic():
                late.append(str(emit(EVENT, payload={"person_id": uuid7()})))
                begun.set()
                may_commit.wait(10)
        finally:
            connection.close()

    mark = max([row["position"] for row in read(call)], default=0)
    thread = threading.Thread(target=dawdle)
    thread.start()
    assert begun.wait(10)
    early = tell(fresh_tenant)
    seen = read(call, mark)
    assert [row["id"] for row in seen] == early
    may_commit.set()
    thread.join(10)
    assert [row["id"] for row in read(call, seen[-1]["position"])] == late


@pytest.mark.django_db(transaction=True)
def test_a_reader_beside_writers_misses_nothing(client_for, fresh_tenant):
    call = caller(client_for, fresh_tenant, FOLLOW)
    written: list[str] = []

    def write() -> None:
        try:
            for _number in range(25):
                written.extend(tell(fresh_tenant, 2))
        finally:
            connection.close()

    mark = max([row["position"] for row in read(call)], default=0)
    threads = [threading.Thread(target=write) for _number in range(4)]
    for thread in threads:
        thread.start()
    seen: list[dict] = []
    while any(thread.is_alive() for thread in threads) or len(seen) < 200:
        rows = read(call, seen[-1]["position"] if seen else mark)
        seen += rows
        if not rows and not any(thread.is_alive() for thread in threads) and len(seen) >= len(written):
            break
    ids = [row["id"] for row in seen]
    assert len(ids) == len(set(ids)) == 200
    assert set(ids) == set(written)
    assert [row["position"] for row in seen] == sorted(row["position"] for row in seen)
