"""Making the list of an assignment and telling the people on it: a worker's job, however many they are."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, Subquery, UUIDField, Value

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.bulk import insert_selected
from jiceng.members import audiences
from jiceng.members.models import Person, PersonState
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from ..models import Assignee, Assignment, Enrolment
from .assignments import address_of, owner_of


@transaction.atomic
def deliver_assignment(*, assignment_id: uuid.UUID | str, at: datetime) -> int | None:
    """Write the list, put a to-do and a notice into the inboxes; returns how many people, ``None`` if that was done before.

    A few statements whatever their number. Who completed the course earlier is through already. Locks the assignment.
    """
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("audience", "course")
    assignment = rows.filter(pk=assignment_id).first()
    if assignment is None or not assignment.is_open or assignment.person_count is not None:
        return None
    count = _write_list(assignment, at)
    Assignment.objects.filter(pk=assignment.pk).update(person_count=count)
    _tell(assignment, at)
    return count


def _write_list(assignment: Assignment, at: datetime) -> int:
    if assignment.audience is not None:
        people = audiences.people(assignment.audience, at=at)
    else:
        people = Person.objects.filter(state=PersonState.ACTIVE)
    earlier = Enrolment.objects.filter(course=assignment.course_id, person=OuterRef("pk")).values("completed_at")
    rows = people.order_by().values_list(
        Value(assignment.pk, output_field=UUIDField()), "pk", F("user_id"), F("unit_id"), Subquery(earlier), named=False
    )
    return insert_selected(Assignee, ("assignment_id", "person_id", "user_id", "unit_id", "completed_at"), rows)


def _tell(assignment: Assignment, at: datetime) -> None:
    waiting = Assignee.objects.filter(assignment=assignment, completed_at=None, user__isnull=False)
    users = User.objects.filter(is_active=True, pk__in=waiting.values("user"))
    workflow.put_todos(
        owner=owner_of(assignment), kind="study.assignment", title=assignment.title, url=address_of(assignment),
        users=users, at=at, due_at=assignment.due_at,
    )  # fmt: skip
    notices.send(
        category="study.assignment", title=assignment.title, text=assignment.words, url=address_of(assignment),
        source=owner_of(assignment), users=users.values("pk"), at=at, actor=Actor.system(),
        key=owner_of(assignment), sender_name=assignment.author_name, is_mandatory=assignment.is_mandatory,
    )  # fmt: skip
