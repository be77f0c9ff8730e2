"""Many hand in at once, one hands in many times: nothing is lost, nothing is scored twice."""

from __future__ import annotations

import pytest

from jiceng.events.models import OutboxMessage
from modules.study import errors
from modules.study.models import Attempt, AttemptItem, Candidate
from tenants.context import tenant_scope
from tests.support.racing import at_once

from . import exam_kit as sit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def study_on():
    """These tests call services; no module has to be on."""


@pytest.fixture
def one(fresh_tenant):
    with tenant_scope(fresh_tenant):
        return sit.make_learners(1)[0][1]


def test_eight_taps_hand_in_once(fresh_tenant, one):
    with tenant_scope(fresh_tenant):
        attempt = sit.start(sit.make_exam(), one)
        for number, given in enumerate(sit.ALL_RIGHT, start=1):
            sit.answer(attempt, number, given, one)
    scores = at_once(fresh_tenant, 8, lambda: sit.hand_in(attempt, one).score)
    assert scores == [10] * 8
    with tenant_scope(fresh_tenant):
        assert OutboxMessage.objects.filter(name="study.exam.passed").count() == 1
        assert Candidate.objects.get().best_percent == 100


def test_eight_beginnings_are_one_attempt(fresh_tenant, one):
    with tenant_scope(fresh_tenant):
        exam = sit.make_exam(attempts_allowed=3)
    found = at_once(fresh_tenant, 8, lambda: sit.start(exam, one).pk)
    assert len(set(found)) == 1
    with tenant_scope(fresh_tenant):
        assert (Attempt.objects.count(), Candidate.objects.get().attempt_count) == (1, 1)


def test_everybody_at_the_same_moment(fresh_tenant):
    with tenant_scope(fresh_tenant):
        exam = sit.make_exam()
        actors = [actor for _person, actor in sit.make_learners(12)]
        attempts = [sit.start(exam, actor) for actor in actors]
        for attempt, actor in zip(attempts, actors, strict=True):
            sit.answer(attempt, 1, [1], actor)
    waiting = list(zip(attempts, actors, strict=True))
    scores = at_once(fresh_tenant, 12, lambda: sit.hand_in(*waiting.pop()).score)
    assert scores == [2] * 12
    with tenant_scope(fresh_tenant):
        assert Attempt.objects.filter(state="final", score=2).count() == 12


def test_an_answer_and_the_handing_in(fresh_tenant, one):
    """Whichever is first: the answer counts, or it is refused; it is never kept without counting."""
    with tenant_scope(fresh_tenant):
        attempt = sit.start(sit.make_exam(), one)
    calls = [lambda: sit.answer(attempt, 1, [1], one).answer, lambda: sit.hand_in(attempt, one).state]
    outcomes = at_once(fresh_tenant, 2, lambda: calls.pop()())
    with tenant_scope(fresh_tenant):
        score = Attempt.objects.get().score
        kept = AttemptItem.objects.get(number=1).answer
    assert "final" in outcomes
    assert (score, kept) == ((0, None) if errors.AttemptOver in outcomes else (2, [1]))
