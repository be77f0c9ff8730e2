"""Security programme R-6, R-7: the broker forgets everything, database connections are cut; work goes on by itself."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import caches
from django.db import connection

from tenants.background import health
from tests.resilience.processes import Processes
from tests.resilience.test_kill_workers import assert_each_exactly_once, processes, settle, write  # noqa: F401
from tests.support import database


def forget_broker() -> int:
    """What an emptied Redis does, limited to the keys of this run's broker; returns how many keys were lost."""
    server = caches["default"]._cache.get_client()
    keys = list(server.scan_iter(match=f"{settings.TEST_DATABASE}:celery:*", count=5000))
    return server.delete(*keys) if keys else 0


def cut_connections() -> int:
    """What a restart of PostgreSQL does to this run's processes; returns how many connections were cut."""
    with database.owner_connection() as owner:
        cut = owner.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = %s AND datname = %s",
            [settings.APP_LOGIN, settings.TEST_DATABASE],
        ).fetchone()
    return cut[0]


@pytest.fixture
def brokerless(fresh_tenant, probe, tmp_path: Path) -> Iterator[Processes]:
    """A scheduler whose broker's port is closed."""
    running = Processes(secrets.token_hex(4), tmp_path, CELERY_BROKER_URL="redis://127.0.0.1:1/0")
    running.start("scheduler")
    try:
        yield running
    finally:
        running.stop()


def test_an_emptied_broker_and_cut_connections_only_delay(fresh_tenant, probe, processes):  # noqa: F811
    for number in range(5):
        write(fresh_tenant, number * 40, 40)
        connection.close()
        cut_connections()
        forget_broker()
        processes.wait_until(lambda: False, 0.8)
    settle(fresh_tenant, processes, 60)
    assert_each_exactly_once(fresh_tenant, probe, 200)


def test_the_scheduler_outlives_its_broker(fresh_tenant, probe, brokerless):
    caches["landlord"].delete("beat:scheduler")
    write(fresh_tenant, 0, 3)
    process = brokerless.running["scheduler"]
    assert brokerless.wait_until(lambda: "broker away" in brokerless.log("scheduler"), 30)
    assert brokerless.wait_until(lambda: "scheduler" not in health.problems(), 10)
    assert process.poll() is None
    assert brokerless.running["scheduler"] is process
