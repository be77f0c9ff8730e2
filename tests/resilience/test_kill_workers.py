"""Security programme R-4: processes are killed in the middle of their work; nothing is lost and nothing happens twice."""

from __future__ import annotations

import secrets
import time
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
        OUTBOX_MAX_ATTEMPTS="30",
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


def storm(record, processes: Processes, *, messages: int, rounds: int, pause: float) -> int:
    """Write messages in between kills; every ninth takes the whole worker, every sixth the scheduler."""
    killed = 0
    for number in range(rounds):
        start = messages * number // rounds
        write(record, start, messages * (number + 1) // rounds - start)
        connection.close()
        if number % 6 == 5:
            processes.kill("scheduler")
            killed += 1
        if number % 9 == 8:
            processes.kill("worker")
            killed += 1
        else:
            killed += processes.kill_child()
        processes.tend()
        time.sleep(pause)
    return killed


def test_kills_lose_nothing_and_repeat_nothing(fresh_tenant, probe, processes):
    killed = storm(fresh_tenant, processes, messages=500, rounds=22, pause=0.8)
    settle(fresh_tenant, processes, 60)
    assert killed >= 10
    assert_each_exactly_once(fresh_tenant, probe, 500)


@pytest.mark.slow
def test_a_hundred_kills_while_ten_thousand_messages_flow(fresh_tenant, probe, processes):
    killed = storm(fresh_tenant, processes, messages=10_000, rounds=90, pause=1.5)
    settle(fresh_tenant, processes, 300)
    assert killed >= 90
    assert_each_exactly_once(fresh_tenant, probe, 10_000)
