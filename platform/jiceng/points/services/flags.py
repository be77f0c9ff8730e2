"""Looking for what is unusual. A flag asks somebody to look; it never takes a point."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..models import Flag, FlagKind, FlagState
from ..selectors import ledger as reads

BURST = 5  # entries of one person within one minute
TIMES_USUAL = 3  # against the mean day of the ninety before
LEAST = 20  # points a day that are worth a look
NOTE_LENGTH = 200


@transaction.atomic
def look(*, day: date, at: datetime) -> int:
    """Flag what was unusual on ``day``; returns how many are new. Two statements over the ledger's index by day."""
    found = [(FlagKind.BURST, person, {"count": count}) for person, count in _bursts(day)]
    found += [(FlagKind.MUCH, person, {"points": points, "usual": usual}) for person, points, usual in _much(day)]
    before = Flag.objects.filter(day=day).count()
    Flag.objects.bulk_create(
        [Flag(person_id=person, kind=kind, day=day, facts=facts, created_at=at) for kind, person, facts in found],
        ignore_conflicts=True,
    )
    return Flag.objects.filter(day=day).count() - before


@transaction.atomic
def settle(*, flag_id: uuid.UUID, note: str, actor: Actor, at: datetime) -> Flag:
    """Somebody has looked, and says what it was. Raises ``FlagMissing``, ``PointsInvalid`` on ``/note``."""
    flag = reads.flags(actor).filter(pk=flag_id).first()
    if flag is None:
        raise errors.FlagMissing
    values = Cleaner().text("note", note, NOTE_LENGTH, needed=True).done(errors.PointsInvalid)
    flag.state, flag.note, flag.seen_by_name = FlagState.SEEN, values["note"], actor.display_name[:150]
    flag.save(update_fields=("state", "note", "seen_by_name"))
    record(action="points.flag_seen", actor=actor, target=str(flag.pk), target_label=flag.person.name, after=values)
    return flag


def _bursts(day: date) -> list[tuple[uuid.UUID, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, max(n) FROM (SELECT person_id, count(*) AS n FROM points_entry "
            "WHERE day = %s AND points > 0 AND rule <> 'by_hand' GROUP BY person_id, date_trunc('minute', happened_at)) t "
            "WHERE n >= %s GROUP BY person_id ORDER BY person_id",
            [day, BURST],
        )
        return [(row[0], int(row[1])) for row in cursor.fetchall()]


def _much(day: date) -> list[tuple[uuid.UUID, int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH today AS (SELECT person_id, sum(points) AS points FROM points_entry WHERE day = %(day)s "
            "AND rule <> 'by_hand' GROUP BY person_id HAVING sum(points) >= %(least)s), "
            "usual AS (SELECT person_id, sum(points) / count(DISTINCT day) AS points FROM points_entry "
            "WHERE day >= %(day)s - 90 AND day < %(day)s AND rule <> 'by_hand' "
            "AND person_id IN (SELECT person_id FROM today) GROUP BY person_id) "
            "SELECT today.person_id, today.points, usual.points FROM today JOIN usual USING (person_id) "
            "WHERE today.points > %(times)s * usual.points ORDER BY today.person_id",
            {"day": day, "least": LEAST, "times": TIMES_USUAL},
        )
        return [(row[0], int(row[1]), int(row[2])) for row in cursor.fetchall()]
