"""The scheduler as a command: does what is due, outlives trouble, stops when told."""

import threading

import pytest
from django.core.management import call_command
from django.db import OperationalError

from jiceng.kernel.tasks import enqueue
from tenants.background import relay
from tenants.context import platform_scope, tenant_scope
from tenants.management.commands.scheduler import MAX_PAUSE_SECONDS, Command
from tenants.models import Agenda

pytestmark = pytest.mark.usefixtures("clean_agenda", "probe")


def test_once_hands_out_what_is_due_and_plans_the_platforms_own(hongqi, post):
    with tenant_scope(hongqi):
        enqueue("probe.count", number=1)
    call_command("scheduler", once=True)
    assert [name for name, _kwargs in post.letters] == ["jiceng.deliver"]
    with platform_scope():
        kinds = set(Agenda.objects.filter(role_name="jiceng_platform").values_list("kind", flat=True))
    assert {"schedule:probe.on_schedule", "schedule:events.remove_finished"} <= kinds


def test_the_loop_waits_longer_while_something_is_away_and_recovers(monkeypatch):
    command, pauses = Command(), []
    looks = iter([OperationalError("away"), OperationalError("away"), relay.BrokerAway("away"), 3, 0])

    class Stopping(threading.Event):
        def wait(self, timeout=None):
            pauses.append(timeout)
            if len(pauses) == 5:
                self.set()
            return self.is_set()

    def look():
        result = next(looks)
        if isinstance(result, Exception):
            raise result
        return result

    monkeypatch.setattr(command, "_look", look)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    command._stopping = Stopping()
    command._run(0.5)
    assert pauses == [1.0, 2.0, 4.0, 0.0, 0.5]
    assert max(pauses) <= MAX_PAUSE_SECONDS


def test_waiting_messages_are_counted_in_the_broker(hongqi, settings):
    assert relay.queued() == 0
    relay.send_beat()
    assert relay.queued() == 1
    settings.OUTBOX_QUEUE_LIMIT = 3
    with tenant_scope(hongqi):
        for number in range(5):
            enqueue("probe.count", number=number)
    assert relay.tick() == 2
    assert relay.tick() == 0
    assert relay.queued() == 3
