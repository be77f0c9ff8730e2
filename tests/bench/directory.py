"""``python -m tests.bench.directory``: what the rules of visibility cost a search, as ratios measured in one run.

Fifty thousand people in one tenant. "Needed" is the search's own single statement, sent by hand and fetched as tuples; the
goal is a ratio to that. "Bare" is a condition on names alone, without viewer and rules: what visibility costs.
``--check`` fails when a goal is missed. Needs the owner's login in DATABASE_OWNER_URL.
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
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_bench_directory"

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.db.models import Q  # noqa: E402

from tests.support import database  # noqa: E402

PEOPLE, UNITS, ROUNDS = 50_000, 100, 11
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静强磊军洋勇艳杰娟涛明超秀霞平刚桂英华文辉建国"
WORDS = ("王", "wang", "wxx", "王伟", "没有这个人", "5678")
GOALS = {"ratio": 2.0}


def make_people() -> None:
    from jiceng.access.actor import Actor
    from jiceng.members import names, sealing, services
    from jiceng.members.models import Membership, Person

    system = Actor.system()
    units = [
        services.create_unit(name=f"第{number}党支部", kind="party_branch", actor=system) for number in range(UNITS)
    ]
    people, held = [], []
    for number in range(PEOPLE):
        name = SURNAMES[number % 10] + GIVEN[number // 10 % 27] + GIVEN[number // 270 % 27]
        unit = units[number % UNITS]
        person = Person(
            name=name, pinyin=names.sort_key(name), search_key=names.search_key(name), initial=names.initial(name),
            title="科员", unit=unit,
        )  # fmt: skip
        sealing.set_phone(person, f"139{number:08}")
        people.append(person)
        held.append(Membership(person=person, body="party", state="full", unit=unit))
    Person.objects.bulk_create(people, 1000)
    Membership.objects.bulk_create(held, 1000)


def bare(words: str) -> int:
    from jiceng.members.models import Person

    found = Person.objects.filter(Q(name__contains=words) | Q(search_key__contains=words))
    return len(found.select_related("unit").order_by("initial", "pinyin", "name", "id")[:50])


def needed(words: str) -> int:
    """The statement that finds the rows, and nothing around it."""
    with connection.cursor() as cursor:
        cursor.execute(*statements[words])
        return len(cursor.fetchall())


statements: dict[str, tuple[str, tuple[Any, ...]]] = {}


def note_statements() -> None:
    from jiceng.members.directory import rules, selectors, viewers
    from jiceng.members.models import Person

    viewer, levels = viewers.viewer_for(Person.objects.values_list("pk", flat=True)[0]), rules.current_levels()
    for words in WORDS:
        found = selectors.search(viewer, words, levels)[: selectors.FOUND_LIMIT]
        statements[words] = found.query.sql_with_params()


def searched(words: str) -> int:
    """As the page does it, from the viewer to the rows."""
    from jiceng.members.directory import rules, selectors, viewers
    from jiceng.members.models import Person

    viewer, levels = viewers.viewer_for(Person.objects.values_list("pk", flat=True)[0]), rules.current_levels()
    people = list(selectors.search(viewer, words, levels)[: selectors.FOUND_LIMIT])
    return len(selectors.entries(people, viewer, levels))


def seconds(call: Callable[[str], int], words: str) -> float:
    started = time.perf_counter()
    call(words)
    return time.perf_counter() - started


def measure() -> dict[str, dict[str, float]]:
    note_statements()
    result = {}
    for words in WORDS:
        rounds = [(seconds(bare, words), seconds(needed, words), seconds(searched, words)) for _round in range(ROUNDS)]
        plain, statement, whole = (statistics.median(values) * 1000 for values in zip(*rounds, strict=True))
        result[words] = {
            "bare_ms": round(plain, 1), "needed_ms": round(statement, 1), "searched_ms": round(whole, 1),
            "ratio": round(whole / statement, 2),
        }  # fmt: skip
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.directory")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    options = parser.parse_args()
    database.create(reuse=False)
    try:
        result = _run()
    finally:
        connection.close()
        database.drop()
    print(f"{'search among 50,000':<24}{'bare ms':>10}{'needed ms':>10}{'whole ms':>10}{'ratio':>8}")
    for words, facts in result.items():
        print(
            f"  {words:<22}"
            + "".join(f"{facts[name]:>10}" for name in ("bare_ms", "needed_ms", "searched_ms", "ratio"))
        )
    missed = [words for words, facts in result.items() if facts["ratio"] > GOALS["ratio"]]
    print("missed: " + ", ".join(missed) if missed else "every goal reached")
    return 1 if options.check and missed else 0


def _run() -> dict[str, Any]:
    from tenants.context import platform_scope, tenant_scope
    from tenants.directory import get
    from tenants.models import Tenant

    with platform_scope():
        record = get(Tenant.objects.get(slug="hongqi").id)
    assert record is not None
    with tenant_scope(record), transaction.atomic():
        make_people()
        result = measure()
        transaction.set_rollback(True)
    return result


if __name__ == "__main__":
    sys.exit(main())
