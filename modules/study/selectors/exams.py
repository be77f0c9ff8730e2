"""Exams as candidates and examiners see them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiceng.access.actor import Actor
from jiceng.members.models import Person

from .. import errors
from ..manifest.words import EXAMINE
from ..models import Attempt, AttemptState, Candidate, Course, Exam, ExamState
from .questions import within

LISTED_FOR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Seat:
    """An exam as one person sees it. ``phase``: ahead, open or over, by their own end of the window."""

    exam: Exam
    candidate: Candidate | None
    running: Attempt | None
    phase: str
    closes_at: datetime

    @property
    def left(self) -> int:
        """Attempts that may still be begun."""
        used = self.candidate.attempt_count if self.candidate else 0
        return max(self.exam.attempts_allowed - used, 0)

    @property
    def may_begin(self) -> bool:
        return self.phase == "open" and self.running is None and self.left > 0


def managed(actor: Actor, permission: str = EXAMINE) -> QuerySet[Exam]:
    """Exams within reach, the newest first, with ``submitted_count`` and ``marking_count``."""
    attempts = Attempt.objects.filter(exam=OuterRef("pk")).order_by().values("exam")
    handed_in = attempts.filter(state__in=(AttemptState.MARKING, AttemptState.FINAL)).annotate(n=Count("*")).values("n")
    waiting = attempts.filter(state=AttemptState.MARKING).annotate(n=Count("*")).values("n")
    return Exam.objects.filter(within(actor, permission)).select_related("unit", "paper", "course", "audience").annotate(
        submitted_count=Coalesce(Subquery(handed_in), 0), marking_count=Coalesce(Subquery(waiting), 0)
    )  # fmt: skip


def get_managed(*, exam_id: uuid.UUID, actor: Actor, permission: str = EXAMINE) -> Exam:
    """Raises ``ExamMissing``, also for exams out of reach."""
    exam = managed(actor, permission).filter(pk=exam_id).first()
    if exam is None:
        raise errors.ExamMissing
    return exam


def takeable(person: Person | None) -> QuerySet[Exam]:
    """Published or ended exams that everybody may take, or that ``person`` is a candidate of."""
    mine = Exists(Candidate.objects.filter(exam=OuterRef("pk"), person=person))
    allowed = Q(audience=None) if person is None else Q(audience=None) | Q(mine)
    return Exam.objects.filter(allowed, state__in=(ExamState.PUBLISHED, ExamState.CLOSED)).select_related(
        "paper", "course", "unit"
    )


def get_exam(*, exam_id: uuid.UUID, person: Person | None) -> Exam:
    """An exam that ``person`` may take. Raises ``ExamMissing``; ``ExamWithdrawn`` for who has known it."""
    exam = takeable(person).filter(pk=exam_id).first()
    if exam is not None:
        return exam
    known = Candidate.objects.filter(exam=exam_id, exam__state=ExamState.WITHDRAWN, person=person)
    raise errors.ExamWithdrawn if person and known.exists() else errors.ExamMissing


def seats(person: Person, *, at: datetime) -> list[Seat]:
    """What ``person`` can take, is taking or has taken within a year: open ones first. Three queries."""
    found = list(takeable(person).filter(closes_at__gte=at - LISTED_FOR).order_by("closes_at")[:200])
    candidates = {row.exam_id: row for row in Candidate.objects.filter(person=person, exam__in=found)}
    running = {row.exam_id: row for row in Attempt.objects.filter(person=person, exam__in=found, state="running")}
    made = [seat(exam, candidates.get(exam.pk), running.get(exam.pk), at=at) for exam in found]
    over = [one for one in made if one.phase == "over" and one.candidate]
    waiting = [one for one in made if one.phase != "over"]
    return sorted(waiting, key=lambda one: one.phase != "open") + over[::-1]


def seat_of(exam: Exam, person: Person, *, at: datetime) -> Seat:
    candidate = Candidate.objects.filter(exam=exam, person=person).first()
    running = Attempt.objects.filter(exam=exam, person=person, state=AttemptState.RUNNING).first()
    return seat(exam, candidate, running, at=at)


def seat(exam: Exam, candidate: Candidate | None, running: Attempt | None, *, at: datetime) -> Seat:
    closes_at = closing_of(exam, candidate)
    phase = exam.phase(at)
    if phase == "over" and exam.state == ExamState.PUBLISHED and at < closes_at:
        phase = "open"
    return Seat(exam, candidate, running, phase, closes_at)


def closing_of(exam: Exam, candidate: Candidate | None) -> datetime:
    """The end of the window for this person."""
    return max(exam.closes_at, candidate.until_at) if candidate and candidate.until_at else exam.closes_at


def require_open(exam: Exam, candidate: Candidate, *, at: datetime) -> None:
    """Raises ``NotYetOpen``, ``ExamOver``."""
    if exam.state != ExamState.PUBLISHED or at >= closing_of(exam, candidate):
        raise errors.ExamOver
    if at < exam.opens_at:
        raise errors.NotYetOpen


def exam_of(course: Course) -> Exam | None:
    """The course's final exam: published, or ended."""
    rows = Exam.objects.filter(course=course, state__in=(ExamState.PUBLISHED, ExamState.CLOSED))
    return rows.order_by("-published_at").first()


def has_passed(*, person: Person, course: Course) -> bool:
    """Whether ``person`` has passed any exam of ``course``; true where it has none that counts."""
    if Candidate.objects.filter(exam__course=course, person=person, passed_at__isnull=False).exists():
        return True
    return exam_of(course) is None


def show_answers_at(exam: Exam, candidate: Candidate, *, at: datetime) -> bool:
    """Whether right answers may be seen by who has handed in."""
    if exam.show_answers == "after_submit":
        return True
    is_over = exam.state == ExamState.CLOSED or at >= closing_of(exam, candidate)
    return exam.show_answers == "after_close" and is_over
