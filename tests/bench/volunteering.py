"""``python -m tests.bench.volunteering``: 500 people sign up at once for 100 places, as ratios measured in one run.

The same 500 calls from the same threads go to 500 shifts, where nobody waits for anybody, and then to one shift. Afterwards ten
withdraw, and the ten who waited longest must have come in. ``--check`` fails when a goal is missed. Needs the owner's login in
DATABASE_OWNER_URL.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiceng.config.settings.test")
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_bench_volunteering"

import django

django.setup()

from django.db import connection  # noqa: E402

from tests.support import database  # noqa: E402

from .rushing import percentile, rush  # noqa: E402

PEOPLE, PLACES, LEAVING = 500, 100, 10
GOALS = {"p95_ratio": 3.0}


def make_people() -> list[Any]:
    from jiceng.members.models import Membership, Person

    people = [
        Person(name=f"成员{number}", pinyin="cheng yuan", search_key="chengyuan", initial="C")
        for number in range(PEOPLE)
    ]
    Person.objects.bulk_create(people, 500)
    Membership.objects.bulk_create([Membership(person=person, body="staff", state="active") for person in people], 500)
    return people


def make_shifts(count: int, capacity: int, days: int) -> list[Any]:
    """As many projects with a shift each, ``days`` from now."""
    from jiceng.kernel.clock import now
    from modules.volunteering.models import Project, Shift

    at = now()
    start = at + timedelta(days=days)
    facts: dict[str, Any] = {"state": "published", "published_at": at, "created_at": at, "updated_at": at}
    projects = [Project(title=f"项目{number}", **facts) for number in range(count)]
    Project.objects.bulk_create(projects, 500)
    shifts = [
        Shift(
            project=project, starts_at=start, ends_at=start + timedelta(hours=2), closes_at=start, capacity=capacity,
            created_at=at, updated_at=at,
        )
        for project in projects
    ]  # fmt: skip
    return list(Shift.objects.bulk_create(shifts, 500))


def measure(record: Any, threads: int) -> dict[str, float]:
    from jiceng.access.actor import Actor
    from jiceng.kernel.clock import now
    from modules.volunteering.models import SignUp
    from modules.volunteering.services import signing
    from tenants.context import tenant_scope

    system = Actor.system()

    def joining(shift: Any, person: Any) -> Callable[[], Any]:
        return lambda: signing.sign_up(shift_id=shift.pk, person_id=person.pk, actor=system, at=now())

    with tenant_scope(record):
        people = make_people()
        apart, together = make_shifts(PEOPLE, PLACES, 3), make_shifts(1, PLACES, 5)[0]
        warm = make_shifts(1, PEOPLE, 7)[0]
    rush(record, threads, [joining(warm, person) for person in people[:40]])
    alone = rush(record, threads, [joining(shift, person) for shift, person in zip(apart, people, strict=True)])
    crowd = rush(record, threads, [joining(together, person) for person in people])
    with tenant_scope(record):
        rows = list(SignUp.objects.filter(shift=together).order_by("number").values_list("number", "state", "pk"))
        assert [row[0] for row in rows] == list(range(1, PEOPLE + 1)), "numbers without gaps"
        assert [row[1] for row in rows] == ["joined"] * PLACES + ["waiting"] * (PEOPLE - PLACES), (
            "in the order of arrival"
        )
    rush(record, threads, [
        lambda pk=pk: signing.withdraw(shift_id=together.pk, sign_up_id=pk, actor=system, at=now())  # type: ignore[misc]
        for _number, _state, pk in rows[:LEAVING]
    ])  # fmt: skip
    with tenant_scope(record):
        joined = (
            SignUp.objects.filter(shift=together, state="joined").order_by("number").values_list("number", flat=True)
        )
        assert list(joined) == list(range(LEAVING + 1, PLACES + LEAVING + 1)), "those who waited longest came in"
    return {
        "joined": PLACES, "waiting": PEOPLE - PLACES, "apart_p50_ms": percentile(alone, 50), "apart_p95_ms": percentile(alone, 95),
        "crowd_p50_ms": percentile(crowd, 50), "crowd_p95_ms": percentile(crowd, 95),
        "p95_ratio": percentile(crowd, 95) / percentile(alone, 95),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.volunteering")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    parser.add_argument("--threads", type=int, default=16)
    options = parser.parse_args()
    database.create(reuse=False)
    try:
        result = _run(options.threads)
    finally:
        connection.close()
        database.drop()
    for name, value in result.items():
        goal = f"  (goal {GOALS[name]})" if name in GOALS else ""
        print(f"  {name:<20}{value:>10.2f}{goal}")
    missed = [name for name, goal in GOALS.items() if result[name] > goal]
    print("missed: " + ", ".join(missed) if missed else "every goal reached")
    return 1 if options.check and missed else 0


def _run(threads: int) -> dict[str, float]:
    from tenants.context import platform_scope
    from tenants.directory import get
    from tenants.models import Tenant

    with platform_scope():
        record = get(Tenant.objects.get(slug="hongqi").id)
    assert record is not None
    return measure(record, threads)


if __name__ == "__main__":
    sys.exit(main())
