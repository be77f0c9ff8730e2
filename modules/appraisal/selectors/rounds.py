"""Rounds as managers see them: lists and progress as counts, never who gave what."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from jiceng.access.actor import Actor
from jiceng.access.models import User

from ..errors.scoring import RoundMissing
from ..manifest.words import MANAGE
from ..models import Assignment, Criterion, Duty, Round, RoundState, Subject
from .reach import within


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts. ``waiting_people``: who still have a sheet to fill in."""

    subjects: int
    sheets: int
    done: int
    people: int
    waiting_people: int

    @property
    def percent(self) -> int:
        return self.done * 100 // self.sheets if self.sheets else 0


def managed(*, actor: Actor) -> QuerySet[Round]:
    """The rounds that ``actor`` may manage, newest first, with ``subject_count`` and ``done_count``/``sheet_count``."""
    return within(Round.objects.select_related("unit", "audience"), actor=actor, permission=MANAGE).order_by("-id")


def with_counts(rounds: QuerySet[Round]) -> QuerySet[Round]:
    wanted = ~Q(assignments__state=Duty.EXCUSED)
    return rounds.annotate(
        sheet_count=Count("assignments", filter=wanted),
        done_count=Count("assignments", filter=Q(assignments__state=Duty.DONE)),
    )


def get_round(*, round_id: uuid.UUID, actor: Actor) -> Round:
    """A round that ``actor`` may manage. Raises ``RoundMissing``."""
    round = managed(actor=actor).filter(pk=round_id).first()
    if round is None:
        raise RoundMissing
    return round


def criteria_of(round: Round) -> list[Criterion]:
    return list(Criterion.objects.filter(round=round))


def progress_of(round: Round) -> Progress:
    """Three counts; nothing says who."""
    rows = Assignment.objects.filter(round=round).exclude(state=Duty.EXCUSED)
    found = rows.aggregate(
        sheets=Count("pk"), done=Count("pk", filter=Q(state=Duty.DONE)), people=Count("reviewer", distinct=True),
        waiting_people=Count("reviewer", distinct=True, filter=Q(state=Duty.PENDING)),
    )  # fmt: skip
    return Progress(subjects=Subject.objects.filter(round=round).count(), **found)


def waiting_users(round: Round) -> QuerySet[User]:
    """Logins of those who have not finished."""
    waiting = Assignment.objects.filter(round=round, state=Duty.PENDING, reviewer__user__isnull=False)
    return User.objects.filter(pk__in=waiting.values("reviewer__user"), is_active=True)


def count_open() -> int:
    return Round.objects.filter(state=RoundState.OPEN).count()
