"""Writing into the outbox: with its cause or not at all."""

import uuid
from datetime import datetime, timedelta

import pytest
from django.db import transaction

from jiceng.events import errors, selectors, services
from jiceng.events.models import Delivery, DeliveryState, OutboxMessage
from jiceng.events.services import emit
from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue
from tenants.context import platform_scope, tenant_scope
from tenants.models import Agenda
from tests.support.probe.fixtures import probe  # noqa: F401

EVENT = "probe.thing.happened"
GOOD = {"thing_id": uuid.UUID(int=7), "label": "一", "number": 1, "is_good": True}


def wakes(record) -> list[str]:
    with platform_scope():
        return list(Agenda.objects.filter(role_name=record.role_name, kind="outbox").values_list("kind", flat=True))


def test_an_event_has_one_delivery_for_each_listener(probe, in_hongqi):  # noqa: F811
    before = len(wakes(in_hongqi))
    message_id = emit(EVENT, payload=GOOD, actor_id="somebody")
    message = OutboxMessage.objects.get()
    assert (message.id, message.name, message.actor_id) == (message_id, EVENT, "somebody")
    assert message.payload == {**GOOD, "thing_id": str(GOOD["thing_id"])}
    assert sorted(Delivery.objects.values_list("handler", "module", "state")) == [
        ("tests.support.probe.handlers.count_first", "probe", "pending"),
        ("tests.support.probe.handlers.count_second", "probe", "pending"),
    ]
    assert len(wakes(in_hongqi)) == before + 1


def test_an_event_without_listeners_wakes_nobody(probe, in_hongqi):  # noqa: F811
    before = len(wakes(in_hongqi))
    emit("probe.thing.ignored", payload={})
    assert OutboxMessage.objects.count() == 1
    assert Delivery.objects.count() == 0
    assert len(wakes(in_hongqi)) == before


@pytest.mark.parametrize(
    "change",
    [
        {"number": "1"},
        {"number": True},
        {"is_good": 1},
        {"label": None},
        {"thing_id": "7"},
        {"thing_id": 7},
        {"extra": 1},
    ],
)
def test_a_payload_that_differs_from_the_declaration_is_refused(probe, in_hongqi, change):  # noqa: F811
    with pytest.raises(errors.PayloadMismatch):
        emit(EVENT, payload={**GOOD, **change})
    assert OutboxMessage.objects.count() == 0


def test_a_missing_key_is_refused(probe, in_hongqi):  # noqa: F811
    with pytest.raises(errors.PayloadMismatch, match="label"):
        emit(EVENT, payload={key: value for key, value in GOOD.items() if key != "label"})


def test_unknown_names_are_refused(probe, in_hongqi):  # noqa: F811
    with pytest.raises(errors.UnknownEvent):
        emit("probe.thing.imagined", payload={})
    with pytest.raises(errors.UnknownTask):
        enqueue("probe.imagined")
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize("value", [1.5, object(), now(), {1: 2}, b"x"])
def test_arguments_that_json_cannot_keep_are_refused(probe, in_hongqi, value):  # noqa: F811
    with pytest.raises(errors.PayloadMismatch):
        enqueue("probe.count", number=value)


def test_naive_times_and_huge_payloads_are_refused(probe, in_hongqi):  # noqa: F811
    with pytest.raises(errors.PayloadMismatch, match="aware"):
        enqueue("probe.count", number=1, at=datetime(2026, 1, 1))
    with pytest.raises(errors.PayloadMismatch, match="larger"):
        enqueue("probe.count", number="x" * 70_000)
    assert OutboxMessage.objects.count() == 0


def test_a_key_is_used_once(probe, in_hongqi):  # noqa: F811
    assert enqueue("probe.count", number=1, key="one") is not None
    assert enqueue("probe.count", number=2, key="one") is None
    assert [message.payload for message in OutboxMessage.objects.all()] == [{"number": 1}]


def test_what_is_rolled_back_was_never_written(probe, in_hongqi):  # noqa: F811
    before = len(wakes(in_hongqi))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        enqueue("probe.count", number=1)
        raise ZeroDivisionError
    assert OutboxMessage.objects.count() == 0
    assert len(wakes(in_hongqi)) == before


def test_each_schema_has_its_own_outbox(probe, db, hongqi, dongfeng):  # noqa: F811
    with tenant_scope(hongqi):
        enqueue("probe.count", number=1)
    with tenant_scope(dongfeng):
        assert OutboxMessage.objects.count() == 0
    with platform_scope():
        assert OutboxMessage.objects.count() == 0
        enqueue("probe.count", number=3)
        assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_written(probe, hongqi):  # noqa: F811
    with tenant_scope(hongqi):
        with pytest.raises(errors.NotInTransaction):
            emit(EVENT, payload=GOOD)
        with pytest.raises(errors.NotInTransaction):
            enqueue("probe.count", number=1)
        assert OutboxMessage.objects.count() == 0


def test_finished_messages_are_removed_after_a_month(probe, in_hongqi, clock):  # noqa: F811
    with clock(now() - timedelta(days=31)):
        old, dead = enqueue("probe.count", number=1), enqueue("probe.count", number=2)
        pending = enqueue("probe.count", number=3)
    fresh = enqueue("probe.count", number=4)
    Delivery.objects.filter(message__in=(old, fresh)).update(state=DeliveryState.DONE)
    Delivery.objects.filter(message=dead).update(state=DeliveryState.DEAD)
    assert services.remove_finished(at=now()) == 1
    assert set(OutboxMessage.objects.values_list("id", flat=True)) == {dead, pending, fresh}


def test_figures(probe, in_hongqi):  # noqa: F811
    assert selectors.figures() == selectors.OutboxFigures(0, 0, None)
    at = now() - timedelta(minutes=3)
    enqueue("probe.count", number=1, at=at)
    enqueue("probe.count", number=2)
    assert selectors.figures() == selectors.OutboxFigures(2, 0, at)
