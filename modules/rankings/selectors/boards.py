"""Boards. Points are the ledger's; a unit is compared by its people now, never by their sum."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet, Sum, Window
from django.db.models.functions import Rank

from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import Person, PersonState, Unit
from jiceng.points.models import Entry, Period, Standing
from jiceng.points.periods import previous, start_of
from jiceng.points.selectors import standings
from jiceng.points.selectors.rules import label_of

from .. import errors
from ..models import Hidden
from . import relief

PERIODS = tuple(Period.values)
_LINE = ("person_id", "points", "person__name", "person__unit__name", "is_hidden")


@dataclass(frozen=True, slots=True)
class Span:
    """One period. ``is_last``: the one before the present one."""

    period: str
    start: date
    is_last: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """``rank``: shared by equal points. Who does not want to be named has neither name nor unit here."""

    rank: int
    person_id: uuid.UUID
    points: int
    name: str
    unit: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class UnitLine:
    """``mean``, ``median``: points per head, one decimal place, of ``people`` in the unit now."""

    rank: int
    unit: Unit
    people: int
    mean: Decimal
    median: Decimal
    figure: Decimal


def span(period: str, today: date, *, last: bool = False) -> Span:
    """``period``: anything else than a known one is the month. Of the whole there is no last one."""
    known = period if period in PERIODS else Period.MONTH.value
    start = start_of(known, today)
    is_last = last and known != Period.ALL
    return Span(known, previous(known, start) if is_last else start, is_last)


def people(chosen: Span) -> QuerySet[Standing]:
    """People with points, the most first, each with ``is_hidden``. Raises ``BoardsClosed``."""
    _require_people()
    return _named(standings.board(chosen.period, chosen.start))


def ranked_people() -> QuerySet[Standing]:
    """People with points in every period, each with ``is_hidden`` and its ``rank`` in it. Raises ``BoardsClosed``."""
    _require_people()
    rank = Window(Rank(), partition_by=(F("period"), F("starts_on")), order_by=F("points").desc())
    return _named(Standing.objects.filter(points__gt=0)).select_related("person").annotate(rank=rank)


def lines(chosen: Span, *, before: int, size: int) -> list[PersonLine]:
    """A page of a board: one query, and another where it does not begin with the first. Raises ``BoardsClosed``."""
    rows = list(people(chosen).values_list(*_LINE, named=True)[before : before + size])
    if not rows:
        return []
    first = 1 + _above(chosen, rows[0].points) if before else 1
    ranks = standings.ranks([row.points for row in rows], first=first, before=before)
    return [_line(rank, row) for rank, row in zip(ranks, rows, strict=True)]


def own_line(person: Person, chosen: Span) -> PersonLine | None:
    """One's own line, whether hidden or not. Raises ``BoardsClosed``."""
    row = people(chosen).filter(person=person).values_list(*_LINE, named=True).first()
    return _line(1 + _above(chosen, row.points), row) if row else None


def units(chosen: Span) -> list[UnitLine]:
    """Units with enough people, the best first; equal figures share a rank. One statement over the members now."""
    relief.require_open()
    settings = read_settings("rankings")
    with connection.cursor() as cursor:
        cursor.execute(_UNITS, [chosen.period, chosen.start, PersonState.ACTIVE.value, settings.least_people])
        rows = cursor.fetchall()
    known = Unit.objects.in_bulk([row[0] for row in rows])
    place = 2 if settings.unit_measure == "per_capita" else 3
    found: list[UnitLine] = []
    for number, row in enumerate(sorted(rows, key=lambda row: (-row[place], str(row[0]))), start=1):
        rank = found[-1].rank if found and found[-1].figure == row[place] else number
        found.append(UnitLine(rank, known[row[0]], row[1], row[2], row[3], row[place]))
    return found


def unit(unit_id: uuid.UUID, chosen: Span) -> tuple[UnitLine, list[tuple[str, int]]]:
    """A unit's line and what its people's points were given for: label, points. Raises ``UnitMissing``, ``BoardsClosed``."""
    line = next((line for line in units(chosen) if line.unit.pk == unit_id), None)
    if line is None:
        raise errors.UnitMissing
    entries = Entry.objects.filter(person__unit=unit_id, person__state=PersonState.ACTIVE)
    if chosen.period != Period.ALL:
        entries = entries.filter(day__gte=chosen.start)
    if chosen.is_last:
        entries = entries.filter(day__lt=_next_start(chosen))
    rows = entries.order_by().values("rule").annotate(points=Sum("points")).order_by("-points", "rule")
    return line, [(label_of(row["rule"]), row["points"]) for row in rows if row["points"]]


def is_hidden(person: Person) -> bool:
    return Hidden.objects.filter(person=person).exists()


def may_show_people() -> bool:
    """Whether the board of people is open."""
    return bool(read_settings("rankings").shows_people) and not relief.is_on()


def _require_people() -> None:
    if not may_show_people():
        raise errors.BoardsClosed


def _named(rows: QuerySet[Standing]) -> QuerySet[Standing]:
    """Of people who are here, with whether they want to be named."""
    hidden = Hidden.objects.filter(person=OuterRef("person"))
    return rows.filter(person__state=PersonState.ACTIVE).annotate(is_hidden=Exists(hidden))


def _line(rank: int, row: Any) -> PersonLine:
    name, unit = ("", "") if row.is_hidden else (row.person__name, row.person__unit__name or "")
    return PersonLine(rank, row.person_id, row.points, name, unit, row.is_hidden)


def _above(chosen: Span, points: int) -> int:
    """How many people who are here have more: from the board's index, less those who have left."""
    more = Standing.objects.filter(period=chosen.period, starts_on=chosen.start, points__gt=points)
    left = Person.objects.exclude(state=PersonState.ACTIVE)
    return more.count() - more.filter(person__in=left.values("pk")).count()


def _next_start(chosen: Span) -> date:
    """The first day after a period that is over."""
    step = {"week": 7, "month": 31, "quarter": 92, "year": 366}[chosen.period]
    return start_of(chosen.period, date.fromordinal(chosen.start.toordinal() + step))


_UNITS = """
SELECT p.unit_id, count(*), round(avg(coalesce(s.points, 0)), 1),
       round(percentile_cont(0.5) WITHIN GROUP (ORDER BY coalesce(s.points, 0))::numeric, 1)
FROM members_person p
LEFT JOIN points_standing s ON s.person_id = p.id AND s.period = %s AND s.starts_on = %s
WHERE p.state = %s AND p.unit_id IS NOT NULL
GROUP BY p.unit_id HAVING count(*) >= %s
"""
