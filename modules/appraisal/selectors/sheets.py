"""What a reviewer has to do, and their own named sheets."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, Q, QuerySet, When

from jiceng.access.actor import Actor

from ..errors.scoring import DutyMissing
from ..models import Assignment, Criterion, Duty, Round, RoundState, Sheet

# Five taps fill in a sheet: every criterion is one tap on one of these shares of its maximum.
LEVELS = (("优秀", "1"), ("良好", "0.85"), ("合格", "0.7"), ("基本合格", "0.6"), ("不合格", "0.4"))


@dataclass(frozen=True, slots=True)
class Pile:
    """The sheets that somebody has to fill in for one round."""

    round: Round
    duties: tuple[Assignment, ...]
    is_begun: bool

    @property
    def done_count(self) -> int:
        return sum(1 for duty in self.duties if duty.state == Duty.DONE)


def own_duties(actor: Actor) -> QuerySet[Assignment]:
    """What ``actor``'s person was asked to score; nothing for programs and visitors."""
    if actor.user is None:
        return Assignment.objects.none()
    return Assignment.objects.filter(reviewer__user=actor.user.pk)


def piles(*, actor: Actor, at: datetime) -> list[Pile]:
    """Rounds that take sheets now or soon, with the people to score; those still to do first. Two queries."""
    to_do_first = Case(When(state=Duty.PENDING, then=0), default=1, output_field=IntegerField())
    running = (
        own_duties(actor).filter(round__state=RoundState.OPEN, round__closes_at__gt=at).exclude(state=Duty.EXCUSED)
    )
    rows = running.select_related("round", "subject").order_by(
        "round__closes_at", "round", to_do_first, "subject__name", "pk"
    )
    found: dict[Any, list[Assignment]] = {}
    for row in rows:
        found.setdefault(row.round, []).append(row)
    return [Pile(round, tuple(duties), round.opens_at <= at) for round, duties in found.items()]


def get_duty(*, assignment_id: uuid.UUID, actor: Actor) -> Assignment:
    """One of ``actor``'s own. Raises ``DutyMissing``."""
    found = (
        own_duties(actor)
        .select_related("round", "subject")
        .filter(pk=assignment_id, round__state=RoundState.OPEN)
        .first()
    )
    if found is None:
        raise DutyMissing
    return found


def next_duty(assignment: Assignment) -> uuid.UUID | None:
    """The reviewer's next sheet of the same round that is not done; ``None`` when all are."""
    others = Assignment.objects.filter(
        round=assignment.round_id, reviewer=assignment.reviewer_id, state=Duty.PENDING
    ).exclude(pk=assignment.pk)
    return others.order_by("subject__name", "pk").values_list("pk", flat=True).first()


def place_of(assignment: Assignment) -> tuple[int, int]:
    """(how many of the reviewer's sheets are done, of how many)."""
    rows = Assignment.objects.filter(round=assignment.round_id, reviewer=assignment.reviewer_id).exclude(
        state=Duty.EXCUSED
    )
    found = rows.aggregate(done=Count("pk", filter=Q(state=Duty.DONE)), all=Count("pk"))
    return found["done"], found["all"]


def filled_in(assignment: Assignment) -> dict[str, Any]:
    """What stands on the reviewer's named sheet: ``{"scores": {criterion: points}, "comment": …}``. Blind ones are gone."""
    sheet = Sheet.objects.filter(assignment=assignment).prefetch_related("scores").first()
    if sheet is None:
        return {"scores": {}, "comment": ""}
    return {"scores": {str(row.criterion_id): str(row.value) for row in sheet.scores.all()}, "comment": sheet.comment}


def levels_of(criterion: Criterion) -> list[tuple[str, str]]:
    """The five taps of a criterion: (points, label)."""
    shares = (
        (label, (criterion.max_score * Decimal(share)).quantize(Decimal("0.01"), ROUND_HALF_UP))
        for label, share in LEVELS
    )
    return [(str(value.normalize() if value % 1 else int(value)), label) for label, value in shares]


def same_points(value: str, offered: list[str]) -> str:
    """The one of ``offered`` that is the same number as ``value``; ``""`` if none is."""
    for points in offered:
        if value == points or (
            value.replace(".", "", 1).isdigit() and value.isascii() and Decimal(value) == Decimal(points)
        ):
            return points
    return ""
