"""What was asked of whom, and who is behind."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel import clock

from .. import errors
from ..manifest.words import ASSIGN
from ..models import Assignee, Assignment, Course, Lesson, Progress
from . import courses


@dataclass(frozen=True, slots=True)
class Figures:
    """``late``: not through although the deadline has passed; ``unreachable``: without a login."""

    people: int
    done: int
    begun: int
    late: int
    unreachable: int

    @property
    def percent(self) -> int:
        return round(100 * self.done / self.people) if self.people else 0

    @property
    def waiting(self) -> int:
        return self.people - self.done


def managed(actor: Actor) -> QuerySet[Assignment]:
    """Assignments within the actor's reach, with ``done_count``."""
    paths = policy.unit_paths(actor, ASSIGN)
    found = Assignment.objects.select_related("course", "unit")
    if paths is not None:
        reach = Q(pk=None)
        for path in paths:
            reach |= Q(unit__path__startswith=path)
        found = found.filter(reach)
    done = Assignee.objects.filter(assignment=OuterRef("pk")).order_by().values("assignment")
    return found.annotate(done_count=Coalesce(Subquery(done.annotate(n=Count("completed_at")).values("n")), 0))


def assignable(actor: Actor) -> QuerySet[Course]:
    """Published courses that ``actor`` may assign: those open to all, and those they teach."""
    taught = courses.managed(actor).values("pk")
    return Course.objects.filter(Q(is_open=True) | Q(pk__in=taught), state="published", material_alone=None)


def get_assignment(*, assignment_id: uuid.UUID, actor: Actor) -> Assignment:
    """Raises ``AssignmentMissing``, also for those out of reach."""
    assignment = managed(actor).select_related("audience").filter(pk=assignment_id).first()
    if assignment is None:
        raise errors.AssignmentMissing
    return assignment


def people_of(assignment: Assignment, *, show: str = "") -> QuerySet[Assignee]:
    """The list by unit and name, with ``lessons_done``. ``show``: ``done``, ``waiting``, ``unreachable`` or everybody."""
    done = Progress.objects.filter(
        lesson__chapter__course=assignment.course_id, lesson__is_required=True, person=OuterRef("person"),
        completed_at__isnull=False,
    )  # fmt: skip
    count = done.order_by().values("person").annotate(n=Count("*")).values("n")
    found = Assignee.objects.filter(assignment=assignment).annotate(
        lessons_done=Coalesce(Subquery(count, output_field=IntegerField()), 0)
    )
    narrowing = {
        "done": Q(completed_at__isnull=False), "waiting": Q(completed_at=None), "unreachable": Q(user=None, completed_at=None),
    }  # fmt: skip
    if show in narrowing:
        found = found.filter(narrowing[show])
    return found.select_related("person", "unit").order_by("unit__path", "person__pinyin", "id")


def figures_of(assignment: Assignment, *, at: datetime) -> Figures:
    rows = Assignee.objects.filter(assignment=assignment)
    begun = Progress.objects.filter(lesson__chapter__course=assignment.course_id, person__in=rows.values("person"))
    found = rows.aggregate(
        people=Count("*"), done=Count("completed_at"), unreachable=Count("pk", filter=Q(user=None, completed_at=None))
    )
    waiting = found["people"] - found["done"]
    is_late = assignment.due_at is not None and assignment.due_at <= at
    return Figures(
        found["people"], found["done"], begun.values("person").distinct().count(), waiting if is_late else 0,
        found["unreachable"],
    )  # fmt: skip


def users_behind(assignment: Assignment) -> QuerySet[User]:
    """Active logins of people who are not through."""
    waiting = Assignee.objects.filter(assignment=assignment, completed_at=None, user__isnull=False)
    return User.objects.filter(is_active=True, pk__in=waiting.values("user"))


def table_of(assignment: Assignment) -> list[tuple[str, str, str, str, str]]:
    """Name, unit, login, lessons done of all, completed at: as text."""
    needed = Lesson.objects.filter(chapter__course=assignment.course_id, is_required=True).count()
    zone = clock.local_zone()
    return [
        (
            row.person.name, row.unit.name if row.unit else "", _("有") if row.user_id else _("无"),
            f"{row.lessons_done}/{needed}",  # type: ignore[attr-defined]  # annotated above
            f"{row.completed_at.astimezone(zone):%Y-%m-%d %H:%M}" if row.completed_at else "",
        )
        for row in people_of(assignment)
    ]  # fmt: skip
