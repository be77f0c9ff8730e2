"""When a course is through, and what follows from it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.clock import local_zone
from jiceng.members.models import Person
from jiceng.workflow import services as workflow

from ..models import Assignee, AssignmentState, Course, Enrolment, HoursKind
from ..selectors import courses as reads
from ..selectors import exams
from . import hours


@transaction.atomic
def reconsider(*, person: Person, course: Course, at: datetime) -> bool:
    """Whether ``person`` is through with ``course``, its exam included; the first time, everything that follows happens once.

    Assignments are marked done and leave the inbox; class hours are credited. Emits ``study.course.completed``. Locks the enrolment.
    """
    Enrolment.objects.bulk_create(
        [Enrolment(course=course, person=person, started_at=at, opened_at=at)], ignore_conflicts=True
    )
    enrolment = Enrolment.objects.select_for_update().get(course=course, person=person)
    if enrolment.completed_at is not None:
        return True
    if not reads.is_through(course, person) or not exams.has_passed(person=person, course=course):
        return False
    enrolment.completed_at = at
    enrolment.save(update_fields=("completed_at",))
    emit(
        "study.course.completed", actor_id=str(person.user_id) if person.user_id else None,
        payload={
            "course_id": str(course.pk), "title": course.title, "person_id": str(person.pk),
            "user_id": str(person.user_id or ""),
        },
    )  # fmt: skip
    _finish_assignments(person, course, at)
    _credit_hours(person, course, at)
    return True


def _credit_hours(person: Person, course: Course, at: datetime) -> None:
    """Into the year of the tenant's zone in which the course was completed."""
    if not course.class_hours:
        return
    hours.credit(
        person=person, hours=course.class_hours, kind=HoursKind.ONLINE, source_kind="study.course",
        source_id=str(course.pk), label=course.title, rule=_("学完课程，按课程设定计学时。"),
        date=at.astimezone(local_zone()).date(), actor=Actor.system(), at=at,
    )  # fmt: skip


def _finish_assignments(person: Person, course: Course, at: datetime) -> None:
    rows = Assignee.objects.filter(
        assignment__course=course, assignment__state=AssignmentState.OPEN, person=person, completed_at=None
    )
    done = list(rows.values_list("assignment_id", flat=True))
    rows.update(completed_at=at)
    if person.user_id is None:
        return
    for assignment_id in done:
        workflow.close_todos_of(
            owner=f"study.assignment:{assignment_id}", user_id=person.user_id, actor=Actor.system(person.name), at=at
        )
