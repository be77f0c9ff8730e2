"""``python -m tests.bench.yellowpages``: what a search among 20,000 entries costs, as ratios measured in one run.

"Found" is the search's own single statement, sent by hand and fetched as tuples; "needed" the same with lines and openings in
it, as one would write it by hand. "Whole" is what the page shows: entries with their lines, openings and whether they are open
now. The goal is whole to needed. ``--check`` fails when a goal is missed. Needs the owner's login in
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
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_bench_yellowpages"

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from tests.support import database  # noqa: E402

ROUNDS, PAGE = 21, 31
PLACES = ("红旗", "东风", "和平", "胜利", "建设", "解放", "人民", "团结", "光明", "幸福")
KINDS = ("食堂", "门诊部", "维修点", "政务窗口", "活动室", "超市", "理发店", "药店", "托老所", "快递站")
WORDS = ("食堂", "hpst", "heping", "和平 药店", "第12345号", "没有这个地方", "")
GOALS = {"ratio": 2.0}


def make_entries(count: int) -> None:
    from datetime import time as clock_time

    from jiceng.kernel.clock import now
    from modules.yellowpages.models import Category, Entry, Line, Opening
    from modules.yellowpages.services import prepare
    from modules.yellowpages.services.entries import index

    prepare()
    category, at = Category.objects.order_by("position")[0], now()
    entries = []
    for number in range(count):
        name = f"{PLACES[number % 10]}{KINDS[number // 10 % 10]}第{number}号"
        address = f"{PLACES[number // 100 % 10]}路 {number} 号"
        entry = Entry(
            category=category, name=name, address=address, is_public=bool(number % 2), verified_on=at.date(),
            created_at=at, updated_at=at,
        )  # fmt: skip
        index(entry)
        entries.append(entry)
    Entry.objects.bulk_create(entries, 1000)
    Line.objects.bulk_create([Line(entry=entry, number="010-12345678") for entry in entries], 1000)
    Opening.objects.bulk_create(
        [
            Opening(entry=entry, weekday=day, opens=clock_time(9), closes=clock_time(17))
            for entry in entries
            for day in range(1, 6)
        ],
        1000,
    )
    with database.owner_connection() as owner:
        owner.execute("VACUUM ANALYZE")


statements: dict[str, tuple[str, tuple[Any, ...]]] = {}
PARTS = """SELECT page.*,
  (SELECT json_agg(row_to_json(line) ORDER BY line.position, line.id) FROM yellowpages_line line WHERE line.entry_id = page.entry_key),
  (SELECT json_agg(row_to_json(open) ORDER BY open.weekday, open.opens) FROM yellowpages_opening open WHERE open.entry_id = page.entry_key)
FROM ({statement}) page(entry_key)"""


def sent(words: str, frame: str = "{statement}") -> int:
    """The statement by hand, within ``frame``."""
    statement, parameters = statements[words]
    with connection.cursor() as cursor:
        cursor.execute(frame.format(statement=statement), parameters)
        return len(cursor.fetchall())


def needed(words: str) -> int:
    return sent(words, PARTS)


def note_statements(actor: Any) -> None:
    from modules.yellowpages.selectors import entries as reads

    for words in WORDS:
        statements[words] = reads.search(actor, words=words)[:PAGE].query.sql_with_params()


def searching(actor: Any) -> Callable[[str], int]:
    """As the page does it, from the words to what is open."""
    from jiceng.kernel import clock
    from modules.yellowpages.selectors import entries as reads

    return lambda words: len(reads.shown(list(reads.search(actor, words=words)[:PAGE]), clock.now()))


def seconds(call: Callable[[str], int], words: str) -> tuple[float, int]:
    started = time.perf_counter()
    count = call(words)
    return time.perf_counter() - started, count


def measure() -> dict[str, dict[str, float]]:
    from jiceng.access.actor import Actor

    actor = Actor.system()
    note_statements(actor)
    search = searching(actor)
    result = {}
    for words in WORDS:
        rounds = [[seconds(call, words) for call in (sent, needed, search)] for _round in range(ROUNDS)]
        assert len({count for row in rounds for _seconds, count in row}) == 1, "all find the same"
        found, one, whole = (statistics.median(row[side][0] for row in rounds) * 1000 for side in range(3))
        result[words] = {
            "rows": rounds[0][0][1], "found_ms": round(found, 1), "needed_ms": round(one, 1), "whole_ms": round(whole, 1),
            "ratio": round(whole / one, 2),
        }  # fmt: skip
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.yellowpages")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    parser.add_argument("--entries", type=int, default=20_000)
    options = parser.parse_args()
    database.create(reuse=False)
    try:
        result = _run(options.entries)
    finally:
        connection.close()
        database.drop()
    names = ("rows", "found_ms", "needed_ms", "whole_ms", "ratio")
    print(f"{f'search among {options.entries:,}':<24}" + "".join(f"{name:>11}" for name in names))
    for words, facts in result.items():
        print(f"  {words or '(all)':<22}" + "".join(f"{facts[name]:>11}" for name in names))
    missed = [words or "(all)" for words, facts in result.items() if facts["ratio"] > GOALS["ratio"]]
    print("missed: " + ", ".join(missed) if missed else "every goal reached")
    return 1 if options.check and missed else 0


def _run(count: int) -> dict[str, Any]:
    from tenants.context import platform_scope, tenant_scope
    from tenants.directory import get
    from tenants.models import Tenant

    with platform_scope():
        record = get(Tenant.objects.get(slug="hongqi").id)
    assert record is not None
    with tenant_scope(record):
        make_entries(count)
        with transaction.atomic():
            return measure()


if __name__ == "__main__":
    sys.exit(main())
