"""A round under way: opening draws up the list, closing computes, publishing shows everybody their own result."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.events.services import emit
from jiceng.kernel.module_settings import read as read_settings
from jiceng.kernel.tasks import enqueue
from jiceng.members.models import Person
from jiceng.notices import services as notices
from jiceng.workflow.services import close_todos, put_todo

from ..errors import scoring as refusals
from ..models import Assignment, Duty, Round, RoundState, Subject
from ..selectors import drawing
from ..selectors import rounds as reads
from . import concluding
from .addresses import DUTIES, RESULTS, reviewer_of, source_of
from .recording import record_deed
from .rounds import locked

BATCH = 1000
CATEGORY, RESULT = "appraisal.scoring", "appraisal.result"


@transaction.atomic
def open_round(*, round_id: uuid.UUID, actor: Actor, at: datetime) -> Round:
    """Draw up who judges whom, and freeze everything. Reviewers are told when the time for scoring begins.

    Raises ``RoundMissing``, ``Forbidden``, ``RoundNotDraft``, ``RoundOver``, ``NobodyToScore``, ``TooManyToScore``. Locks the round.
    """
    round = locked(round_id, actor=actor)
    if not round.is_draft:
        raise refusals.RoundNotDraft
    if at >= round.closes_at:
        raise refusals.RoundOver
    drawn = drawing.draw(round, at=at)
    if drawn.is_too_large:
        raise refusals.TooManyToScore
    if not drawn.sheet_count:
        raise refusals.NobodyToScore
    _write_list(round, drawn)
    round.state, round.opened_at = RoundState.OPEN, at
    round.group_minimum = read_settings("appraisal").group_minimum
    round.version, round.updated_at = round.version + 1, at
    round.save()
    record_deed(
        "appraisal.round.opened", round, round.title, actor,
        after={"subjects": len(drawn.judged), "sheets": drawn.sheet_count},
    )  # fmt: skip
    enqueue(
        "appraisal.tell_reviewers", at=max(at, round.opens_at), key=f"appraisal.tell:{round.pk}", round_id=str(round.pk)
    )
    enqueue("appraisal.close_round", at=round.closes_at, key=f"appraisal.close:{round.pk}", round_id=str(round.pk))
    return round


def _write_list(round: Round, drawn: drawing.Drawn) -> None:
    subjects = {
        row.person_id: Subject(
            round=round, person_id=row.person_id, name=row.name, unit_id=row.unit_id, unit_name=row.unit_name,
            is_graded=row.is_graded,
        )
        for row in drawn.judged
    }  # fmt: skip
    Subject.objects.bulk_create(subjects.values(), batch_size=BATCH)
    Assignment.objects.bulk_create(
        (
            Assignment(
                round=round, subject=subjects[row.person_id], reviewer_id=reviewer.person_id,
                reviewer_name=reviewer.name, group=reviewer.group,
            )
            for row in drawn.judged
            for reviewer in row.reviewers
        ),
        batch_size=BATCH,
    )  # fmt: skip


@transaction.atomic
def tell_reviewers(*, round_id: uuid.UUID | str, at: datetime) -> int:
    """One notice to all, and one to-do for each reviewer; returns how many. Again it changes nothing."""
    round = Round.objects.filter(pk=round_id, state=RoundState.OPEN).first()
    if round is None:
        return 0
    waiting = Assignment.objects.filter(round=round, state=Duty.PENDING, reviewer__user__isnull=False)
    people = list(waiting.order_by().values_list("reviewer", "reviewer__user").distinct())
    for person_id, user_id in people:
        put_todo(
            owner=reviewer_of(round.pk, person_id), kind="appraisal.scoring", title=round.title, url=DUTIES, at=at,
            due_at=round.closes_at, user_id=user_id,
        )  # fmt: skip
    notices.send(
        category=CATEGORY, title=round.title, text="", url=DUTIES, source=source_of(round.pk), at=at, actor=Actor.system(),
        users=reads.waiting_users(round).values("pk"), key=f"appraisal.scoring:{round.pk}", sender_name=round.created_by_name,
    )  # fmt: skip
    return len(people)


@transaction.atomic
def remind(*, round_id: uuid.UUID, actor: Actor, at: datetime) -> int:
    """One more word to those who have not finished; returns to how many.

    Raises ``RoundMissing``, ``Forbidden``, ``NotOpen``, ``RemindedLately`` within the days of the setting, ``NobodyToRemind``.
    Locks the round.
    """
    round = locked(round_id, actor=actor)
    if not round.is_open or not round.opens_at <= at < round.closes_at:
        raise refusals.NotOpen
    between = timedelta(days=read_settings("appraisal").days_between_reminders)
    earlier = round.reminded_at or max(round.opened_at or round.opens_at, round.opens_at)
    if at < earlier + between:
        raise refusals.RemindedLately(retry_after=int((earlier + between - at).total_seconds()))
    users = reads.waiting_users(round)
    count = users.count()
    if not count:
        raise refusals.NobodyToRemind
    round.reminded_at, round.reminded_count = at, round.reminded_count + 1
    round.save(update_fields=("reminded_at", "reminded_count"))
    notices.send(
        category=CATEGORY, title=round.title, url=DUTIES, source=source_of(round.pk), users=users.values("pk"), at=at,
        actor=actor, key=f"appraisal.reminder:{round.pk}:{round.reminded_count}",
    )  # fmt: skip
    record_deed("appraisal.round.reminded", round, round.title, actor, after={"count": count})
    return count


@transaction.atomic
def close_round(*, round_id: uuid.UUID | str, actor: Actor, at: datetime) -> Round | None:
    """No more sheets; results are computed. ``None`` where the system finds it closed already, or not due.

    Raises ``RoundMissing``, ``Forbidden``, ``NotOpen``. Locks the round.
    """
    if actor.is_system:
        found = Round.objects.filter(pk=round_id, state=RoundState.OPEN, closes_at__lte=at).exists()
        if not found:
            return None
    round = locked(round_id, actor=actor)
    if not round.is_open:
        raise refusals.NotOpen
    concluding.conclude(round)
    round.state, round.closed_at, round.updated_at = RoundState.CLOSED, at, at
    round.version += 1
    round.save()
    _end_todos(round, actor, at)
    notices.withdraw(source=source_of(round.pk), at=at)
    record_deed("appraisal.round.closed", round, round.title, actor)
    return round


def _end_todos(round: Round, actor: Actor, at: datetime) -> None:
    unfinished = Assignment.objects.filter(round=round, state=Duty.PENDING)
    for person_id in unfinished.order_by().values_list("reviewer", flat=True).distinct():
        close_todos(owner=reviewer_of(round.pk, person_id), actor=actor, at=at, is_done=False)


@transaction.atomic
def publish_round(*, round_id: uuid.UUID, actor: Actor, at: datetime) -> Round:
    """Let everybody see their own result, and begin the days for appeals.

    Raises ``RoundMissing``, ``Forbidden``, ``NotClosed``. Emits ``appraisal.round.published``. Locks the round.
    """
    round = locked(round_id, actor=actor)
    if round.state != RoundState.CLOSED:
        raise refusals.NotClosed
    round.state, round.published_at, round.updated_at = RoundState.PUBLISHED, at, at
    round.appeal_until = at + timedelta(days=read_settings("appraisal").appeal_days)
    round.version += 1
    round.save()
    people = Person.objects.filter(pk__in=Subject.objects.filter(round=round).values("person"), user__isnull=False)
    notices.send(
        category=RESULT, title=round.title, url=RESULTS, source=source_of(round.pk), at=at, actor=actor,
        users=User.objects.filter(pk__in=people.values("user"), is_active=True).values("pk"), key=f"appraisal.result:{round.pk}",
    )  # fmt: skip
    record_deed("appraisal.round.published", round, round.title, actor)
    emit("appraisal.round.published", payload={"round_id": round.pk, "title": round.title}, actor_id=actor.id)
    return round


@transaction.atomic
def note_leaver(*, person_id: uuid.UUID | str, note: str, at: datetime) -> int:
    """Somebody has left: they stay on the lists of running rounds with ``note``, and have nothing more to score.

    Returns in how many rounds they were judged.
    """
    running = Round.objects.filter(state=RoundState.OPEN)
    waiting = Assignment.objects.filter(round__in=running, reviewer=person_id, state=Duty.PENDING)
    for round_id in set(waiting.values_list("round", flat=True)):
        close_todos(owner=reviewer_of(round_id, person_id), actor=Actor.system(), at=at, is_done=False)
    waiting.update(state=Duty.EXCUSED)
    return Subject.objects.filter(round__in=running, person=person_id).update(note=note)
