"""From an event to another system: signed, in time, again when it fails, and never lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from standardwebhooks import Webhook

from jiceng.audit.models import AuditEntry
from jiceng.events.models import Delivery as Handed
from jiceng.kernel.clock import now
from jiceng.notices.models import Notice
from jiceng.webhooks import retrying, services
from jiceng.webhooks.models import Attempt, Delivery, Endpoint, Lane
from jiceng.webhooks.services import lanes, outcomes, sending, transmitting
from tests.support.receiver import closed_port

from .conftest import EVENT, MOMENT, SYSTEM, happen, hear, send

pytestmark = pytest.mark.django_db
WAITS = [5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400]


def state() -> list[tuple]:
    return list(Delivery.objects.order_by("position").values_list("state", "attempts", "status", "error"))


def test_an_event_arrives_signed(endpoint, receiver):
    made, secret = endpoint()
    event_id = happen()
    assert send(made, at=MOMENT) == 1
    (received,) = receiver.received
    told = Webhook(secret).verify(received.body, received.headers)
    assert told == json.loads(received.body)
    assert (told["type"], told["timestamp"], set(told["data"])) == (EVENT, "2031-05-06T03:00:00.000Z", {"person_id"})
    assert received.headers["webhook-id"] == event_id
    assert received.headers["content-type"] == "application/json; charset=utf-8"
    assert state() == [("delivered", 1, 204, "")]
    (attempt,) = Attempt.objects.values_list("number", "status", "error", "answer")
    assert attempt == (1, 204, "", "")


def test_without_an_endpoint_nothing_is_handed_out(office):
    happen()
    assert Handed.objects.filter(handler="jiceng.webhooks.handlers.receive").count() == 0


def test_only_events_that_are_wanted(endpoint, receiver):
    other, _secret = endpoint("/other", events=["members.person.left"])
    happen()
    assert Delivery.objects.count() == 0
    mine, _secret = endpoint("/mine", events=[EVENT])
    happen()
    assert (send(mine, at=MOMENT), send(other, at=MOMENT)) == (1, 0)
    assert [one.path for one in receiver.received] == ["/mine"]


def test_heard_twice_it_is_sent_once(endpoint, receiver):
    made, _secret = endpoint()
    happen()
    for one in Handed.objects.filter(handler="jiceng.webhooks.handlers.receive"):
        one.state, one.attempts, one.sent_count = "pending", 0, 0
        one.save()
    hear()
    assert Delivery.objects.count() == 1
    assert (send(made, at=MOMENT), send(made, at=MOMENT)) == (1, 0)
    assert len(receiver.received) == 1


def test_retries_keep_to_the_schedule(endpoint, receiver, office):
    made, _secret = endpoint()
    receiver.behave = 500
    event_id = happen()
    at = MOMENT
    waits = []
    for attempt in range(1, 11):
        office.move_to(at)
        assert send(made, at=at) == 1, attempt
        row = Delivery.objects.get()
        if attempt < 10:
            assert row.state == "waiting"
            waits.append((row.due_at - at).total_seconds())
            assert send(made, at=row.due_at - timedelta(milliseconds=1)) == 0
            at = row.due_at
    for wait, planned in zip(waits, WAITS, strict=True):
        assert planned * 0.9 <= wait <= planned * 1.1
    assert sum(WAITS) > 3 * 86400
    assert state() == [("failed", 10, 500, "")]
    assert receiver.ids() == [event_id] * 10
    assert len({one.body for one in receiver.received}) == 1
    assert Attempt.objects.count() == 10
    stamps = [int(one.headers["webhook-timestamp"]) for one in receiver.received]
    assert stamps == sorted(set(stamps))


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 418, 429, 500, 503])
def test_other_answers_are_failures(endpoint, receiver, status):
    made, _secret = endpoint()
    receiver.behave = status
    happen()
    send(made, at=MOMENT)
    assert state() == [("waiting", 1, status, "")]


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [("3600", 3600, 3600), ("1", 4, 6), ("9999999", 4, 6), ("soon", 4, 6), ("999999", 86400, 86400)],
)
def test_the_receiver_may_ask_for_time(asked, least, most):
    wait = retrying.wait_after(1, asked=asked)
    assert least <= wait.total_seconds() <= most


def test_410_switches_it_off_and_people_are_told(endpoint, receiver, secretary):
    made, _secret = endpoint()
    receiver.behave = 410
    happen()
    happen()
    send(made, at=MOMENT)
    row = Endpoint.objects.get()
    assert (row.state, row.disabled_reason) == ("disabled", "gone")
    assert sorted(one[0] for one in state()) == ["cancelled", "failed"]
    assert len(receiver.received) == 1
    notice = Notice.objects.get(category="webhooks.trouble")
    assert (notice.title, notice.entry_count) == ("事件推送已停用：对方答复 410，不再接收", 1)
    happen()
    assert Delivery.objects.count() == 2
    assert AuditEntry.objects.filter(action="webhooks.endpoint.disabled").count() == 1


def test_five_days_of_failures_switch_it_off(endpoint, receiver, office, secretary):
    made, _secret = endpoint()
    receiver.behave = 500
    at = MOMENT
    while Endpoint.objects.get().state == "active":
        office.move_to(at)
        happen()
        assert send(made, at=at) >= 1
        at += timedelta(hours=6)
        assert at - MOMENT < timedelta(days=6)
    assert at - timedelta(hours=6) - MOMENT == timedelta(days=5)
    assert Endpoint.objects.get().disabled_reason == "failing"
    assert Delivery.objects.filter(state="waiting").count() == 0
    titles = list(
        Notice.objects.filter(category="webhooks.trouble").order_by("created_at").values_list("title", flat=True)
    )
    assert titles == ["事件推送已连续失败一天", "事件推送已停用：连续 5 天推送失败"]


def test_one_success_forgives_everything(endpoint, receiver, office):
    made, _secret = endpoint()
    receiver.behave = 500
    happen()
    send(made, at=MOMENT)
    assert Endpoint.objects.get().failing_since == MOMENT
    receiver.behave = 200
    later = MOMENT + timedelta(minutes=1)
    office.move_to(later)
    assert send(made, at=later) == 1
    assert Endpoint.objects.get().failing_since is None


def test_nobody_there_stops_the_slice(endpoint):
    made, _secret = endpoint(url=f"http://127.0.0.1:{closed_port()}/")
    for _number in range(3):
        happen()
    assert send(made, at=MOMENT) == 3
    assert state() == [("waiting", 1, None, "connect"), ("waiting", 0, None, ""), ("waiting", 0, None, "")]
    assert Attempt.objects.count() == 1


def test_a_sender_that_dies_before_sending(endpoint, receiver, office):
    made, _secret = endpoint()
    event_id = happen()
    assert len(sending.claim(endpoint_id=made.pk, at=MOMENT)) == 1
    assert send(made, at=MOMENT + timedelta(seconds=59)) == 0
    assert send(made, at=MOMENT + timedelta(seconds=60)) == 1
    assert receiver.ids() == [event_id]


def test_a_sender_that_dies_after_sending(endpoint, receiver, monkeypatch):
    """The other side has it and is told again, with the same id: it can tell."""
    made, _secret = endpoint()
    event_id = happen()
    with monkeypatch.context() as patch:
        patch.setattr(outcomes, "store", lambda *_a, **_k: (_ for _ in ()).throw(SystemError("killed")))
        assert send(made, at=MOMENT) == 1
    assert state() == [("sending", 1, None, "")]
    assert send(made, at=MOMENT + timedelta(seconds=61)) == 1
    assert receiver.ids() == [event_id, event_id]
    assert state() == [("delivered", 2, 204, "")]


def test_a_dead_receiver_leaves_the_others_alone(endpoint, receiver):
    dead = [endpoint(url=f"http://127.0.0.1:{closed_port()}/{number}")[0] for number in range(5)]
    well, _secret = endpoint()
    happen()
    Endpoint.objects.filter(pk__in=[one.pk for one in dead]).update(failing_since=MOMENT)
    held = [sending.claim(endpoint_id=one.pk, at=MOMENT) for one in dead]
    assert [len(ids) for ids in held] == [1, 1, 0, 0, 0]  # two of the four
    assert Lane.objects.get(pk=dead[2].pk).run_at == MOMENT + lanes.LOOK_AGAIN
    assert send(well, at=MOMENT) == 1
    assert len(receiver.received) == 1


def test_four_senders_at_a_time_for_a_tenant(endpoint):
    made = [endpoint(f"/{number}")[0] for number in range(6)]
    happen()
    assert [len(sending.claim(endpoint_id=one.pk, at=MOMENT)) for one in made] == [1, 1, 1, 1, 0, 0]
    assert len(sending.claim(endpoint_id=made[0].pk, at=MOMENT)) == 0  # already at it


def test_who_takes_long_makes_room_up_to_eight(endpoint):
    made = [endpoint(f"/{number}")[0] for number in range(10)]
    happen()
    later = MOMENT + timedelta(seconds=1)
    held = [sending.claim(endpoint_id=one.pk, at=MOMENT) for one in made[:4]]
    held += [sending.claim(endpoint_id=one.pk, at=later) for one in made[4:]]
    assert [len(ids) for ids in held] == [1] * 8 + [0, 0]
    assert len(sending.claim(endpoint_id=made[8].pk, at=later + timedelta(seconds=2))) == 0


def test_who_finds_no_sender_free_comes_again(endpoint, receiver, office):
    made, _secret = endpoint()
    happen()
    ids = sending.claim(endpoint_id=made.pk, at=MOMENT)
    sending.give_back(made.pk, ids)
    assert state() == [("waiting", 0, None, "")]
    assert Lane.objects.get().run_at == MOMENT + lanes.LOOK_AGAIN
    assert send(made, at=MOMENT + lanes.LOOK_AGAIN) == 1
    assert len(receiver.received) == 1


def test_switched_off_meanwhile_nothing_leaves(endpoint, receiver):
    made, _secret = endpoint()
    happen()
    services.disable_endpoint(endpoint_id=made.pk, actor=SYSTEM, at=now())
    assert send(made, at=MOMENT) == 0
    assert (receiver.received, state()) == ([], [("cancelled", 0, None, "")])


def test_switched_off_while_it_is_on_its_way(endpoint, receiver):
    made, _secret = endpoint()
    happen()
    (delivery_id,) = sending.claim(endpoint_id=made.pk, at=MOMENT)
    outcome = transmitting.transmit(delivery_id)
    services.disable_endpoint(endpoint_id=made.pk, actor=SYSTEM, at=MOMENT)
    outcomes.store(delivery_id, replace(outcome, status=500), at=MOMENT)
    assert state() == [("cancelled", 1, 500, "")]


def test_removed_meanwhile_nothing_leaves(endpoint, receiver):
    made, _secret = endpoint()
    happen()
    ids = sending.claim(endpoint_id=made.pk, at=MOMENT)
    services.remove_endpoint(endpoint_id=made.pk, actor=SYSTEM)
    sending.send_claimed(made.pk, ids)
    assert receiver.received == []
    assert send(made, at=MOMENT) == 0


def test_a_storm_goes_out_in_order(endpoint, receiver, office):
    made, _secret = endpoint()
    ids = []
    for _number in range(45):
        ids.append(happen())
        office.shift(0.001)
    assert [send(made, at=now()) for _look in range(4)] == [20, 20, 5, 0]
    assert receiver.ids() == ids


@pytest.mark.parametrize("content", [b"\x00\xff" * 3000, "好".encode() * 3000, b"<script>alert(1)</script>"])
def test_whatever_comes_back_is_kept_safely(endpoint, receiver, content):
    def answer(handler, _received):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    made, _secret = endpoint()
    receiver.behave = answer
    happen()
    send(made, at=MOMENT)
    kept = Attempt.objects.get().answer
    assert kept == content.decode("utf-8", "replace").replace("\x00", "\ufffd")[:2048]
