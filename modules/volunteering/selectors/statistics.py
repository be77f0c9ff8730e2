"""How many people served how long, by team and by unit, and the table that the national system asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel import clock

from ..manifest.words import ORGANISE
from ..models import HoursEntry, SignUp
from .hours import standing
from .reach import within

MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Figures:
    name: str
    people: int
    shifts: int
    hours: Decimal


def entries(actor: Actor, *, first: date, last: date) -> QuerySet[HoursEntry]:
    """Verified hours of shifts within reach, from ``first`` to ``last``."""
    reach = within(actor, ORGANISE, "shift__project__unit__path")
    return standing(HoursEntry.objects.filter(reach, date__gte=first, date__lte=last))


def whole(rows: QuerySet[HoursEntry]) -> Figures:
    found = rows.aggregate(**_COUNTED)
    return Figures(_("合计"), found["people"], found["shifts"], found["hours"] or Decimal(0))


def by_team(rows: QuerySet[HoursEntry]) -> list[Figures]:
    return _grouped(rows, "team__name", _("不属于队伍"))


def by_unit(rows: QuerySet[HoursEntry]) -> list[Figures]:
    return _grouped(rows, "unit__name", _("未分配"))


def table(rows: QuerySet[HoursEntry]) -> Iterator[tuple[str, str, str, str, str, str, float, str, str]]:
    """Name, kind and number of the document (not kept), project, start, end, hours, team, remark."""
    times = SignUp.objects.filter(shift=OuterRef("shift"), person=OuterRef("person"))
    found = rows.annotate(
        began=Subquery(times.values("checked_in_at")[:1]), ended=Subquery(times.values("checked_out_at")[:1]),
        starts=F("shift__starts_at"), ends=F("shift__ends_at"),
    ).select_related("person", "team", "shift__project").order_by("date", "person__pinyin", "id")  # fmt: skip
    for row in found[:MOST_ROWS]:
        yield (
            row.person.name, "", "", row.shift.project.title, _moment(row.began or row.starts),  # type: ignore[attr-defined]
            _moment(row.ended or row.ends), float(row.hours), row.team.name if row.team else "", row.reason,  # type: ignore[attr-defined]
        )  # fmt: skip


_COUNTED = {
    "people": Count("person", distinct=True), "shifts": Count("shift", distinct=True), "hours": Sum("hours"),
}  # fmt: skip


def _grouped(rows: QuerySet[HoursEntry], name: str, nobody: str) -> list[Figures]:
    found = rows.values(name).annotate(**_COUNTED).order_by(name)
    return [Figures(row[name] or nobody, row["people"], row["shifts"], row["hours"]) for row in found]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(clock.local_zone()):%Y-%m-%d %H:%M}"
