"""``python -m tests.bench.news``: publishing to many, and the feed among many, as ratios measured in one run.

Publishing: the request for 50,000 recipients against the same for 10, and the worker's part (list of recipients and inbox)
against one ``INSERT … SELECT`` of the same inbox rows. Feed: 20 articles with the rules of audiences on, among 1,000 and
among 100,000, against the best statement that we could write by hand. ``--check`` fails when a goal is missed. Needs the
owner's login in DATABASE_OWNER_URL.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jiceng.config.settings.test")
os.environ["TEST_DB_SUFFIX"] = f"{os.environ.get('TEST_DB_SUFFIX', 'main')}_bench_news"

import django

django.setup()

from django.db import connection, transaction  # noqa: E402

from tests.support import database  # noqa: E402

PEOPLE, FEW, UNITS, ROUNDS, FEED = 50_000, 10, 100, 7, 20
SIZES = (1_000, 100_000)
GOALS = {"publish_ratio": 3.0, "inbox_ratio": 3.0, "feed_ratio": 2.0, "feed_growth": 1.5}


def seconds(call: Callable[[], Any]) -> float:
    """How long ``call`` takes in a transaction of its own, foreign keys checked and committed."""
    started = time.perf_counter()
    with transaction.atomic():
        call()
    return time.perf_counter() - started


def analyse() -> None:
    """What autovacuum does within the minute: only the owner of the tables may."""
    with database.owner_connection() as owner:
        owner.execute("VACUUM ANALYZE")


def make_people() -> tuple[Any, Any]:
    """A unit of 50,000 people and one of 10, all with logins."""
    from jiceng.access.actor import Actor
    from jiceng.access.models import User
    from jiceng.members import services
    from jiceng.members.models import Membership, Person

    system = Actor.system()
    tops = [services.create_unit(name=name, kind="party_committee", actor=system) for name in ("大", "小")]
    branches = [
        services.create_unit(name=f"第{number}党支部", kind="party_branch", parent_id=tops[0].pk, actor=system)
        for number in range(UNITS)
    ]
    users = [User(username=f"u{number}", display_name=f"成员{number}") for number in range(PEOPLE + FEW)]
    User.objects.bulk_create(users, 1000)
    people = [
        Person(name=f"成员{number}", pinyin="cheng yuan", search_key="chengyuan", initial="C", user=user)
        for number, user in enumerate(users)
    ]
    Person.objects.bulk_create(people, 1000)
    Membership.objects.bulk_create(
        [
            Membership(
                person=person, body="party", state="full", unit=branches[n % UNITS] if n < PEOPLE else tops[1]
            )
            for n, person in enumerate(people)
        ],
        1000,
    )  # fmt: skip
    analyse()
    return tops[0], tops[1]


def draft(unit: Any) -> Any:
    from jiceng.access.actor import Actor
    from jiceng.kernel.clock import now
    from modules.news import services

    fields = {
        "column": "releases", "title": "关于做好年底组织生活的通知", "body": "<p>请各支部认真准备。</p>" * 20,
        "audience": {"clauses": [{"unit": str(unit.pk)}]},
    }  # fmt: skip
    return services.create_article(fields=fields, actor=Actor.system(), at=now())


def measure_publishing() -> dict[str, float]:
    many, few = make_people()
    requests: dict[str, list[float]] = {"many": [], "few": []}
    worker, plain = [], []
    for _round in range(ROUNDS):
        for name, unit in (("many", many), ("few", few)):
            article = draft(unit)
            requests[name].append(seconds(lambda article=article: publish(article)))
            if name == "many":
                worker.append(seconds(lambda article=article: deliver(article)))
        plain.append(copy_entries())
    figures = {name: statistics.median(values) * 1000 for name, values in requests.items()}
    insert, whole = statistics.median(plain) * 1000, statistics.median(worker) * 1000
    return {
        "publish_few_ms": figures["few"], "publish_many_ms": figures["many"],
        "publish_ratio": figures["many"] / figures["few"], "insert_ms": insert, "inbox_ms": whole,
        "inbox_ratio": whole / insert,
    }  # fmt: skip


def publish(article: Any) -> None:
    from jiceng.access.actor import Actor
    from jiceng.kernel.clock import now
    from modules.news import services

    services.publish_article(article_id=article.pk, actor=Actor.system(), at=now())


def deliver(article: Any) -> None:
    from jiceng.kernel.clock import now
    from modules.news import services

    assert services.deliver_article(article_id=article.pk, at=now()) == PEOPLE


def copy_entries() -> float:
    """One ``INSERT … SELECT`` of as many rows into the same table, for a second notice."""
    from jiceng.kernel.clock import now
    from jiceng.notices.models import Entry, Notice

    first = Notice.objects.filter(entry_count=PEOPLE)[0]
    second = Notice.objects.create(category=first.category, title="x", url="/", created_at=now())
    statement = (
        "INSERT INTO notices_entry (notice_id, user_id, is_muted) "
        "SELECT %s, user_id, FALSE FROM notices_entry WHERE notice_id = %s"
    )

    def copy() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, (second.pk, first.pk))

    spent = seconds(copy)
    assert Entry.objects.filter(notice=second).count() == PEOPLE
    return spent


# --- The feed ---------------------------------------------------------------------------------------------------------
def make_articles(first: int, count: int, audience_ids: list[Any]) -> None:
    """Two of three articles for everybody, the others for one of 200 audiences each."""
    from jiceng.kernel.clock import now
    from modules.news.models import Article, Column, State

    at, column = now() - timedelta(days=1), Column.objects.get(code="releases")
    Article.objects.bulk_create(
        [
            Article(
                column=column, title=f"第 {number} 篇", summary="摘要" * 20, body="<p>正文</p>" * 40, state=State.PUBLISHED,
                author_id="x", author_name="编辑", created_at=at, updated_at=at,
                published_at=at - timedelta(minutes=number),
                audience_id=audience_ids[number % len(audience_ids)] if number % 3 == 0 else None,
            )
            for number in range(first, count)
        ],
        1000,
    )  # fmt: skip
    analyse()


def make_audiences(person: Any, unit: Any) -> list[Any]:
    """200 audiences, of which the reader fits in one of ten."""
    from jiceng.access.actor import Actor
    from jiceng.kernel.clock import now
    from jiceng.members import audiences, services
    from jiceng.members.models import Person

    others = [
        services.create_unit(name=f"别处{number}", kind="party_branch", actor=Actor.system()) for number in range(180)
    ]
    wanted = [{"clauses": [{"unit": str(other.pk)}]} for other in others]
    named = Person.objects.exclude(pk=person.pk)[:20]
    wanted += [{"clauses": [{"unit": str(unit.pk)}, {"person": str(other.pk)}]} for other in named]
    return [audiences.keep(audiences.parse(each), at=now()).pk for each in wanted]


def measure_feed() -> dict[str, float]:
    from jiceng.access.actor import Actor
    from jiceng.access.services import assign_role
    from jiceng.members.models import Membership, Person
    from modules.news.models import Article, ReadReceipt

    person = Person.objects.filter(user__isnull=False).order_by("pk")[0]
    unit = Membership.objects.get(person=person).unit
    audience_ids = make_audiences(person, unit)
    assign_role(user=person.user, role="member", actor=Actor.system())
    actor = Actor.for_user(person.user)
    spent, made = {}, 0
    for size in SIZES:
        make_articles(made, size, audience_ids)
        made = size
        with transaction.atomic():
            newest = Article.objects.order_by("-published_at")[: FEED // 2]
            ReadReceipt.objects.bulk_create(
                [ReadReceipt(article=article, user=person.user, read_at=article.published_at) for article in newest],
                ignore_conflicts=True,
            )
        spent[size] = rounds(actor)
    small, large = (spent[size] for size in SIZES)
    return {
        "feed_small_ms": small[0], "feed_large_ms": large[0], "feed_statement_ms": large[1],
        "feed_ratio": large[0] / large[1], "feed_growth": large[0] / small[0],
    }  # fmt: skip


def rounds(actor: Any) -> tuple[float, float]:
    """Milliseconds of the feed and of the statement by hand."""
    from jiceng.kernel.clock import now
    from jiceng.members import audiences
    from modules.news import selectors

    def feed() -> None:
        assert len(selectors.feed(actor=actor, at=now(), section="news", size=FEED).articles) == FEED

    ids = audiences.matching_ids(user=actor.user, at=now())
    assert ids
    pairs = [(seconds(feed), by_hand(actor, ids)) for _round in range(ROUNDS * 3)]
    feeds, statements = zip(*pairs, strict=True)
    return statistics.median(feeds) * 1000, statistics.median(statements) * 1000


BY_HAND = """
SELECT a.id, a.title, a.summary, a.is_pinned, a.published_at, a.needs_confirmation, c.code, c.name, f.id, f.variants,
       (SELECT count(*) FROM news_readreceipt r WHERE r.article_id = a.id),
       EXISTS (SELECT 1 FROM news_readreceipt r WHERE r.article_id = a.id AND r.user_id = %(user)s)
FROM news_article a JOIN news_column c ON c.id = a.column_id LEFT JOIN files_storedfile f ON f.id = a.cover_id
WHERE a.state = 'published' AND c.section = 'news' AND (a.expires_at IS NULL OR a.expires_at > now())
  AND (a.audience_id IS NULL AND c.kind <> 'document'
       OR a.audience_id IN (
            SELECT cl.audience_id FROM members_audienceclause cl
            LEFT JOIN members_unit u ON u.id = cl.unit_id
            JOIN members_person p ON p.user_id = %(user)s AND p.state = 'active'
            WHERE cl.person_id = p.id OR EXISTS (
                SELECT 1 FROM members_membership m JOIN members_unit mu ON mu.id = m.unit_id
                WHERE m.person_id = p.id AND m.ended_on IS NULL AND starts_with(mu.path, u.path)))
          AND a.is_open)
ORDER BY a.is_pinned DESC, a.published_at DESC, a.id DESC LIMIT 21
"""


def by_hand(actor: Any, ids: list[Any]) -> float:
    """One statement, all rules inside."""
    started = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BY_HAND, {"user": actor.user.pk})
        rows = cursor.fetchall()
    spent = time.perf_counter() - started
    assert len(rows) == FEED + 1
    return spent


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.news")
    parser.add_argument("--check", action="store_true", help="fail when a goal is missed")
    options = parser.parse_args()
    database.create(reuse=False)
    try:
        result = _run()
    finally:
        connection.close()
        database.drop()
    for name, value in result.items():
        goal = f"  (goal {GOALS[name]})" if name in GOALS else ""
        print(f"  {name:<20}{value:>10.2f}{goal}")
    missed = [name for name, goal in GOALS.items() if result[name] > goal]
    print("missed: " + ", ".join(missed) if missed else "every goal reached")
    return 1 if options.check and missed else 0


def _run() -> dict[str, float]:
    from tenants.context import platform_scope, tenant_scope
    from tenants.directory import get
    from tenants.models import Tenant

    with platform_scope():
        record = get(Tenant.objects.get(slug="hongqi").id)
    assert record is not None
    with tenant_scope(record):
        return {**measure_publishing(), **measure_feed()}


if __name__ == "__main__":
    sys.exit(main())
