"""The life of a delivery, and what two workers do to each other: nothing."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from jiceng.events import delivering, selectors, tasks
from jiceng.events.errors import Undeliverable
from jiceng.events.models import Delivery, OutboxMessage
from jiceng.events.services import emit
from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue
from tenants.background import relay, runner
from tenants.background.envelope import seal
from tenants.background.targets import of_record
from tenants.context import tenant_scope
from tests.support.probe.fixtures import probe  # noqa: F401

TASK = "probe.count"


def one(*, sent_count: int = 1) -> Delivery:
    """A pending task's delivery, handed out ``sent_count`` times."""
    enqueue(TASK, number=1)
    Delivery.objects.update(sent_count=sent_count)
    return Delivery.objects.get()


def test_an_attempt_is_made_once(probe, in_hongqi):  # noqa: F811
    delivery = one()
    attempt = delivering.begin(delivery.id, name=TASK)
    assert attempt == 1
    assert delivering.perform(delivery.id, attempt=attempt, modules=None) == "done"
    assert delivering.perform(delivery.id, attempt=attempt, modules=None) is None
    assert delivering.begin(delivery.id, name=TASK) is None
    assert probe.effects("count") == ["1"]


def test_a_later_attempt_takes_the_place_of_an_earlier_one(probe, in_hongqi):  # noqa: F811
    delivery = one(sent_count=2)
    first, second = (delivering.begin(delivery.id, name=TASK) for _ in range(2))
    assert delivering.perform(delivery.id, attempt=first, modules=None) is None
    assert delivering.retry_later(delivery.id, attempt=first, error="", at=now())
    assert Delivery.objects.get().due_at == delivery.due_at
    assert delivering.perform(delivery.id, attempt=second, modules=None) == "done"
    assert probe.effects("count") == ["1"]


@pytest.mark.parametrize("handler", ["tests.support.probe.handlers.gone", "tests.gone.handler"])
def test_a_listener_that_is_gone_is_undeliverable(probe, in_hongqi, handler):  # noqa: F811
    payload = {"thing_id": uuid.UUID(int=1), "label": "", "number": 1, "is_good": True}
    emit("probe.thing.happened", payload=payload)
    delivery = Delivery.objects.first()
    Delivery.objects.filter(pk=delivery.pk).update(handler=handler, sent_count=1)
    attempt = delivering.begin(delivery.id, name=handler)
    with pytest.raises(Undeliverable, match="cannot import") as caught:
        delivering.perform(delivery.id, attempt=attempt, modules=None)
    assert caught.value.code == "unknown_task"


def test_only_the_dead_are_revived_or_discarded(probe, in_hongqi):  # noqa: F811
    delivery = one()
    assert not delivering.revive(delivery.id)
    assert not delivering.discard(delivery.id)
    assert delivering.give_up(delivery.id, error="x" * 900)
    assert not delivering.give_up(delivery.id, error="")
    assert delivering.revive(delivery.id)
    assert Delivery.objects.get().attempts == 0


def test_leases_double_with_every_time_it_is_handed_out(probe, in_hongqi, settings):  # noqa: F811
    settings.OUTBOX_LEASE_SECONDS, settings.OUTBOX_LEASE_DOUBLINGS = 10, 2
    one(sent_count=0)
    at = now()
    for seconds in (10, 20, 40, 40):
        assert len(delivering.claim(at=at, limit=5)) == 1
        assert Delivery.objects.get().lease_until == at + timedelta(seconds=seconds)
        assert delivering.claim(at=at, limit=5) == []
        at += timedelta(seconds=seconds)


def test_messages_newest_first(probe, in_hongqi):  # noqa: F811
    ids = [enqueue(TASK, number=number) for number in range(3)]
    emit("probe.thing.ignored", payload={})
    assert [message.id for message in selectors.messages(name=TASK)] == ids[::-1]
    assert selectors.messages().count() == 4
    assert str(OutboxMessage.objects.get(pk=ids[0])) == f"{TASK} {ids[0]}"
    assert str(Delivery.objects.first()).endswith("pending")


def test_nested_arguments_arrive_as_json(probe, in_hongqi):  # noqa: F811
    enqueue(TASK, number={"ids": (uuid.UUID(int=1), None, True, "一")})
    assert OutboxMessage.objects.get().payload == {"number": {"ids": [str(uuid.UUID(int=1)), None, True, "一"]}}


def test_cleaning_goes_on_while_there_is_more(in_hongqi, monkeypatch):
    monkeypatch.setattr("jiceng.events.services.REMOVE_BATCH", 1)
    with_old = now() - timedelta(days=40)
    for _ in range(2):
        OutboxMessage.objects.create(kind="event", name="probe.thing.ignored", created_at=with_old)
    tasks.remove_finished()
    assert list(OutboxMessage.objects.values_list("name", "kind").order_by("name")) == [
        ("events.remove_finished", "task"), ("probe.thing.ignored", "event"),
    ]  # fmt: skip
    monkeypatch.undo()
    tasks.remove_finished()
    assert OutboxMessage.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_delivery_that_somebody_runs_is_left_alone(probe, fresh_tenant):  # noqa: F811
    with tenant_scope(fresh_tenant), transaction.atomic():
        delivery = one()
    with tenant_scope(fresh_tenant):
        attempt = delivering.begin(delivery.id, name=TASK)
        with transaction.atomic():
            Delivery.objects.select_for_update().get()
            seen: list = []

            def other() -> None:
                with tenant_scope(fresh_tenant):
                    seen.append(delivering.begin(delivery.id, name=TASK))
                    with transaction.atomic():
                        seen.append(delivering.claim(at=now(), limit=5))
                connection.close()

            thread = threading.Thread(target=other)
            thread.start()
            thread.join(20)
        assert seen == [None, []]
        assert delivering.perform(delivery.id, attempt=attempt, modules=None) == "done"


@pytest.mark.django_db(transaction=True)
def test_a_begun_attempt_waits_for_somebody_who_only_looks(probe, fresh_tenant):  # noqa: F811
    with tenant_scope(fresh_tenant), transaction.atomic():
        delivery = one()
    with tenant_scope(fresh_tenant):
        attempt = delivering.begin(delivery.id, name=TASK)
        seen: list = []

        def perform() -> None:
            with tenant_scope(fresh_tenant):
                seen.append(delivering.perform(delivery.id, attempt=attempt, modules=None))
            connection.close()

        thread = threading.Thread(target=perform)
        with transaction.atomic():
            Delivery.objects.select_for_update().get()
            thread.start()
            thread.join(0.5)
            assert seen == []
        thread.join(20)
        assert seen == ["done"]


@pytest.mark.django_db(transaction=True)
def test_sixteen_workers_with_one_envelope_have_one_effect(probe, fresh_tenant):  # noqa: F811
    with tenant_scope(fresh_tenant), transaction.atomic():
        delivery = one()
    envelope = seal(of_record(fresh_tenant), delivery.id, TASK)
    task = relay.application().tasks["jiceng.deliver"]
    gate, trouble = threading.Barrier(16), []

    def work() -> None:
        gate.wait()
        try:
            task(envelope=envelope)
        except Exception as error:
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert trouble == []
    with tenant_scope(fresh_tenant):
        assert probe.effects("count") == ["1"]
        assert Delivery.objects.get().attempts == 1


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_leaves_the_delivery_for_later(probe, fresh_tenant, monkeypatch):  # noqa: F811
    with tenant_scope(fresh_tenant), transaction.atomic():
        delivery = one(sent_count=2)

    def away(*_args, **_kwargs):
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(delivering, "perform", away)
    task = relay.application().tasks["jiceng.deliver"]
    task(envelope=seal(of_record(fresh_tenant), delivery.id, TASK))
    with tenant_scope(fresh_tenant):
        after = Delivery.objects.get()
    assert (after.state, after.attempts) == ("pending", 1)
    assert after.last_error.startswith("OperationalError")
    monkeypatch.setattr(runner.delivering, "begin", away)
    with pytest.raises(OperationalError):
        task(envelope=seal(of_record(fresh_tenant), delivery.id, TASK))
