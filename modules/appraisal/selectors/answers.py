"""Answers and what they add up to. An average is shown from five answers on; hidden words are never in a list."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek

from jiceng.access.actor import Actor
from jiceng.kernel.clock import local_zone

from ..errors.survey import AnswerMissing
from ..manifest.words import ANSWERS, MODERATE
from ..models import PointKind, RefusalReason, Satisfaction, SurveyAnswer, SurveyRefusal
from .reach import within

AVERAGE_FROM = 5
STEPS: dict[str, tuple[Any, int, str]] = {
    "day": (TruncDay, 30, "%m-%d"), "week": (TruncWeek, 84, "%m-%d"), "month": (TruncMonth, 366, "%Y-%m"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figures:
    """``average``: 1 to 5, one decimal; ``None`` for fewer than five answers."""

    label: str
    count: int
    bad_count: int
    average: Decimal | None


@dataclass(frozen=True, slots=True)
class Trend:
    """``series``: a row for each day, week or month with answers. ``refused``: (reason, count)."""

    whole: Figures
    series: tuple[Figures, ...]
    grades: tuple[tuple[str, int], ...]
    by_unit: tuple[Figures, ...]
    by_kind: tuple[Figures, ...]
    by_point: tuple[Figures, ...]
    refused: tuple[tuple[str, int], ...]

    @property
    def counts(self) -> list[tuple[str, int]]:
        return [(row.label, row.count) for row in self.series]

    @property
    def averages(self) -> list[tuple[str, float]]:
        return [(row.label, float(row.average)) for row in self.series if row.average is not None]


def visible(*, actor: Actor, permission: str = ANSWERS) -> QuerySet[SurveyAnswer]:
    rows = SurveyAnswer.objects.select_related("point__unit", "follow_up")
    return within(rows, actor=actor, permission=permission, path="point__unit__path")


def listed(
    *, actor: Actor, grade: str = "", show: str = "", words: str = "", point_id: uuid.UUID | None = None
) -> QuerySet[SurveyAnswer]:
    """The newest first. ``show``: ``text`` with words, ``hidden``, ``bad``. ``words``: in the name of the point."""
    found = visible(actor=actor)
    if grade in {str(value) for value in Satisfaction.values}:
        found = found.filter(grade=int(grade))
    if point_id is not None:
        found = found.filter(point=point_id)
    if words:
        found = found.filter(point__name__icontains=words)
    conditions = {"text": ~Q(text="") & Q(hidden_at=None), "hidden": Q(hidden_at__isnull=False), "bad": Q(grade__lte=2)}
    return found.filter(conditions.get(show, Q())).order_by("-answered_at", "-pk")


def get_moderated(*, answer_id: uuid.UUID, actor: Actor) -> SurveyAnswer:
    """An answer whose words ``actor`` may hide. Raises ``AnswerMissing``."""
    found = visible(actor=actor, permission=MODERATE).filter(pk=answer_id).first()
    if found is None:
        raise AnswerMissing
    return found


def trend(*, actor: Actor, at: datetime, step: str = "week") -> Trend:
    """What the answers of the last 30 days (by ``day``), 12 weeks or 12 months add up to. Seven queries."""
    cut, days, shape = STEPS.get(step, STEPS["week"])
    since = at - timedelta(days=days)
    rows = visible(actor=actor).select_related(None).filter(answered_at__gt=since).order_by()
    periods = (
        rows.annotate(label=cut("answered_at", tzinfo=local_zone())).values("label").annotate(**_SUMS).order_by("label")
    )
    grades = dict(rows.values_list("grade").annotate(Count("pk")))
    refused = within(
        SurveyRefusal.objects.filter(day__gt=since.astimezone(local_zone()).date()),
        actor=actor,
        permission=ANSWERS,
        path="point__unit__path",
    )
    reasons = dict(refused.order_by().values_list("reason").annotate(Sum("count")))
    kinds = dict(PointKind.choices)
    return Trend(
        whole=_figures({"label": "", **rows.aggregate(**_SUMS)}),
        series=tuple(_figures({**row, "label": row["label"].strftime(shape)}) for row in periods),
        grades=tuple((str(grade.label), grades.get(grade.value, 0)) for grade in Satisfaction),
        by_unit=_by(rows, "point__unit__name", "point__unit"),
        by_kind=tuple(
            Figures(str(kinds.get(row.label, row.label)), row.count, row.bad_count, row.average) for row in _by(rows, "point__kind")
        ),
        by_point=_by(rows, "point__name", "point", most=20),
        refused=tuple((str(reason.label), reasons.get(reason.value, 0)) for reason in RefusalReason if reasons.get(reason.value)),
    )  # fmt: skip


_SUMS = {"count": Count("pk"), "bad_count": Count("pk", filter=Q(grade__lte=2)), "average": Avg("grade")}


def _by(rows: QuerySet[SurveyAnswer], column: str, *same: str, most: int = 200) -> tuple[Figures, ...]:
    """``column``: what a line is called. ``same``: what makes two of that name two lines."""
    sums = rows.annotate(label=F(column)).values("label", *same).annotate(**_SUMS)  # type: ignore[misc]
    found = sums.order_by("-count", "label", *same)[:most]
    return tuple(_figures({**row, "label": row["label"] or ""}) for row in found)


def _figures(row: dict[str, Any]) -> Figures:
    enough = row["count"] >= AVERAGE_FROM and row["average"] is not None
    average = Decimal(str(row["average"])).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP) if enough else None
    return Figures(row["label"], row["count"], row["bad_count"], average)
