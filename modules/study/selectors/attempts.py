"""Attempts as who takes them sees them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import QuerySet

from jiceng.members.models import Person

from .. import errors
from ..models import Attempt, AttemptItem, AttemptState, ExamState, QuestionKind, ShowAnswers


@dataclass(frozen=True, slots=True)
class Sheet:
    """The state of an attempt's pages: which questions are answered."""

    items: tuple[AttemptItem, ...]

    @property
    def answered(self) -> int:
        return sum(item.is_answered for item in self.items)

    @property
    def missing(self) -> tuple[int, ...]:
        return tuple(item.number for item in self.items if not item.is_answered)


def get_attempt(*, attempt_id: uuid.UUID, person: Person | None) -> Attempt:
    """One's own. Raises ``AttemptMissing``, ``ExamWithdrawn``."""
    rows = Attempt.objects.select_related("exam", "exam__paper", "exam__course", "candidate", "person")
    attempt = rows.filter(pk=attempt_id, person=person).first() if person else None
    if attempt is None:
        raise errors.AttemptMissing
    if attempt.exam.state == ExamState.WITHDRAWN:
        raise errors.ExamWithdrawn
    return attempt


def sheet_of(attempt: Attempt) -> Sheet:
    """All its questions with answers, in one query."""
    rows = AttemptItem.objects.filter(attempt=attempt).select_related(
        "version", "version__question", "version__picture"
    )
    return Sheet(tuple(rows))


def get_item(attempt: Attempt, number: int) -> AttemptItem:
    """Raises ``AttemptMissing``."""
    rows = AttemptItem.objects.select_related("version", "version__question", "version__picture")
    item = rows.filter(attempt=attempt, number=number).first()
    if item is None:
        raise errors.AttemptMissing
    return item


def attempts_of(exam_id: uuid.UUID, person: Person) -> QuerySet[Attempt]:
    """Handed in, the latest first."""
    done = (AttemptState.MARKING, AttemptState.FINAL)
    return Attempt.objects.filter(exam=exam_id, person=person, state__in=done)


def wrong_answers(person: Person) -> QuerySet[AttemptItem]:
    """What ``person`` got wrong where answers may be seen, the latest first; questions for people to mark stay out."""
    seen = AttemptItem.objects.filter(
        attempt__person=person, attempt__state=AttemptState.FINAL, is_right=False,
    ).exclude(version__question__kind=QuestionKind.SHORT)  # fmt: skip
    closed = seen.filter(attempt__exam__show_answers=ShowAnswers.AFTER_CLOSE, attempt__exam__state=ExamState.CLOSED)
    at_once = seen.filter(
        attempt__exam__show_answers=ShowAnswers.AFTER_SUBMIT,
        attempt__exam__state__in=(ExamState.PUBLISHED, ExamState.CLOSED),
    )
    rows = (closed | at_once).select_related(
        "version", "version__question", "version__picture", "attempt", "attempt__exam"
    )
    return rows.order_by("-attempt__submitted_at", "number")
