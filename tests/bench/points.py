"""``python -m tests.bench.points``: boards, awards and recomputing over a large ledger, as ratios measured in one run.

``--rows``: entries in the ledger (10,000,000 for the whole picture), ``--people``: members. The page's reads are compared with
one indexed read of the same fifty rows with their names, by the same connection and mapper; recomputing everything from nothing, and proving that it is
right, with one aggregate scan of the ledger. ``--check`` fails when a goal is missed. Needs the owner's login in
DATABASE_OWNER_URL.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiceng.config.settings.test")
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_bench_points"

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from tests.support import database  # noqa: E402

GOALS = {"board_ratio": 2.0, "recompute_ratio": 3.0, "proof_ratio": 3.0}
CHUNK = 500_000
DAYS = 400


def seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def median(call: Callable[[], Any], turns: int = 31) -> float:
    call()
    return statistics.median(seconds(call) for _turn in range(turns))


def fill(people: int, rows: int) -> None:
    """Members in a hundred units, and entries of one to three points over the last four hundred days."""
    from jiceng.access.actor import Actor
    from jiceng.members import services
    from jiceng.members.models import Person

    units = [
        services.create_unit(name=f"第{number}科", kind="department", actor=Actor.system()) for number in range(1, 101)
    ]
    Person.objects.bulk_create([
        Person(name=f"成员{number}", pinyin="cheng yuan", search_key="chengyuan", initial="C", unit=units[number % 100])
        for number in range(people)
    ], 2000)  # fmt: skip
    for start in range(0, rows, CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(
                _FILL, {"first": start + 1, "last": min(start + CHUNK, rows), "people": people, "days": DAYS}
            )
        print(f"  {min(start + CHUNK, rows):,} entries", flush=True)


_FILL = """
WITH numbered AS MATERIALIZED (SELECT id, unit_id, row_number() OVER (ORDER BY id) - 1 AS place FROM members_person)
INSERT INTO points_entry (id, person_id, unit_id, rule, version, points, day, subject, round, label, reason, link, happened_at,
                          author_name, created_at)
SELECT gen_random_uuid(), p.id, p.unit_id, 'study.lesson', 0, 1 + n %% 3, current_date - (hashint4(n) & 1048575) %% %(days)s,
       n::text, 1, '学完课时', '', '', now(), '', now()
FROM generate_series(%(first)s::int, %(last)s::int) AS n
JOIN numbered p ON p.place = (hashint4(n * 7) & 1073741823) %% %(people)s
"""


def scan() -> None:
    """One aggregate scan of the ledger: points by person and week, the finest that boards show."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute(
            "SELECT count(*), sum(points) FROM (SELECT person_id, date_trunc('week', day), sum(points) AS points "
            "FROM points_entry GROUP BY 1, 2) t"
        )
        cursor.fetchone()


def measure() -> dict[str, float]:
    from jiceng.access.actor import Actor
    from jiceng.kernel.clock import local_zone, now
    from jiceng.members.models import Person
    from jiceng.points.models import Standing
    from jiceng.points.selectors import standings as points
    from jiceng.points.services import standings
    from modules.rankings.selectors import boards
    from modules.rankings.services.relief import set_relief

    def in_transaction(call: Callable[[], Any]) -> Callable[[], Any]:
        return transaction.atomic(call)

    found: dict[str, float] = {}
    found["scan"] = statistics.median(seconds(in_transaction(scan)) for _turn in range(3))
    found["recompute"] = seconds(lambda: standings.recompute(actor=Actor.system(), at=now()))
    first = points.checksum()
    found["proof"] = seconds(lambda: standings.recompute(actor=Actor.system(), at=now()))
    assert points.checksum() == first, "two recomputations differ"
    with database.owner_connection() as owner:
        owner.execute("ANALYZE")
    set_relief(is_on=False, reason="测量", actor=Actor.system(), at=now())
    month = boards.span("month", now().astimezone(local_zone()).date())
    middle = Person.objects.order_by("pk")[Person.objects.count() // 2]

    def indexed_read() -> None:
        rows = Standing.objects.filter(period="month", starts_on=month.start, points__gt=0).order_by("-points", "person_id")
        list(rows.values_list("person_id", "points", "person__name", "person__unit__name", named=True)[:50])

    found["indexed_read"] = median(indexed_read)
    found["board"] = median(lambda: boards.lines(month, before=0, size=50))
    found["own_place"] = median(lambda: boards.own_line(middle, month))
    found["unit_board"] = median(lambda: boards.units(month), 11)

    def members_read() -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT p.unit_id, s.points FROM members_person p LEFT JOIN points_standing s ON s.person_id = p.id "
                "AND s.period = 'month' AND s.starts_on = %s",
                [month.start],
            )
            cursor.fetchall()

    found["members_read"] = median(members_read, 11)
    found["standings"] = Standing.objects.count()
    found["award"] = median(award_to(middle), 31)
    return found


def award_to(person: Any) -> Callable[[], Any]:
    """One entry by hand: ledger, five standings, event, audit."""
    from jiceng.access.actor import Actor
    from jiceng.kernel import module_settings
    from jiceng.kernel.clock import now
    from jiceng.points.services import by_hand

    module_settings.write("points", {"is_on": True}, expected_version=0, changed_by="bench")
    fields: Any = {"points": 1, "label": "测量", "reason": "测量"}
    return lambda: by_hand.give(person_id=person.pk, fields=fields, actor=Actor.system(), at=now())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    database.create(reuse=False)
    try:
        _run(options)
    finally:
        connection.close()
        database.drop()


def _run(options: argparse.Namespace) -> None:
    from tenants.context import platform_scope, tenant_scope
    from tenants.directory import get
    from tenants.models import Tenant

    with platform_scope():
        record = get(Tenant.objects.get(slug="hongqi").id)
    assert record is not None
    print(f"{options.people:,} members, {options.rows:,} entries", flush=True)
    with tenant_scope(record):
        fill(options.people, options.rows)
    with database.owner_connection() as owner:
        owner.execute("ANALYZE")
    with tenant_scope(record):
        report(measure(), check=options.check)


def report(found: dict[str, float], *, check: bool) -> None:
    found["board_ratio"] = found["board"] / found["indexed_read"]
    found["recompute_ratio"] = found["recompute"] / found["scan"]
    found["proof_ratio"] = found["proof"] / found["scan"]
    found["unit_ratio"] = found["unit_board"] / found["members_read"]
    for name, value in found.items():
        words = (
            f"{value:,.0f}"
            if name == "standings"
            else f"{value:.2f}"
            if name.endswith("ratio")
            else f"{value * 1000:,.2f} ms"
        )
        goal = f"   (goal: at most {GOALS[name]:g})" if name in GOALS else ""
        print(f"{name:16} {words}{goal}", flush=True)
    missed = [name for name, most in GOALS.items() if found[name] > most]
    if check and missed:
        sys.exit(f"missed: {', '.join(missed)}")


if __name__ == "__main__":
    main()
