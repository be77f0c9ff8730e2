"""Operators see what was given up, and may retry or discard it."""

import uuid

import pytest

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.events.models import Delivery
from jiceng.kernel.tasks import enqueue
from tenants.background import dead_letters
from tenants.background.targets import by_key
from tenants.context import platform_scope, tenant_scope
from tenants.models import DeadLetter

pytestmark = pytest.mark.usefixtures("clean_agenda", "probe")


@pytest.fixture
def letter(hongqi, run_due, settings, clean_agenda, probe):
    """A task of 红旗社区 that failed too often."""
    settings.OUTBOX_MAX_ATTEMPTS = 1
    probe.failing.add("count")
    with tenant_scope(hongqi):
        enqueue("probe.count", number=1)
    run_due()
    with platform_scope():
        return DeadLetter.objects.get()


def delivery_state(record) -> str:
    with tenant_scope(record):
        return Delivery.objects.get().state


def audited() -> list[tuple[str, str]]:
    with platform_scope():
        found = AuditEntry.objects.filter(action__startswith="platform.dead_letter.")
        return list(found.values_list("action", "target_label"))


def test_retried_it_runs(letter, probe, hongqi, run_due, platform):
    probe.failing.clear()
    assert dead_letters.is_retryable(letter)
    dead_letters.retry(letter_id=letter.id, actor=Actor.system("运营"))
    assert run_due() == 1
    assert delivery_state(hongqi) == "done"
    assert dead_letters.open_count() == 0
    assert list(dead_letters.dead_letters(only_open=False).values_list("resolution", "resolved_by")) == [
        ("retried", "运营")
    ]
    assert audited() == [("platform.dead_letter.retried", "红旗社区 probe.count")]


def test_failing_again_it_is_a_new_letter(letter, run_due, platform):
    dead_letters.retry(letter_id=letter.id, actor=Actor.system())
    run_due()
    assert sorted(DeadLetter.objects.values_list("resolution", flat=True)) == ["", "retried"]


def test_discarded_it_never_runs(letter, probe, hongqi, run_due, platform):
    probe.failing.clear()
    dead_letters.discard(letter_id=letter.id, actor=Actor.system())
    assert run_due() == 0
    assert delivery_state(hongqi) == "discarded"
    assert audited() == [("platform.dead_letter.discarded", "红旗社区 probe.count")]


def test_a_resolved_letter_stays_resolved(letter, platform):
    dead_letters.discard(letter_id=letter.id, actor=Actor.system())
    for act in (dead_letters.retry, dead_letters.discard):
        with pytest.raises(dead_letters.LetterResolved):
            act(letter_id=letter.id, actor=Actor.system())
        with pytest.raises(dead_letters.LetterMissing):
            act(letter_id=uuid.uuid4(), actor=Actor.system())
    assert len(audited()) == 1


def test_a_refused_message_can_only_be_discarded(platform):
    dead_letters.refuse(reason="forged", detail="bad\x00 signature", name="x\n")
    (letter,) = dead_letters.dead_letters()
    assert "\x00" not in letter.detail
    with pytest.raises(dead_letters.NotRetryable):
        dead_letters.retry(letter_id=letter.id, actor=Actor.system())
    dead_letters.discard(letter_id=letter.id, actor=Actor.system())
    assert dead_letters.open_count() == 0


def test_burying_what_has_finished_meanwhile_changes_nothing(hongqi, run_due):
    with tenant_scope(hongqi):
        enqueue("probe.count", number=1)
    run_due()
    with tenant_scope(hongqi):
        delivery = Delivery.objects.get()
    dead_letters.bury(
        target=by_key(str(hongqi.id)), delivery_id=delivery.id, name="probe.count", reason="failed", detail=""
    )
    assert delivery_state(hongqi) == "done"
    assert dead_letters.open_count() == 0
