"""Telling the people of an exam, and ending it when its time is over: a worker's job."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import CharField, F, Func, IntegerField, Max, UUIDField, Value
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.bulk import insert_selected
from jiceng.kernel.tasks import enqueue
from jiceng.members import audiences
from jiceng.members.models import Audience
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from ..models import Attempt, AttemptState, Candidate, Exam, ExamState
from .attempts import hand_in_due
from .exams import address_of, owner_of


@transaction.atomic
def deliver_exam(*, exam_id: uuid.UUID | str, at: datetime) -> int | None:
    """Write the list of candidates, put a to-do and a notice into their inboxes; ``None`` if there is nobody to be told.

    A few statements whatever their number. Locks the exam.
    """
    rows = Exam.objects.select_for_update(of=("self",)).select_related("audience")
    exam = rows.filter(pk=exam_id, state=ExamState.PUBLISHED).first()
    if exam is None or exam.candidate_count is not None or exam.audience is None:
        return None
    count = _write_list(exam, exam.audience, at)
    Exam.objects.filter(pk=exam.pk).update(candidate_count=count)
    waiting = Candidate.objects.filter(exam=exam, is_asked=True, attempt_count=0, user__isnull=False)
    users = User.objects.filter(is_active=True, pk__in=waiting.values("user"))
    workflow.put_todos(
        owner=owner_of(exam), kind="study.exam", title=exam.title, url=address_of(exam), users=users, at=at,
        due_at=exam.closes_at,
    )  # fmt: skip
    notices.send(
        category="study.exam", title=_("考试：%(title)s") % {"title": exam.title[:80]}, text=exam.words,
        url=address_of(exam), source=owner_of(exam), users=users.values("pk"), at=at, actor=Actor.system(),
        key=owner_of(exam), sender_name=exam.author_name,
    )  # fmt: skip
    return count


@transaction.atomic
def finish_exam(*, exam_id: uuid.UUID | str, at: datetime) -> None:
    """Hand in what is due; end the exam once nobody has time left, or come back then."""
    exam = Exam.objects.filter(pk=exam_id, state__in=(ExamState.PUBLISHED, ExamState.CLOSED)).first()
    if exam is None:
        return
    due = Attempt.objects.filter(exam=exam, state=AttemptState.RUNNING, deadline_at__lte=at)
    for attempt_id in due.order_by("candidate").values_list("pk", flat=True):
        hand_in_due(attempt_id=attempt_id, at=at)
    if exam.state == ExamState.CLOSED:
        return
    latest = Candidate.objects.filter(exam=exam).aggregate(latest=Max("until_at"))["latest"]
    ends_at = max(exam.closes_at, latest) if latest else exam.closes_at
    if ends_at > at:
        enqueue("study.finish_exam", exam_id=exam.pk, at=ends_at)
        return
    Exam.objects.filter(pk=exam.pk, state=ExamState.PUBLISHED).update(state=ExamState.CLOSED, updated_at=at)
    workflow.close_todos(owner=owner_of(exam), actor=Actor.system(), at=at, is_done=False)


def _write_list(exam: Exam, audience: Audience, at: datetime) -> int:
    people = audiences.people(audience, at=at)
    none = Value(0, output_field=IntegerField())
    rows = people.order_by().values_list(
        Func(function="gen_random_uuid", output_field=UUIDField()), Value(exam.pk, output_field=UUIDField()), "pk",
        F("user_id"), F("unit_id"), Value(True), none, none, Value("", output_field=CharField()), named=False,
    )  # fmt: skip
    columns = (
        "id", "exam_id", "person_id", "user_id", "unit_id", "is_asked", "attempt_count", "extra_minutes",
        "extension_reason",
    )  # fmt: skip
    insert_selected(Candidate, columns, rows)
    mine = Candidate.objects.filter(exam=exam)
    mine.filter(is_asked=False, person__in=people.order_by().values("pk")).update(is_asked=True)  # who began at once
    return mine.filter(is_asked=True).count()
