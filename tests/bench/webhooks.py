"""``python -m tests.bench.webhooks``: how long an event takes to another system, and what dead receivers cost the others.

One scheduler and one worker of two processes. Alone: one event after the other to a receiver that answers at once. Beside: the
same while ``--dead`` endpoints of the same tenant and of another one take connections and never answer, with a hundred events
waiting for them. Then ``--events`` at once: how many a second arrive. ``--check`` fails when a goal is missed: what the dead cost the
others must stay below a second. Needs the owner's login in DATABASE_OWNER_URL.
"""

from __future__ import annotations

import argparse
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiceng.config.settings.test")
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_bench_webhooks"
os.environ["OUTBOUND_LOOPBACK"] = "1"

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from tests.support import database  # noqa: E402

TURNS = 15
GOALS = {"dead_cost_seconds": 1.0}


@contextmanager
def black_hole() -> Iterator[int]:
    """A port that takes connections and says nothing."""
    server = socket.create_server(("127.0.0.1", 0), backlog=512)
    held: list[socket.socket] = []

    def take() -> None:
        while True:
            try:
                held.append(server.accept()[0])
            except OSError:
                return

    threading.Thread(target=take, daemon=True).start()
    try:
        yield int(server.getsockname()[1])
    finally:
        server.close()
        for one in held:
            one.close()


def register(record: Any, url: str) -> None:
    from jiceng.access.actor import Actor
    from jiceng.webhooks import services
    from tenants.context import tenant_scope

    with tenant_scope(record), transaction.atomic():
        services.create_endpoint(url=url, actor=Actor.system())
    connection.close()


def happen(record: Any, count: int = 1) -> None:
    from jiceng.events.services import emit
    from jiceng.kernel.ids import uuid7
    from tenants.context import tenant_scope

    with tenant_scope(record), transaction.atomic():
        for _number in range(count):
            emit("members.person.created", payload={"person_id": uuid7()})
    connection.close()


def latency(record: Any, receiver: Any) -> list[float]:
    """Seconds from commit to arrival, one event after the other."""
    took = []
    for _turn in range(TURNS):
        before, began = len(receiver.received), time.monotonic()
        happen(record)
        while len(receiver.received) == before:
            if time.monotonic() - began > 60:
                raise TimeoutError("an event did not arrive within a minute")
            time.sleep(0.005)
        took.append(receiver.received[before].at - began)
    return took


def measure(events: int, dead: int, folder: Path) -> dict[str, float]:
    from tests.resilience.processes import Processes
    from tests.support.receiver import receiving
    from tests.support.tenants import committed_tenant

    with committed_tenant() as mine, committed_tenant() as other, receiving() as receiver, black_hole() as hole:
        workers = Processes("bench", folder, OUTBOX_QUEUE_LIMIT="1000", OUTBOUND_LOOPBACK="1")
        for part in ("worker", "scheduler"):
            workers.start(part)
        try:
            time.sleep(6)
            register(mine, receiver.url())
            latency(mine, receiver)
            alone = latency(mine, receiver)
            for number in range(dead):
                for record in (mine, other):
                    register(record, f"http://127.0.0.1:{hole}/{number}")
            before = len(receiver.received)
            happen(mine, 100)
            happen(other, 100)
            workers.wait_until(lambda: len(receiver.received) >= before + 100, 120)
            beside = latency(mine, receiver)
            before, began = len(receiver.received), time.monotonic()
            happen(mine, events)
            arrived = workers.wait_until(lambda: len(receiver.received) >= before + events, 600)
            seconds = time.monotonic() - began
        finally:
            workers.stop()
    print(f"  alone:  median {statistics.median(alone):.2f} s, longest {max(alone):.2f} s")
    print(f"  beside {dead} dead: median {statistics.median(beside):.2f} s, longest {max(beside):.2f} s")
    print(f"  {events} at once: {events / seconds:.0f} a second, all arrived: {arrived}")
    return {"dead_cost_seconds": max(beside) - statistics.median(alone)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--dead", type=int, default=5)
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args()
    settings.OUTBOUND_LOOPBACK = True
    database.create(reuse=False)
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = measure(asked.events, asked.dead, Path(folder))
    finally:
        connection.close()
        database.drop()
    missed = {name: value for name, value in found.items() if value > GOALS[name]}
    for name, value in found.items():
        print(f"{name}: {value:.2f} (goal: at most {GOALS[name]}){' MISSED' if name in missed else ''}")
    return 1 if asked.check and missed else 0


if __name__ == "__main__":
    sys.exit(main())
