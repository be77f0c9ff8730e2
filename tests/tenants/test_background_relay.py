"""From the agenda to the workers and back: once, in the right schema, and only what is due."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError as BrokerError

from jiceng.access.actor import Actor
from jiceng.events import delivering
from jiceng.events.models import Delivery, DeliveryState
from jiceng.events.services import emit
from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue
from tenants.background import dead_letters, relay
from tenants.context import platform_scope, tenant_scope
from tenants.models import Agenda, DeadLetter, DeadReason, State, Tenant
from tenants.modules import set_module

EVENT = "probe.thing.happened"
GOOD = {"thing_id": "00000000-0000-0000-0000-000000000007", "label": "一", "number": 1, "is_good": True}
pytestmark = pytest.mark.usefixtures("clean_agenda", "probe")


def enqueue_in(record, *numbers: int, **options) -> None:
    with tenant_scope(record):
        for number in numbers:
            enqueue("probe.count", number=number, **options)


def states(record) -> list[str]:
    with tenant_scope(record):
        return list(Delivery.objects.order_by("id").values_list("state", flat=True))


def effects_in(probe, record, what: str = "count") -> list[str]:
    with tenant_scope(record):
        return probe.effects(what)


def set_state(record, state: str) -> None:
    with platform_scope():
        Tenant.objects.filter(pk=record.id).update(state=state)


def idle_tenants(count: int) -> None:
    """Tenants with work that comes due tomorrow."""
    with platform_scope():
        plan = Tenant.objects.first().plan
        for number in range(count):
            Tenant.objects.create(
                slug=f"idle{number}", name="闲", kind="other", credit_code="", plan=plan,
                schema_name=f"t_idle{number}", role_name=f"r_idle{number}",
            )  # fmt: skip
            Agenda.objects.create(role_name=f"r_idle{number}", kind="outbox", due_at=now() + timedelta(days=1))


def test_a_task_runs_in_its_tenant_and_nowhere_else(probe, hongqi, dongfeng, run_due):
    enqueue_in(hongqi, 1)
    enqueue_in(dongfeng, 2)
    assert run_due() == 2
    assert effects_in(probe, hongqi) == ["1"]
    assert effects_in(probe, dongfeng) == ["2"]
    with platform_scope():
        assert probe.effects("count") == []


def test_the_platform_has_an_outbox_too(probe, run_due):
    with platform_scope():
        enqueue("probe.count", number=5)
    assert run_due() == 1
    with platform_scope():
        assert probe.effects("count") == ["5"]


def test_the_envelope_holds_no_payload(hongqi, post):
    enqueue_in(hongqi, 4711)
    relay.tick()
    ((name, kwargs),) = post.letters
    assert name == "jiceng.deliver"
    assert set(kwargs) == {"envelope"}
    assert set(kwargs["envelope"]) == {"tenant", "schema", "delivery", "task", "signature"}
    assert "4711" not in str(kwargs)


def test_a_failing_listener_does_not_repeat_the_others(probe, hongqi, run_due, clock):
    with tenant_scope(hongqi):
        emit(EVENT, payload=GOOD)
    probe.failing.add("second")
    run_due()
    assert effects_in(probe, hongqi, "first") == ["1"]
    assert effects_in(probe, hongqi, "second") == []
    assert sorted(states(hongqi)) == ["done", "pending"]
    probe.failing.clear()
    with clock(now() + timedelta(seconds=10)):
        run_due()
    assert effects_in(probe, hongqi, "first") == ["1"]
    assert effects_in(probe, hongqi, "second") == ["1"]
    assert states(hongqi) == ["done", "done"]


def test_a_failure_takes_its_effects_back_and_ends_as_dead_letter(probe, hongqi, run_due, clock, settings):
    settings.OUTBOX_MAX_ATTEMPTS = 3
    with tenant_scope(hongqi):
        enqueue("probe.count_then_fail", number=1)
    at = now()
    for _ in range(5):
        with clock(at):
            run_due()
        at += timedelta(hours=2)
    assert effects_in(probe, hongqi) == []
    with tenant_scope(hongqi):
        delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (DeliveryState.DEAD, 3)
    with platform_scope():
        letter = DeadLetter.objects.get()
        assert Agenda.objects.filter(role_name=hongqi.role_name).count() == 0
    assert (letter.reason, letter.tenant_name, letter.name) == (DeadReason.FAILED, "红旗社区", "probe.count_then_fail")
    assert letter.get_reason_display() == "处理程序多次出错，已停止重试"
    assert letter.detail == "ProbeFailure: after the effect"
    assert letter.delivery_id == delivery.id


def test_waits_between_attempts_grow_up_to_a_cap(settings):
    settings.OUTBOX_RETRY_BASE_SECONDS, settings.OUTBOX_RETRY_CAP_SECONDS = 4, 60
    for attempt, longest in ((1, 4), (2, 8), (3, 16), (5, 60), (40, 60)):
        for _ in range(20):
            assert longest * 0.75 <= delivering.backoff(attempt).total_seconds() <= longest


def test_a_lost_message_is_sent_again_when_its_lease_has_run_out(probe, hongqi, post, run_due, clock, settings):
    enqueue_in(hongqi, 1)
    assert relay.tick() == 1
    post.letters.clear()  # Redis has lost it
    assert relay.tick() == 0
    with clock(now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS + 1)):
        assert run_due() == 1
    assert effects_in(probe, hongqi) == ["1"]


def test_a_message_that_comes_twice_runs_once(probe, hongqi, post):
    enqueue_in(hongqi, 1)
    relay.tick()
    post.letters *= 3
    assert post.work() == 3
    assert effects_in(probe, hongqi) == ["1"]
    assert states(hongqi) == ["done"]


def test_work_for_later_waits(probe, hongqi, run_due, clock):
    due_at = now() + timedelta(hours=5)
    enqueue_in(hongqi, 1, at=due_at)
    assert run_due() == 0
    with clock(due_at + timedelta(seconds=1)):
        assert run_due() == 1
    assert effects_in(probe, hongqi) == ["1"]


def test_a_big_backlog_goes_out_in_batches_and_other_tenants_are_served_in_between(hongqi, dongfeng, post, settings):
    settings.OUTBOX_BATCH = 3
    enqueue_in(hongqi, *range(7))
    enqueue_in(dongfeng, 1)
    assert relay.tick() == 4
    assert relay.tick() == 3
    assert relay.tick() == 1
    assert relay.tick() == 0


def test_a_long_queue_is_not_made_longer(hongqi, dongfeng, post, settings):
    settings.OUTBOX_QUEUE_LIMIT = 5
    enqueue_in(hongqi, *range(4))
    enqueue_in(dongfeng, *range(4))
    assert relay.tick() == 5
    assert relay.tick() == 0
    post.work()
    assert relay.tick() == 3


def test_the_agenda_is_empty_when_the_work_is_done(hongqi, run_due, clock, settings):
    enqueue_in(hongqi, 1, 2)
    run_due()
    with clock(now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS + 1)):
        assert run_due() == 0
    with platform_scope():
        assert Agenda.objects.count() == 0


def test_a_tick_with_nothing_due_asks_one_question(hongqi):
    idle_tenants(50)
    with CaptureQueriesContext(connection) as sent:
        assert relay.tick() == 0
    assert len([query for query in sent if query["sql"].startswith("SELECT")]) == len(sent) == 1


def test_three_due_of_fifty_touch_three(hongqi, dongfeng, post):
    def statements() -> int:
        enqueue_in(hongqi, 1)
        enqueue_in(dongfeng, 1)
        with platform_scope():
            enqueue("probe.count", number=1)
        with CaptureQueriesContext(connection) as sent:
            assert relay.tick() == 3
        return len(sent)

    statements()
    alone = statements()
    idle_tenants(47)
    assert statements() == alone
    assert alone <= 3 * 14 + 1


def test_a_suspended_tenants_work_waits_and_goes_on(probe, hongqi, post, run_due, clock):
    enqueue_in(hongqi, 1)
    set_state(hongqi, State.SUSPENDED)
    assert run_due() == 0
    set_state(hongqi, State.ACTIVE)
    with clock(now() + relay.UNSERVED + timedelta(seconds=1)):
        assert run_due() == 1
    assert effects_in(probe, hongqi) == ["1"]


def test_a_closed_tenants_wake_ups_are_dropped(hongqi, post):
    enqueue_in(hongqi, 1)
    set_state(hongqi, State.CLOSED)
    assert relay.tick() == 0
    with platform_scope():
        assert Agenda.objects.count() == 0
    assert states(hongqi) == ["pending"]


def test_a_role_nobody_knows_is_dropped(platform, post):
    Agenda.objects.create(role_name="r_gone", kind="outbox", due_at=now())
    assert relay.tick() == 0
    assert Agenda.objects.count() == 0


def test_one_tenants_trouble_does_not_keep_others_waiting(probe, hongqi, dongfeng, run_due):
    with platform_scope():
        Tenant.objects.filter(pk=hongqi.id).update(schema_name="t_0000000000000000")
        Agenda.objects.create(role_name=hongqi.role_name, kind="outbox", due_at=now() - timedelta(hours=1))
    enqueue_in(dongfeng, 2)
    assert run_due() == 1
    assert effects_in(probe, dongfeng) == ["2"]
    with platform_scope():
        assert Agenda.objects.get(role_name=hongqi.role_name).lease_until > now()


def test_without_broker_nothing_is_lost_and_nothing_waits_for_a_lease(probe, hongqi, post, run_due):
    enqueue_in(hongqi, 1, 2)
    post.error = BrokerError("away")
    with pytest.raises(relay.BrokerAway):
        relay.tick()
    post.error = None
    assert run_due() == 2
    assert sorted(effects_in(probe, hongqi)) == ["1", "2"]


def test_a_module_switched_off_meanwhile_does_not_run(probe, hongqi, post):
    enqueue_in(hongqi, 1)
    with tenant_scope(hongqi):
        Delivery.objects.update(module="news")  # as if the task were the module's
        relay.tick()
        set_module(tenant_id=hongqi.id, code="news", is_on=False, actor=Actor.system())
    post.work()
    assert states(hongqi) == ["skipped"]
    assert effects_in(probe, hongqi) == []


def test_a_task_that_kills_its_worker_each_time_is_given_up(probe, hongqi, post, settings):
    enqueue_in(hongqi, 1)
    relay.tick()
    with tenant_scope(hongqi):
        Delivery.objects.update(attempts=settings.OUTBOX_MAX_ATTEMPTS, sent_count=settings.OUTBOX_MAX_ATTEMPTS + 1)
    post.work()
    assert states(hongqi) == ["dead"]
    assert effects_in(probe, hongqi) == []
    with platform_scope():
        assert DeadLetter.objects.get().reason == DeadReason.WORKER_LOST


def test_a_task_that_no_manifest_declares_any_more_is_given_up(probe, hongqi, post):
    enqueue_in(hongqi, 1)
    with tenant_scope(hongqi):
        message = Delivery.objects.get().message
        message.name = "probe.removed"
        message.save()
        Delivery.objects.update(handler="probe.removed")
    relay.tick()
    post.work()
    assert states(hongqi) == ["dead"]
    with platform_scope():
        assert DeadLetter.objects.get().reason == DeadReason.UNKNOWN_TASK
    assert dead_letters.open_count() == 1
