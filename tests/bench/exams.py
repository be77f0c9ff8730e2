"""``python -m tests.bench.exams``: 500 people hand in one exam in the same second, as ratios measured in one run.

Everybody has answered twenty questions. The same call is first made by one person after the other, then by all at once from
as many threads as a site's workers have. Afterwards every answer and every score is counted. ``--check`` fails when a goal is
missed. Needs the owner's login in DATABASE_OWNER_URL.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiceng.config.settings.test")
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_bench_exams"

import django

django.setup()

from django.db import connection  # noqa: E402

from tests.support import database  # noqa: E402

from .rushing import percentile, rush  # noqa: E402

PEOPLE, ALONE, QUESTIONS = 500, 60, 20
GOALS = {"p95_ratio": 5.0}


def make_exam(at: Any) -> Any:
    from jiceng.access.actor import Actor
    from modules.study.services import exams, papers, questions

    system = Actor.system()
    bank = questions.create_bank(name="题库", actor=system, at=at)
    made = [
        questions.create_question(
            bank_id=bank.pk, actor=system, at=at,
            fields={"kind": "single", "text": f"第{number}问？", "options": ["甲", "乙", "丙"], "answer": [1], "points": "5"},
        ).pk
        for number in range(QUESTIONS)
    ]  # fmt: skip
    paper = papers.create_paper(fields={"title": "卷"}, actor=system, at=at)
    papers.add_questions(paper_id=paper.pk, question_ids=made, actor=system, at=at)
    fields: Any = {"title": "考试", "paper_id": paper.pk, "opens_at": at, "closes_at": at + timedelta(days=7)}
    exam = exams.create_exam(fields=fields, actor=system, at=at)
    return exams.publish_exam(exam_id=exam.pk, actor=system, at=at)


def make_people(count: int) -> list[Any]:
    """Actors of people on the roster."""
    from jiceng.access.actor import Actor
    from jiceng.access.models import User
    from jiceng.members.models import Person

    users = User.objects.bulk_create(
        [User(username=f"kaosheng{number}", display_name=f"考生{number}") for number in range(count)], 500
    )
    Person.objects.bulk_create([
        Person(name=f"考生{number}", pinyin="kao sheng", search_key="kaosheng", initial="K", user=user)
        for number, user in enumerate(users)
    ], 500)  # fmt: skip
    return [Actor.for_user(user) for user in users]


def answered(exam: Any, actor: Any, at: Any) -> Any:
    """An attempt with every answer given, half of them right."""
    from modules.study.models import AttemptItem
    from modules.study.services import attempts

    attempt = attempts.start_attempt(exam_id=exam.pk, terminal="bench", actor=actor, at=at)
    items = list(AttemptItem.objects.filter(attempt=attempt))
    for item in items:
        item.answer = [item.number % 2]
    AttemptItem.objects.bulk_update(items, ("answer",))
    return attempt


def measure(record: Any, threads: int) -> dict[str, float]:
    from django.db.models import Count, Q

    from jiceng.events.models import OutboxMessage
    from jiceng.kernel.clock import now
    from modules.study.models import Attempt, AttemptItem
    from modules.study.services import attempts
    from tenants.context import tenant_scope

    at = now()
    with tenant_scope(record):
        exam = make_exam(at)
        people = make_people(PEOPLE + ALONE)
        waiting = [(answered(exam, actor, at), actor) for actor in people]

    def handing_in(attempt: Any, actor: Any) -> Callable[[], Any]:
        return lambda: attempts.hand_in(attempt_id=attempt.pk, terminal="bench", actor=actor, at=now())

    alone = rush(record, 1, [handing_in(*pair) for pair in waiting[:ALONE]])
    started = time.perf_counter()
    crowd = rush(record, threads, [handing_in(*pair) for pair in waiting[ALONE:]])
    whole = time.perf_counter() - started
    with tenant_scope(record):
        rows = Attempt.objects.filter(exam=exam).aggregate(
            final=Count("pk", filter=Q(state="final")), right=Count("pk", filter=Q(score=50))
        )
        assert rows == {"final": PEOPLE + ALONE, "right": PEOPLE + ALONE}, f"scores: {rows}"
        assert AttemptItem.objects.filter(answer=None).count() == 0, "answers were lost"
        told = OutboxMessage.objects.filter(name__in=("study.exam.passed", "study.exam.failed")).count()
        assert told == PEOPLE + ALONE, f"{told} results told"
    return {
        "people": PEOPLE, "threads": threads, "whole_s": whole, "alone_p50_ms": percentile(alone, 50),
        "alone_p95_ms": percentile(alone, 95), "crowd_p50_ms": percentile(crowd, 50),
        "crowd_p95_ms": percentile(crowd, 95), "p95_ratio": percentile(crowd, 95) / percentile(alone, 95),
    }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.exams")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    parser.add_argument("--threads", type=int, default=4)
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
