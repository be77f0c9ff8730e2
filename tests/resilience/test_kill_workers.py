"""Security programme R-4: processes are killed in the middle of their work; nothing is lost and nothing happens twice."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction

from jiceng.events.models import Delivery
from jiceng.events.services import emit
from jiceng.kernel.tasks import enqueue
from tenants.background.dead_letters import open_count
from tenants.context import tenant_scope
from tests.resilience.processes import Processes

LEASE_SECONDS = 3


@pytest.fixture
def processes(fresh_tenant, probe, tmp_path: Path) -> Iterator[Processes]:
    running = Processes(
        secrets.token_hex(4), tmp_path, OUTBOX_LEASE_SECONDS=str(LEASE_SECONDS), OUTBOX_LEASE_DOUBLINGS="1", OUTBOX_RETRY_BASE_SECONDS="1",
        OUTBOX_MAX_ATTEMPTS="30", OUTBOX_QUEUE_LIMIT="60",
    )  # fmt: skip
    running.start("worker")
    running.start("scheduler")
    try:
        yield running
    finally:
        running.stop()


def write(record, first: int, count: int) -> None:
    """As requests do: each change in a transaction of its own, with an event or a task."""
    with tenant_scope(record):
        for number in range(first, first + count):
            with transaction.atomic():
                if number % 5:
                    enqueue("probe.count", number=number)
                else:
                    payload = {"thing_id": uuid_of(number), "label": "", "number": number, "is_good": True}
                    emit("probe.thing.happened", payload=payload)


def uuid_of(number: int) -> str:
    return f"00000000-0000-0000-0000-{number:012d}"


def pending(record) -> int:
    with tenant_scope(record):
        return Delivery.objects.exclude(state="done").count()


def settle(record, processes: Processes, seconds: float) -> None:
    assert processes.wait_until(lambda: pending(record) == 0, seconds), (
        f"{pending(record)} not done\n{processes.log('scheduler')}\n{processes.log('worker')}"
    )


def assert_each_exactly_once(record, probe, count: int) -> None:
    events = [str(number) for number in range(0, count, 5)]
    tasks = [str(number) for number in range(count) if number % 5]
    with tenant_scope(record):
        assert Counter(probe.effects("count")) == Counter(tasks)
        assert Counter(probe.effects("first")) == Counter(events)
        assert Counter(probe.effects("second")) == Counter(events)
    assert open_count() == 0


def storm(record, processes: Processes, *, messages: int, kills: int, pause: float) -> None:
    """Write messages while killing: mostly a worker's child, every eighth time the whole worker or the scheduler."""
    killed = written = 0
    while killed < kills or written < messages:
        count = min(-(-messages // kills), messages - written)
        write(record, written, count)
        connection.close()
        written += count
        if killed % 8 == 3:
            processes.kill("scheduler")
            killed += 1
        elif killed % 8 == 7:
            processes.kill("worker")
            killed += 1
        else:
            killed += processes.kill_child()
        processes.wait_until(lambda: False, pause)


def test_kills_lose_nothing_and_repeat_nothing(fresh_tenant, probe, processes):
    storm(fresh_tenant, processes, messages=500, kills=10, pause=0.5)
    settle(fresh_tenant, processes, 90)
    assert_each_exactly_once(fresh_tenant, probe, 500)


@pytest.mark.slow
def test_a_hundred_kills_while_ten_thousand_messages_flow(fresh_tenant, probe, processes):
    storm(fresh_tenant, processes, messages=10_000, kills=100, pause=1.5)
    settle(fresh_tenant, processes, 900)
    assert_each_exactly_once(fresh_tenant, probe, 10_000)
