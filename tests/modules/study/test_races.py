"""Several at once: nothing is finished or counted twice."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from jiceng.events.models import OutboxMessage
from jiceng.members.models import Person
from modules.study import errors
from modules.study.models import Course, Enrolment, HoursEntry, Progress
from modules.study.services import assignments, delivering, hours
from modules.study.services import learning as services
from tenants.context import tenant_scope
from tests.factories.news import MONDAY
from tests.support.racing import at_once

from . import kit

pytestmark = pytest.mark.django_db(transaction=True)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def study_on():
    """These tests call services; no module has to be on."""


@pytest.fixture
def reader(fresh_tenant):
    with tenant_scope(fresh_tenant):
        return kit.make_person("读者", kit.make_unit("第一支部"), login="duzhe")


def test_eight_taps_finish_once(fresh_tenant, reader):
    with tenant_scope(fresh_tenant):
        actor = kit.actor_of(reader)
        lesson = kit.lessons_of(kit.make_course(kit.text()))[0]
        services.open_lesson(lesson_id=lesson.pk, actor=actor, at=MONDAY)
    outcomes = at_once(
        fresh_tenant, 8, lambda: services.confirm_lesson(lesson_id=lesson.pk, actor=actor, at=MONDAY).completed_at
    )
    assert outcomes == [MONDAY] * 8
    with tenant_scope(fresh_tenant):
        names = list(OutboxMessage.objects.filter(name__startswith="study.").values_list("name", flat=True))
        assert sorted(names) == ["study.course.completed", "study.course.published", "study.lesson.completed"]


def test_sixteen_reports_of_one_moment_count_once(fresh_tenant, reader):
    with tenant_scope(fresh_tenant):
        actor = kit.actor_of(reader)
        lesson = kit.lessons_of(kit.make_course(kit.video(seconds=1000), rule="time"))[0]
        services.open_lesson(lesson_id=lesson.pk, actor=actor, at=MONDAY)
    at_once(fresh_tenant, 16, lambda: services.report_time(
        lesson_id=lesson.pk, position=9, watched=15, actor=actor, at=MONDAY + 15 * SECOND
    ))  # fmt: skip
    with tenant_scope(fresh_tenant):
        assert Progress.objects.get().effective_seconds == 15


def test_opening_on_two_terminals_enrols_once(fresh_tenant, reader):
    with tenant_scope(fresh_tenant):
        actor = kit.actor_of(reader)
        lesson = kit.lessons_of(kit.make_course())[0]
    outcomes = at_once(
        fresh_tenant, 6, lambda: services.open_lesson(lesson_id=lesson.pk, actor=actor, at=MONDAY).started_at
    )
    assert outcomes == [MONDAY] * 6
    with tenant_scope(fresh_tenant):
        assert (Enrolment.objects.count(), Progress.objects.count()) == (1, 1)


def test_one_paper_assigned_twice_at_once_is_one_course(fresh_tenant, reader):
    with tenant_scope(fresh_tenant):
        paper = kit.text("上级文件")
    at_once(fresh_tenant, 6, lambda: assignments.create_assignment(
        fields={"material_id": paper.pk}, actor=kit.SYSTEM, at=MONDAY
    ).pk)  # fmt: skip
    with tenant_scope(fresh_tenant):
        assert Course.objects.count() == 1


def test_the_list_is_made_once(fresh_tenant, reader):
    with tenant_scope(fresh_tenant):
        made = kit.assign(kit.make_course(), deliver=False)
    outcomes = at_once(
        fresh_tenant, 6, lambda: delivering.deliver_assignment(assignment_id=made.pk, at=MONDAY)
    )  # fmt: skip
    with tenant_scope(fresh_tenant):
        count = Person.objects.count()
    assert sorted(outcomes, key=str) == sorted([count] + [None] * 5, key=str)


def test_eight_credits_of_one_source_count_once_and_come_back_once(fresh_tenant, reader):
    def credit():
        return hours.credit(
            person=reader, hours=Decimal(4), kind="online", source_kind="study.course", source_id="a", label="导读",
            rule="4 课时 × 1", date=MONDAY.date(), actor=kit.SYSTEM, at=MONDAY,
        )  # fmt: skip

    made = [entry for entry in at_once(fresh_tenant, 8, credit) if entry is not None]
    assert [entry.hours for entry in made] == [4]
    outcomes = at_once(
        fresh_tenant, 8, lambda: hours.reverse(entry_id=made[0].pk, reason="重复", actor=kit.SYSTEM, at=MONDAY).hours
    )
    assert sorted(map(str, outcomes)) == sorted(["-4.0"] + [str(errors.HoursReversed)] * 7)
    with tenant_scope(fresh_tenant):
        assert sorted(HoursEntry.objects.values_list("hours", flat=True)) == [-4, 4]
