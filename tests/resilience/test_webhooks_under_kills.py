"""Workers are killed again and again while events go out to another system: it gets every one, each under its own id."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.ids import uuid7
from jiceng.webhooks import services
from jiceng.webhooks.models import Delivery
from tenants.context import tenant_scope
from tests.resilience.processes import Processes
from tests.support.receiver import Receiver, receiving

EVENT = "members.person.created"


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.OUTBOUND_LOOPBACK = True
    with receiving() as running:
        yield running


@pytest.fixture
def workers(fresh_tenant, receiver, tmp_path) -> Iterator[Processes]:
    running = Processes(
        secrets.token_hex(4), tmp_path, OUTBOX_LEASE_SECONDS="2", OUTBOX_LEASE_DOUBLINGS="1", OUTBOX_RETRY_BASE_SECONDS="1",
        OUTBOX_MAX_ATTEMPTS="50", OUTBOX_QUEUE_LIMIT="60", WEBHOOKS_LEASE_SECONDS="4", OUTBOUND_LOOPBACK="1",
    )  # fmt: skip
    running.start("worker")
    running.start("scheduler")
    try:
        yield running
    finally:
        running.stop()


def happen(record, count: int) -> set[str]:
    """``count`` events, a hundred in each transaction; their ids."""
    ids: set[str] = set()
    for _start in range(0, count, 100):
        with tenant_scope(record), transaction.atomic():
            ids |= {str(emit(EVENT, payload={"person_id": uuid7()})) for _number in range(min(100, count))}
    connection.close()
    return ids


def undone(record, count: int) -> int:
    with tenant_scope(record), transaction.atomic():
        return count - Delivery.objects.filter(state="delivered").count()


def push_while_killing(
    record, receiver: Receiver, workers: Processes, *, count: int, kills: int, seconds: float
) -> None:
    with tenant_scope(record), transaction.atomic():
        services.create_endpoint(url=receiver.url(), events=[EVENT], actor=Actor.system())
    ids = happen(record, count)
    killed = 0
    while killed < kills:
        if killed % 10 == 9:
            workers.kill("worker")
            killed += 1
        else:
            killed += workers.kill_child()
        workers.wait_until(lambda: False, 0.4)
    assert workers.wait_until(lambda: undone(record, count) == 0, seconds), (
        f"{undone(record, count)} not done\n{workers.log('scheduler')}\n{workers.log('worker')}"
    )
    with tenant_scope(record), transaction.atomic():
        assert Counter(Delivery.objects.values_list("state", flat=True)) == {"delivered": count}
        assert Delivery.objects.values("event_id").distinct().count() == count
    assert set(receiver.ids()) == ids  # none lost, none invented; those sent twice carry the id they had
    bodies = {(one.headers["webhook-id"], one.body) for one in receiver.received}
    assert len(bodies) == count  # and the same words


def test_every_event_arrives(fresh_tenant, receiver, workers):
    push_while_killing(fresh_tenant, receiver, workers, count=300, kills=8, seconds=120)


@pytest.mark.slow
def test_a_hundred_kills(fresh_tenant, receiver, workers):
    push_while_killing(fresh_tenant, receiver, workers, count=10_000, kills=100, seconds=900)
