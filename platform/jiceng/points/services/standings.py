"""Keeping sums right with every entry, and building them anew from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import clock

from ..models import Entry, Period, Standing
from ..periods import EVER, KEPT, oldest_kept, start_of


@dataclass(frozen=True, slots=True)
class Recomputed:
    """``changed``: standings that were wrong or missing; ``gone``: those that should not have been there."""

    changed: int
    gone: int


def bump(entry: Entry) -> None:
    """Add an entry to its person's standings: one statement, in the entry's transaction."""
    rows = [(str(entry.person_id), period, start_of(period, entry.day), entry.points) for period in Period.values]
    places = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO points_standing (person_id, period, starts_on, points) VALUES {places} "  # noqa: S608 - placeholders
            "ON CONFLICT (person_id, period, starts_on) DO UPDATE SET points = points_standing.points + EXCLUDED.points",
            [value for row in rows for value in row],
        )


@transaction.atomic
def forget_old(today: date) -> int:
    """Remove sums of periods that no board shows any more; the ledger keeps them. Returns how many."""
    gone = 0
    for period in KEPT:
        gone += Standing.objects.filter(period=period, starts_on__lt=oldest_kept(period, today)).delete()[0]
    return gone


@transaction.atomic
def recompute(*, actor: Actor, at: datetime) -> Recomputed:
    """Build every standing from the ledger; what was right already is not written again. Audited.

    Awards wait meanwhile, so that none is lost between reading and writing. One scan of the ledger by month, from which the
    longer periods follow, and one of the last weeks.
    """
    today = at.astimezone(clock.local_zone()).date()
    values = {period: oldest_kept(period, today) for period in ("week", "month", "quarter")} | {"ever": EVER}
    forget_old(today)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE points_standing IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(_RECOMPUTE, values)
        changed, gone = cursor.fetchone()
    result = Recomputed(int(changed), int(gone))
    record(action="points.recomputed", actor=actor, after={"changed": result.changed, "gone": result.gone})
    return result


_RECOMPUTE = """
WITH calendar AS MATERIALIZED (
    SELECT day::date, date_trunc('week', day)::date AS week, date_trunc('month', day)::date AS month
    FROM generate_series((SELECT min(day) FROM points_entry)::timestamp, (SELECT max(day) FROM points_entry)::timestamp, '1 day') AS day
), monthly AS MATERIALIZED (
    SELECT person_id, month, sum(points) AS points FROM points_entry JOIN calendar USING (day) GROUP BY person_id, month
), fresh AS MATERIALIZED (
    SELECT person_id, 'week' AS period, week AS starts_on, sum(points) AS points
    FROM points_entry JOIN calendar USING (day) WHERE points_entry.day >= %(week)s GROUP BY person_id, week
    UNION ALL
    SELECT person_id, 'month', month, points FROM monthly WHERE month >= %(month)s
    UNION ALL
    SELECT person_id, 'quarter', date_trunc('quarter', month::timestamp)::date, sum(points)
    FROM monthly WHERE month >= %(quarter)s GROUP BY 1, 3
    UNION ALL
    SELECT person_id, 'year', date_trunc('year', month::timestamp)::date, sum(points) FROM monthly GROUP BY 1, 3
    UNION ALL
    SELECT person_id, 'all', %(ever)s::date, sum(points) FROM monthly GROUP BY 1
), changed AS (
    INSERT INTO points_standing (person_id, period, starts_on, points)
    SELECT fresh.* FROM fresh LEFT JOIN points_standing old USING (person_id, period, starts_on)
    WHERE old.points IS DISTINCT FROM fresh.points
    ON CONFLICT (person_id, period, starts_on) DO UPDATE SET points = EXCLUDED.points RETURNING 1
), gone AS (
    DELETE FROM points_standing old WHERE NOT EXISTS (
        SELECT FROM fresh WHERE fresh.person_id = old.person_id AND fresh.period = old.period
        AND fresh.starts_on = old.starts_on
    ) RETURNING 1
)
SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM gone)
"""
