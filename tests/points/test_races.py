"""Awards at the same moment: a cap is never exceeded by one, a cause never counts twice, sums are right at once."""

from __future__ import annotations

import uuid

import pytest
from django.core.cache import cache

from jiceng.kernel.clock import now
from jiceng.points.models import Entry, Standing, Tally
from jiceng.points.services import by_hand, caps, standings
from tenants.context import tenant_scope
from tests.modules.study import kit as study
from tests.support.racing import at_once

from . import kit
from .conftest import switch

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(fresh_tenant):
    switch(fresh_tenant)
    cache.clear()
    with tenant_scope(fresh_tenant):
        return study.make_person("成员甲", study.make_unit("第一支部"), login="jia")


def test_thirty_two_awards_never_exceed_the_cap(fresh_tenant, person):
    at_once(fresh_tenant, 32, lambda: kit.complete_course(person))
    with tenant_scope(fresh_tenant):
        assert kit.amounts(person) == [5, 5]
        assert Tally.objects.get(period="day").points == 10
        assert Tally.objects.get(period="day").missed == 30
        assert set(Standing.objects.values_list("points", flat=True)) == {10}


def test_the_caps_hold_without_the_persons_lock(fresh_tenant, person):
    """The statement itself counts, so that no other way in can exceed it."""
    day = now().date()
    call = lambda: caps.take(person_id=person.pk, rule="x", day=day, points=3, daily=10, yearly=100)  # noqa: E731
    assert sorted(at_once(fresh_tenant, 32, call), key=str) == [False] * 29 + [True] * 3
    with tenant_scope(fresh_tenant):
        assert Tally.objects.get(period="day").points == 9


def test_one_cause_at_once_counts_once(fresh_tenant, person):
    course = str(uuid.uuid4())
    at_once(fresh_tenant, 8, lambda: kit.complete_course(person, course))
    with tenant_scope(fresh_tenant):
        assert kit.amounts(person) == [5]


def test_one_entry_is_taken_back_once(fresh_tenant, person):
    with tenant_scope(fresh_tenant):
        entry = kit.give(person)
    at_once(
        fresh_tenant, 8, lambda: by_hand.take_back(entry_id=entry.pk, reason="误", actor=kit.SYSTEM, at=now()).points
    )
    with tenant_scope(fresh_tenant):
        assert sorted(kit.amounts(person)) == [-10, 10]


def test_recomputing_loses_no_award(fresh_tenant, person):
    with tenant_scope(fresh_tenant):
        others = [study.make_person(f"成员{name}", login=f"r{number}") for number, name in enumerate("乙丙丁戊己庚")]
    calls = [lambda: standings.recompute(actor=kit.SYSTEM, at=now())] * 2
    calls += [(lambda other=other: kit.give(other, 5)) for other in others]
    at_once(fresh_tenant, 8, lambda: calls.pop()())
    with tenant_scope(fresh_tenant):
        assert Entry.objects.count() == 6
        assert list(Standing.objects.filter(period="all").values_list("points", flat=True)) == [5] * 6
