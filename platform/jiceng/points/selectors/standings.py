"""How many points people have in a period, and who stands where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from jiceng.members.models import Person

from ..models import Period, Standing
from ..periods import start_of


@dataclass(frozen=True, slots=True)
class Place:
    """One line of a board. ``rank``: people with equal points share it (1, 2, 2, 4)."""

    rank: int
    standing: Standing


def points_of(person: Person, day: date) -> dict[str, int]:
    """Period -> points, of the periods that ``day`` lies in. One query."""
    starts = {period: start_of(period, day) for period in Period.values}
    rows = Standing.objects.filter(person=person, starts_on__in=set(starts.values()))
    found = {row.period: row.points for row in rows if starts[row.period] == row.starts_on}
    return {period: found.get(period, 0) for period in Period.values}


def board(period: str, start: date) -> QuerySet[Standing]:
    """The most points first; those without any are not on it."""
    rows = Standing.objects.filter(period=period, starts_on=start, points__gt=0)
    return rows.order_by("-points", "person")


def places(rows: list[Standing], *, above: QuerySet[Standing], before: int) -> list[Place]:
    """``rows``: a slice of a board after ``before`` others; ``above``: the whole board. One query where the slice begins late."""
    found: list[Place] = []
    for number, row in enumerate(rows, start=before + 1):
        if found and found[-1].standing.points == row.points:
            found.append(Place(found[-1].rank, row))
        elif not found and before:
            found.append(Place(1 + above.filter(points__gt=row.points).count(), row))
        else:
            found.append(Place(number, row))
    return found


def checksum() -> str:
    """A digest of all standings, the same for the same points: what two recomputations must agree on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(coalesce(string_agg(person_id::text || period || starts_on || points, ',' "
            "ORDER BY period, starts_on, person_id), '')) FROM points_standing WHERE points <> 0"
        )
        return str(cursor.fetchone()[0])
