"""Many tap at the same moment: exactly as many come as there is room."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from jiceng.access.actor import Actor
from jiceng.notices.models import Entry
from modules.news.models import SignUp
from modules.news.services.activities_signing import cancel, sign_up
from tenants.context import tenant_scope
from tests.factories.news import MONDAY

from . import kit

pytestmark = pytest.mark.django_db(transaction=True)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def news_on():
    """These tests call services; no module has to be on."""


@pytest.fixture
def crowd(fresh_tenant):
    """An activity with three places and eight people."""
    with tenant_scope(fresh_tenant):
        details = {
            "starts_at": (MONDAY + DAY).isoformat(), "ends_at": (MONDAY + 2 * DAY).isoformat(), "place": "南门", "capacity": 3,
        }  # fmt: skip
        article = kit.publish(kit.write(column="notices", details=details, at=MONDAY), at=MONDAY)
        people = [
            kit.actor_of(kit.make_person(f"{name}来", login=f"crowd{number}"))
            for number, name in enumerate("赵钱孙李周吴郑王")
        ]
    return article, people


def all_at_once(tenant, call, actors):
    """``call(actor)`` for all of ``actors`` at the same moment; the states returned, or what was raised."""
    gate, outcomes = threading.Barrier(len(actors)), []

    def run(actor: Actor):
        try:
            with tenant_scope(tenant):
                gate.wait(10)
                outcomes.append(call(actor).state)
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(outcomes)


def test_exactly_as_many_join_as_there_is_room(fresh_tenant, crowd):
    article, people = crowd
    outcomes = all_at_once(
        fresh_tenant, lambda actor: sign_up(article_id=article.pk, actor=actor, at=MONDAY + HOUR), people
    )
    assert outcomes == ["joined"] * 3 + ["waiting"] * 5
    with tenant_scope(fresh_tenant):
        rows = list(SignUp.objects.order_by("number"))
        assert [row.number for row in rows] == list(range(1, 9))
        assert [row.state for row in rows] == ["joined"] * 3 + ["waiting"] * 5


def test_one_person_on_eight_phones_comes_once(fresh_tenant, crowd):
    article, people = crowd
    outcomes = all_at_once(
        fresh_tenant, lambda actor: sign_up(article_id=article.pk, actor=actor, at=MONDAY + HOUR), people[:1] * 8
    )
    assert outcomes == ["joined"] * 8
    with tenant_scope(fresh_tenant):
        assert SignUp.objects.count() == 1


def test_places_given_up_at_once_go_to_the_first_who_wait(fresh_tenant, crowd):
    article, people = crowd
    with tenant_scope(fresh_tenant):
        for actor in people:
            sign_up(article_id=article.pk, actor=actor, at=MONDAY + HOUR)
    all_at_once(
        fresh_tenant, lambda actor: cancel(article_id=article.pk, actor=actor, at=MONDAY + 2 * HOUR), people[:3]
    )
    with tenant_scope(fresh_tenant):
        found = list(SignUp.objects.order_by("number").values_list("state", flat=True))
        assert found == ["cancelled"] * 3 + ["joined"] * 3 + ["waiting"] * 2
        moved = Entry.objects.filter(notice__category="news.activity").values_list("user", flat=True)
        assert sorted(map(str, moved)) == sorted(str(actor.user.pk) for actor in people[3:6])
