"""What /readyz is told."""

import time
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from jiceng.kernel import crypto
from jiceng.kernel.clock import now
from tenants.background import health, relay
from tenants.context import platform_scope
from tenants.models import Agenda


@pytest.fixture(autouse=True)
def _silent(clean_agenda, monkeypatch):
    monkeypatch.setattr(health, "_last_beat", {})
    caches["landlord"].delete_many([f"beat:{part}" for part in health.PARTS])


def beat_all() -> None:
    for part in health.PARTS:
        health.beat(part)


def test_silent_processes_are_named():
    assert health.problems() == ["worker", "scheduler"]
    health.beat("worker")
    assert health.problems() == ["scheduler"]
    health.beat("scheduler")
    assert health.problems() == []


def test_old_signs_of_life_do_not_count():
    beat_all()
    caches["landlord"].set("beat:worker", time.time() - health.SILENT_SECONDS - 1)
    assert health.problems() == ["worker"]


def test_overdue_work_is_named_and_work_for_later_is_not(settings):
    beat_all()
    with platform_scope():
        Agenda.objects.create(role_name="r", kind="outbox", due_at=now() + timedelta(days=1))
        Agenda.objects.create(
            role_name="r", kind="outbox", due_at=now() - timedelta(days=1), lease_until=now() + timedelta(minutes=1)
        )
        Agenda.objects.create(role_name="r", kind="outbox", due_at=now() - timedelta(seconds=5))
    assert health.problems() == []
    with platform_scope():
        Agenda.objects.create(
            role_name="r", kind="outbox", due_at=now() - timedelta(seconds=settings.OUTBOX_LAG_SECONDS + 1)
        )
    assert health.problems() == ["outbox"]


def test_a_database_that_does_not_answer_is_named(monkeypatch):
    def away() -> None:
        raise OperationalError("away")

    beat_all()
    monkeypatch.setattr(health, "overdue_since", away)
    assert health.problems() == ["database"]


def test_a_redis_that_does_not_answer_is_named(monkeypatch):
    def away(*_args, **_kwargs) -> None:
        raise RedisAway("away")

    monkeypatch.setattr(type(caches["landlord"]), "get_many", away)
    monkeypatch.setattr(type(caches["landlord"]), "set", away)
    beat_all()
    assert health.problems() == ["redis"]


def test_the_watchdogs_message_shows_a_living_worker(post):
    relay.send_beat()
    post.work()
    assert health.problems() == ["scheduler"]


def test_a_forged_watchdog_message_shows_nothing():
    beat = relay.application().tasks["jiceng.beat"]
    beat(sent_at="now", signature=crypto.sign("then", purpose="beat"))
    beat("x", sent_at=None, signature=7, more=1)
    beat()
    assert health.problems() == ["worker", "scheduler"]
