"""How many points people have in a period, and who stands where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection
from django.db.models import QuerySet

from jiceng.members.models import Person

from ..models import Period, Standing
from ..periods import start_of


def points_of(person: Person, day: date) -> dict[str, int]:
    """Period -> points, of the periods that ``day`` lies in. One query."""
    starts = {period: start_of(period, day) for period in Period.values}
    rows = Standing.objects.filter(person=person, starts_on__in=set(starts.values()))
    found = {row.period: row.points for row in rows if starts[row.period] == row.starts_on}
    return {period: found.get(period, 0) for period in Period.values}


def board(period: str, start: date) -> QuerySet[Standing]:
    """The most points first; those without any are not on it."""
    rows = Standing.objects.filter(period=period, starts_on=start, points__gt=0)
    return rows.order_by("-points", "person_id")


def ranks(points: Sequence[int], *, first: int = 1, before: int = 0) -> list[int]:
    """Ranks of a slice of a board, the most points first; equal points share one (1, 2, 2, 4).

    ``before``: how many lines come before the slice; ``first``: the rank of its first line.
    """
    found: list[int] = []
    for place, value in enumerate(points):
        is_tied = place > 0 and points[place - 1] == value
        found.append(found[-1] if is_tied else before + place + 1 if place else first)
    return found


def checksum() -> str:
    """A digest of all standings, the same for the same points: what two recomputations must agree on."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT md5(coalesce(string_agg(person_id::text || period || starts_on || points, ',' "
            "ORDER BY period, starts_on, person_id), '')) FROM points_standing WHERE points <> 0"
        )
        return str(cursor.fetchone()[0])
