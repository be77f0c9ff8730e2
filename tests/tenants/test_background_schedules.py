"""Work by the clock: in the tenant's zone, spread, once after downtime, only while the module is on."""

from datetime import UTC, datetime, timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel import cron, registry
from jiceng.kernel.checks import problems
from jiceng.kernel.manifest import Manifest, Schedule
from tenants import directory
from tenants.background import relay, schedules
from tenants.background.targets import by_key
from tenants.context import platform_scope, tenant_scope
from tenants.models import Agenda, Tenant
from tenants.modules import set_module

TASK, KIND = "probe.on_schedule", "schedule:probe.on_schedule"
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
pytestmark = pytest.mark.usefixtures("clean_agenda", "probe")


def due(record, kind: str = KIND) -> list[datetime]:
    with platform_scope():
        return list(Agenda.objects.filter(role_name=record.role_name, kind=kind).values_list("due_at", flat=True))


def switch(record, code: str, is_on: bool) -> None:
    with tenant_scope(record):
        set_module(tenant_id=record.id, code=code, is_on=is_on, actor=Actor.system())


def runs(probe, record) -> int:
    with tenant_scope(record):
        return len(probe.effects("on_schedule"))


def plan_alone(record) -> None:
    """Plan the tenant's schedules and leave only the probe's: the platform's own would run between."""
    schedules.plan(record)
    with platform_scope():
        Agenda.objects.exclude(kind=KIND).delete()


def test_planning_twice_is_planning_once(hongqi, dongfeng, clock):
    with clock(NOON):
        schedules.plan(hongqi)
        first = due(hongqi)
        schedules.plan(hongqi)
    assert due(hongqi) == first
    assert len(first) == 1
    assert due(dongfeng) == []
    assert timedelta(hours=1) <= first[0] - NOON <= timedelta(hours=1, minutes=10)


def test_it_runs_at_each_occurrence(probe, hongqi, run_due, clock):
    with clock(NOON):
        plan_alone(hongqi)
        assert run_due() == 0
    for hour in range(1, 4):
        with clock(due(hongqi)[0]):
            assert run_due() == 1
            assert run_due() == 0
        assert runs(probe, hongqi) == hour
        assert len(due(hongqi)) == 1


def test_it_runs_once_after_downtime(probe, hongqi, run_due, clock):
    with clock(NOON):
        plan_alone(hongqi)
    with clock(NOON + timedelta(days=3)):
        assert run_due() == 1
        assert run_due() == 0
    assert runs(probe, hongqi) == 1
    assert due(hongqi)[0] > NOON + timedelta(days=3)


def test_a_clock_that_jumps_back_does_not_repeat_an_occurrence(probe, hongqi, run_due, clock):
    with clock(NOON):
        schedules.plan(hongqi)
    moment = due(hongqi)[0]
    with clock(moment):
        run_due()
    with clock(moment - timedelta(hours=1)):
        with platform_scope():
            Agenda.objects.filter(kind=KIND).update(due_at=moment)
        run_due()
    with clock(moment):
        run_due()
    assert runs(probe, hongqi) == 1


def test_nothing_is_enqueued_for_a_module_that_was_switched_off(probe, hongqi, run_due, clock, monkeypatch):
    manifest = Manifest(
        code="newsclock", name="时钟", category="core", summary="", default_on=True,
        tasks={"newsclock.tick": "tests.support.probe.handlers.on_schedule"},
        schedules=(Schedule("newsclock.tick", "*/30 * * * *"),),
    )  # fmt: skip
    everything = registry.Registry((*registry.load().manifests, manifest))
    monkeypatch.setattr(registry, "load", lambda: everything)
    with clock(NOON):
        schedules.plan(hongqi)
    (moment,) = due(hongqi, "schedule:newsclock.tick")
    switch(hongqi, "newsclock", False)
    with clock(moment):
        run_due()
    assert runs(probe, hongqi) == 0
    assert due(hongqi, "schedule:newsclock.tick") == []
    switch(hongqi, "newsclock", True)
    assert len(due(hongqi, "schedule:newsclock.tick")) == 1


def test_a_schedule_that_no_manifest_declares_any_more_disappears(hongqi, run_due):
    with platform_scope():
        Agenda.objects.create(role_name=hongqi.role_name, kind="schedule:old.task", due_at=NOON)
    assert run_due() == 0
    assert due(hongqi, "schedule:old.task") == []


def test_lifting_a_suspension_makes_work_due_again(hongqi, post):
    with platform_scope():
        Agenda.objects.create(
            role_name=hongqi.role_name, kind="outbox", due_at=NOON, lease_until=NOON + timedelta(days=9000)
        )
    assert relay.due_roles(datetime.now(UTC)) == []
    schedules.plan(hongqi)
    assert relay.due_roles(datetime.now(UTC)) == [hongqi.role_name]


def test_all_tenants_and_the_platform_are_planned_after_an_upgrade(hongqi, dongfeng):
    schedules.plan_all()
    with platform_scope():
        planned = set(Agenda.objects.filter(kind=KIND).values_list("role_name", flat=True))
    assert planned == {hongqi.role_name, dongfeng.role_name, "jiceng_platform"}


def test_tenants_do_not_all_come_at_once(hongqi):
    target = by_key(str(hongqi.id))
    schedule = Schedule(TASK, "0 0 * * *")
    moments = set()
    for number in range(50):
        other = type(target)(f"key{number}", "t", "r", "Asia/Shanghai", "", target.record)
        moments.add(schedules.next_due(schedule, other, NOON))
    midnight = datetime(2026, 3, 2, 16, 0, tzinfo=UTC)
    assert len(moments) == 50
    assert min(moments) >= midnight
    assert max(moments) <= midnight + timedelta(minutes=10)


def test_occurrences_are_read_in_the_tenants_zone(hongqi):
    with platform_scope():
        Tenant.objects.filter(pk=hongqi.id).update(zone="Asia/Urumqi")
    assert directory.get(hongqi.id).zone == "Asia/Urumqi"
    moment = schedules.next_due(Schedule(TASK, "0 9 * * *"), by_key(str(hongqi.id)), NOON)
    assert datetime(2026, 3, 3, 3, 0, tzinfo=UTC) <= moment <= datetime(2026, 3, 3, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "after", "expected"),
    [
        ("*/5 * * * *", NOON, NOON + timedelta(minutes=5)),
        ("0 9 29 2 *", NOON, datetime(2028, 2, 29, 1, 0, tzinfo=UTC)),
        ("30 23 31 12 *", NOON, datetime(2026, 12, 31, 15, 30, tzinfo=UTC)),
        ("0 8 * * mon", NOON, datetime(2026, 3, 9, 0, 0, tzinfo=UTC)),
        ("0 0 1 * *", NOON, datetime(2026, 3, 31, 16, 0, tzinfo=UTC)),
    ],
)
def test_next_occurrences(expression, after, expected):
    assert cron.next_after(expression, after, "Asia/Shanghai") == expected


@pytest.mark.parametrize(
    "expression",
    ["", "* * * * *", "*/4 * * * *", "0,58 * * * *", "* * * * * *", "99 * * * *", "x 1 * * *", "0 0 31 2 *"],
)
def test_bad_expressions_stop_the_start(expression):
    with pytest.raises(cron.BadCron):
        cron.parse(expression)
    bad = Manifest(
        code="bad", name="", category="core", summary="", tasks={"bad.t": "tests.support.probe.handlers.fail"},
        schedules=(Schedule("bad.t", expression),),
    )  # fmt: skip
    assert [text for text in problems(registry.Registry((bad,))) if "schedule of 'bad.t'" in text] != []
