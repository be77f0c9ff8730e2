"""Caps of a day and a year. The database counts, under the row's own lock, so that no number of awards at once exceeds one."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import connection, transaction
from django.db.models import F

from ..models import Tally


class CapReached(Exception):
    """Undoes what the caps of this award had counted so far."""


def take(*, person_id: uuid.UUID, rule: str, day: date, points: int, daily: int, yearly: int | None) -> bool:
    """Count ``points`` against both caps, or against neither; whether they had room. An award counts whole or not at all."""
    caps = [("day", day, daily)]
    if yearly is not None:
        caps.append(("year", day.replace(month=1, day=1), yearly))
    try:
        with transaction.atomic():
            for period, start, cap in caps:
                if not _counted(person_id, rule, period, start, points, cap):
                    raise CapReached
    except CapReached:
        Tally.objects.filter(person=person_id, rule=rule, period="day", starts_on=day).update(missed=F("missed") + 1)
        return False
    return True


def give_back(*, person_id: uuid.UUID, rule: str, day: date, points: int) -> None:
    """What was taken back can be earned again, on the day and in the year that it was counted in."""
    rows = Tally.objects.filter(person=person_id, rule=rule)
    for period, start in (("day", day), ("year", day.replace(month=1, day=1))):
        rows.filter(period=period, starts_on=start, points__gte=points).update(points=F("points") - points)


def _counted(person_id: uuid.UUID, rule: str, period: str, start: date, points: int, cap: int) -> bool:
    if points > cap:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO points_tally (person_id, rule, period, starts_on, points, cap, missed) "
            "VALUES (%s, %s, %s, %s, %s, %s, 0) "
            "ON CONFLICT (person_id, rule, period, starts_on) DO UPDATE "
            "SET points = points_tally.points + EXCLUDED.points, cap = EXCLUDED.cap "
            "WHERE points_tally.points + EXCLUDED.points <= EXCLUDED.cap RETURNING 1",
            [str(person_id), rule, period, start, points, cap],
        )
        return cursor.fetchone() is not None
