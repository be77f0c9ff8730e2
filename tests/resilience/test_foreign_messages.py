"""Security programme I-9 with a real worker: whatever lies in Redis, only our envelopes run, and the worker lives on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from celery import Celery
from django.conf import settings

from tenants.background.dead_letters import dead_letters
from tenants.context import platform_scope, tenant_scope
from tenants.models import DeadLetter
from tests.resilience.test_kill_workers import processes, settle, write  # noqa: F401


@pytest.fixture
def intruder(processes) -> Iterator[Celery]:  # noqa: F811
    """Somebody with write access to the broker and without the signing key."""
    app = Celery("intruder", broker=settings.CELERY_BROKER_URL, set_as_current=False)
    app.conf.task_default_queue = settings.CELERY_TASK_DEFAULT_QUEUE
    app.conf.broker_transport_options = {
        "global_keyprefix": f"{settings.TEST_DATABASE}:celery:{processes.run}:", "socket_timeout": 5,
    }  # fmt: skip
    yield app
    app.close()
    with platform_scope():
        DeadLetter.objects.all().delete()


def test_foreign_messages_never_run_and_are_shown(fresh_tenant, probe, processes, intruder):  # noqa: F811
    intruder.send_task("celery.chord", args=[[], None])
    intruder.send_task("probe.count", kwargs={"number": 1})
    intruder.send_task("jiceng.deliver", args=[1, 2], headers={"_schema_name": fresh_tenant.schema_name})
    intruder.send_task("jiceng.deliver", kwargs={"envelope": {"tenant": str(fresh_tenant.id)}}, countdown=1)
    forged = {"tenant": str(fresh_tenant.id), "schema": fresh_tenant.schema_name, "task": "probe.count",
              "delivery": "00000000-0000-0000-0000-000000000000", "signature": "A" * 43}  # fmt: skip
    intruder.send_task("jiceng.deliver", kwargs={"envelope": forged})
    intruder.send_task("jiceng.deliver", kwargs={"envelope": forged}, serializer="pickle")
    write(fresh_tenant, 1, 3)
    settle(fresh_tenant, processes, 40)
    expected = {
        ("unknown_task", "celery.chord"), ("unknown_task", "probe.count"), ("no_envelope", ""), ("malformed", ""),
        ("forged", "probe.count"),
    }  # fmt: skip

    def shown() -> set[tuple[str, str]]:
        with platform_scope():
            return set(dead_letters().values_list("reason", "name"))

    assert processes.wait_until(lambda: shown() == expected, 20), shown()
    with tenant_scope(fresh_tenant):
        assert sorted(probe.effects("count")) == ["1", "2", "3"]
    assert processes.running["worker"].poll() is None
