"""Keeping sums right with every entry, and building them anew from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import clock

from ..models import Entry, Period
from ..periods import EVER, oldest_kept, start_of


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
            "ON CONFLICT (period, starts_on, person_id) DO UPDATE SET points = points_standing.points + EXCLUDED.points",
            [value for row in rows for value in row],
        )


@transaction.atomic
def recompute(*, actor: Actor, at: datetime) -> Recomputed:
    """Build every standing from the ledger; what was right already is not written again. Audited.

    Awards wait meanwhile, so that none is lost between reading and writing. Two scans of the ledger, whatever is wrong.
    """
    today = at.astimezone(clock.local_zone()).date()
    month = min(oldest_kept(Period.MONTH, today), oldest_kept(Period.QUARTER, today))
    values = {
        "week": oldest_kept(Period.WEEK, today), "month": oldest_kept(Period.MONTH, today),
        "quarter": oldest_kept(Period.QUARTER, today), "since": month, "ever": EVER,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE points_standing IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(_RECOMPUTE, values)
        changed, gone = cursor.fetchone()
    result = Recomputed(int(changed), int(gone))
    record(action="points.recomputed", actor=actor, after={"changed": result.changed, "gone": result.gone})
    return result


_RECOMPUTE = """
WITH fresh AS MATERIALIZED (
    SELECT person_id, 'week' AS period, date_trunc('week', day)::date AS starts_on, sum(points) AS points
    FROM points_entry WHERE day >= %(week)s GROUP BY 1, 3
    UNION ALL
    SELECT person_id, CASE WHEN grouping(date_trunc('month', day)) = 0 THEN 'month' ELSE 'quarter' END,
           coalesce(date_trunc('month', day), date_trunc('quarter', day))::date, sum(points)
    FROM points_entry WHERE day >= %(since)s
    GROUP BY GROUPING SETS ((person_id, date_trunc('month', day)), (person_id, date_trunc('quarter', day)))
    UNION ALL
    SELECT person_id, CASE WHEN grouping(date_trunc('year', day)) = 0 THEN 'year' ELSE 'all' END,
           coalesce(date_trunc('year', day)::date, %(ever)s::date), sum(points)
    FROM points_entry
    GROUP BY GROUPING SETS ((person_id, date_trunc('year', day)), (person_id))
), kept AS MATERIALIZED (
    SELECT * FROM fresh WHERE NOT (period = 'month' AND starts_on < %(month)s)
      AND NOT (period = 'quarter' AND starts_on < %(quarter)s)
), changed AS (
    INSERT INTO points_standing (person_id, period, starts_on, points) SELECT * FROM kept
    ON CONFLICT (period, starts_on, person_id) DO UPDATE SET points = EXCLUDED.points
    WHERE points_standing.points <> EXCLUDED.points RETURNING 1
), gone AS (
    DELETE FROM points_standing old WHERE NOT EXISTS (
        SELECT FROM kept WHERE kept.person_id = old.person_id AND kept.period = old.period AND kept.starts_on = old.starts_on
    ) RETURNING 1
)
SELECT (SELECT count(*) FROM changed), (SELECT count(*) FROM gone)
"""
