"""Two entries of the roster were one person: they score and are scored as one."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F

from jiceng.access.actor import Actor
from jiceng.members.models import Person
from jiceng.workflow.services import close_todos, put_todo

from ..models import Assignment, Duty, FollowUp, Round, RoundState, Subject, SurveyPoint
from .addresses import DUTIES, reviewer_of


@transaction.atomic
def merge_person(*, keep_id: uuid.UUID, other_id: uuid.UUID, at: datetime) -> None:
    """Give what belongs to ``other_id`` to ``keep_id``. Again changes nothing.

    Nobody scores a colleague twice, and not themselves by way of the other entry: such tasks are no longer wanted. Who is
    listed twice in a round keeps both results there, as they came about.
    """
    _merge_reviewer(keep_id, other_id, at)
    listed = Subject.objects.filter(person=keep_id).order_by().values("round")
    Subject.objects.filter(person=other_id).exclude(round__in=listed).update(person=keep_id)
    SurveyPoint.objects.filter(person=other_id).update(person=keep_id)
    FollowUp.objects.filter(owner=other_id).update(owner=keep_id)
    one = Assignment.objects.filter(reviewer=keep_id, subject__person__in=(keep_id, other_id), state=Duty.PENDING)
    one.exclude(group="self").update(state=Duty.EXCUSED)


def _merge_reviewer(keep_id: uuid.UUID, other_id: uuid.UUID, at: datetime) -> None:
    """Tasks and to-dos of running rounds move; of a pair for the same colleague what is done counts."""
    theirs = Assignment.objects.filter(reviewer=other_id)
    running = list(Round.objects.filter(state=RoundState.OPEN, pk__in=theirs.order_by().values("round")))
    done = theirs.filter(state=Duty.DONE).order_by().values("subject")
    Assignment.objects.filter(reviewer=keep_id, subject__in=done, state=Duty.PENDING).update(state=Duty.EXCUSED)
    mine = Assignment.objects.filter(reviewer=keep_id).order_by().values("subject")
    theirs.filter(subject__in=mine, state=Duty.PENDING).update(state=Duty.EXCUSED)
    theirs.exclude(subject__in=mine).update(reviewer=keep_id)
    user_id = Person.objects.filter(pk=keep_id).values_list("user", flat=True).first()
    for round in running:
        moved = close_todos(owner=reviewer_of(round.pk, other_id), actor=Actor.system(), at=at, is_done=False)
        waiting = Assignment.objects.filter(round=round, reviewer=keep_id, state=Duty.PENDING)
        if moved and user_id and waiting.exclude(subject__person=F("reviewer")).exists():
            put_todo(
                owner=reviewer_of(round.pk, keep_id), kind="appraisal.scoring", title=round.title, url=DUTIES, at=at,
                due_at=round.closes_at, user_id=user_id,
            )  # fmt: skip
