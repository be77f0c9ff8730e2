"""Taking an exam. The server's clock decides; what was saved once is never lost; handing in twice is handing in once.

Locks are taken in one order: the candidate, the attempt, its items.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.kernel.tasks import enqueue
from jiceng.members.models import Person

from .. import errors
from ..models import Attempt, AttemptItem, AttemptState, Candidate, Exam, ExamState
from ..selectors import attempts as reads
from ..selectors import exams
from ..selectors.learners import require_learner
from .drawing import drawn_items, new_seed
from .scoring import clean_answer, close_todo, score_items, settle, voided_of

TERMINAL_LENGTH = 64
# Rounding of clocks and the way of the request; nobody gains anything by it.
GRACE = timedelta(seconds=3)


@transaction.atomic
def start_attempt(*, exam_id: uuid.UUID, terminal: str, actor: Actor, at: datetime) -> Attempt:
    """Begin, or find the attempt that runs. The questions are drawn and the deadline is set now.

    Raises ``ExamMissing``, ``ExamWithdrawn``, ``NotYetOpen``, ``ExamOver``, ``NoAttemptLeft``, ``NotOnRoster``.
    """
    person = require_learner(actor)
    exam = exams.get_exam(exam_id=exam_id, person=person)
    candidate = _candidate(exam, person)
    running = Attempt.objects.filter(candidate=candidate, state=AttemptState.RUNNING).first()
    if running is not None and at < running.deadline_at:
        return running
    if running is not None:
        _submit(_locked(running.pk), candidate, at=running.deadline_at, timed_out=True)
    exams.require_open(exam, candidate, at=at)
    if candidate.attempt_count >= exam.attempts_allowed:
        raise errors.NoAttemptLeft
    candidate.attempt_count += 1
    candidate.save(update_fields=("attempt_count",))
    attempt = Attempt(
        exam=exam, candidate=candidate, person=person, number=candidate.attempt_count, seed=new_seed(),
        terminal=terminal[:TERMINAL_LENGTH], started_at=at, deadline_at=deadline_of(exam, candidate, at), max_score=Decimal(0),
    )  # fmt: skip
    items = drawn_items(attempt, exam.paper)
    attempt.max_score = sum((item.points for item in items), Decimal(0))
    attempt.save(force_insert=True)
    AttemptItem.objects.bulk_create(items)
    enqueue("study.hand_in_attempt", attempt_id=attempt.pk, at=attempt.deadline_at + GRACE)
    return attempt


@transaction.atomic
def save_answer(
    *, attempt_id: uuid.UUID, number: int, answer: Any, terminal: str, sequence: int | None = None, actor: Actor, at: datetime
) -> AttemptItem:  # fmt: skip
    """Keep one answer: places of options, or texts. ``sequence``: rising on each terminal; what comes late changes nothing.

    Raises ``AttemptMissing``, ``AttemptOver``, ``AnswerLate``, ``HeldElsewhere``, ``AnswerInvalid``.
    """
    attempt = _own(attempt_id, actor)
    attempt = _locked(attempt.pk)
    _require_running(attempt, terminal, at)
    rows = AttemptItem.objects.select_related("version", "version__question")
    item = rows.filter(attempt=attempt, number=number).first()
    if item is None:
        raise errors.AttemptMissing
    kept = clean_answer(item.version, answer)
    if sequence is not None and item.terminal == terminal and sequence <= item.sequence:
        return item
    item.answer, item.terminal, item.answered_at = kept, terminal[:TERMINAL_LENGTH], at
    item.sequence = max(sequence, 0) if sequence is not None else item.sequence + 1
    item.save(update_fields=("answer", "terminal", "sequence", "answered_at"))
    return item


@transaction.atomic
def continue_here(*, attempt_id: uuid.UUID, terminal: str, actor: Actor, at: datetime) -> Attempt:
    """Go on with this terminal; the other one can save no more. Raises ``AttemptMissing``, ``AttemptOver``, ``AnswerLate``."""
    attempt = _own(attempt_id, actor)
    attempt = _locked(attempt.pk)
    _require_running(attempt, attempt.terminal, at)
    attempt.terminal = terminal[:TERMINAL_LENGTH]
    attempt.save(update_fields=("terminal",))
    return attempt


@transaction.atomic
def hand_in(*, attempt_id: uuid.UUID, terminal: str, actor: Actor, at: datetime) -> Attempt:
    """Finish and score it, once: handing in again answers the same. Raises ``AttemptMissing``, ``HeldElsewhere``."""
    attempt = _own(attempt_id, actor)
    candidate = Candidate.objects.select_for_update().get(pk=attempt.candidate_id)
    attempt = _locked(attempt.pk)
    if attempt.state == AttemptState.CANCELLED:
        raise errors.AttemptOver
    if not attempt.is_running:
        return attempt
    if attempt.terminal != terminal:
        raise errors.HeldElsewhere
    is_late = at >= attempt.deadline_at
    _submit(attempt, candidate, at=attempt.deadline_at if is_late else at, timed_out=is_late)
    return attempt


@transaction.atomic
def hand_in_due(*, attempt_id: uuid.UUID | str, at: datetime) -> bool:
    """Hand in what was saved when time is up; returns whether it was due. Comes back where the deadline has moved."""
    attempt = Attempt.objects.filter(pk=attempt_id).only("candidate_id").first()
    if attempt is None:
        return False
    candidate = Candidate.objects.select_for_update().get(pk=attempt.candidate_id)
    attempt = _locked(attempt.pk)
    if not attempt.is_running:
        return False
    if at < attempt.deadline_at:
        enqueue("study.hand_in_attempt", attempt_id=attempt.pk, at=attempt.deadline_at + GRACE)
        return False
    _submit(attempt, candidate, at=attempt.deadline_at, timed_out=True)
    return True


def deadline_of(exam: Exam, candidate: Candidate, started_at: datetime) -> datetime:
    """By the minutes allowed, and never after the window; both as extended for this person."""
    minutes = exam.minutes + candidate.extra_minutes
    return min(started_at + timedelta(minutes=minutes), exams.closing_of(exam, candidate))


def _submit(attempt: Attempt, candidate: Candidate, *, at: datetime, timed_out: bool) -> None:
    attempt.state, attempt.submitted_at, attempt.was_timed_out = AttemptState.MARKING, at, timed_out
    attempt.save(update_fields=("state", "submitted_at", "was_timed_out"))
    items = list(
        AttemptItem.objects.filter(attempt=attempt).select_related("version", "version__question")
    )  # fmt: skip
    score_items(attempt, items, voided_of(attempt.exam))
    close_todo(attempt, at=at)
    if not any(item.needs_marking for item in items):
        settle(attempt, candidate, at=at)


def _candidate(exam: Exam, person: Person) -> Candidate:
    """Their row, locked; made where they come of their own accord."""
    row = Candidate(exam=exam, person=person, user_id=person.user_id, unit_id=person.unit_id)
    Candidate.objects.bulk_create([row], ignore_conflicts=True)
    return Candidate.objects.select_for_update().get(exam=exam, person=person)


def _own(attempt_id: uuid.UUID, actor: Actor) -> Attempt:
    return reads.get_attempt(attempt_id=attempt_id, person=require_learner(actor))


def _locked(attempt_id: uuid.UUID) -> Attempt:
    rows = Attempt.objects.select_for_update(of=("self",))
    return rows.select_related("exam", "exam__paper", "exam__course", "person").get(pk=attempt_id)


def _require_running(attempt: Attempt, terminal: str, at: datetime) -> None:
    """Raises ``AttemptOver``, ``AnswerLate``, ``HeldElsewhere``."""
    if not attempt.is_running or attempt.exam.state == ExamState.WITHDRAWN:
        raise errors.AttemptOver
    if at >= attempt.deadline_at + GRACE:
        raise errors.AnswerLate
    if attempt.terminal != terminal:
        raise errors.HeldElsewhere
