"""Marking by hand: blind, by two where they differ, final when all is marked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from modules.study import errors
from modules.study.models import Attempt, AttemptItem, Mark
from modules.study.selectors import results
from modules.study.services.marking import mark_answer
from tests.factories.news import MONDAY

from . import exam_kit as sit
from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")


@pytest.fixture
def markers(branch):
    """Three people who may mark."""
    return [kit.secretary_of(branch, f"阅卷{sit.NAMES[number]}", f"yuejuan{number}") for number in range(3)]


@pytest.fixture
def exam(branch):
    return sit.make_exam(sit.make_paper(sit.SINGLE, sit.SHORT), unit_id=branch.pk, pass_percent=50)


@pytest.fixture
def answer(exam, learner, actors):
    sit.take(exam, actors.member, [1], ["会前、会中、会后。"])
    return AttemptItem.objects.get(number=2)


def mark(exam, item, marker, points, **more):
    return mark_answer(exam_id=exam.pk, item_id=item.pk, points=points, actor=marker, at=MONDAY, **more)


def test_the_score_waits_for_the_mark(exam, answer, markers):
    attempt = Attempt.objects.get()
    assert (attempt.state, attempt.score, answer.needs_marking) == ("marking", None, True)
    mark(exam, answer, markers[0], "7.5", comment="要点齐全")
    attempt.refresh_from_db()
    assert (attempt.state, attempt.score, attempt.percent, attempt.is_passed) == ("final", Decimal("9.5"), 79, True)
    with pytest.raises(errors.AlreadyMarked):
        mark(exam, answer, markers[1], 1)
    assert Mark.objects.count() == 1


def test_an_empty_answer_needs_no_marker(exam, learner, actors):
    attempt = sit.take(exam, actors.member, [1], None)
    assert (attempt.state, attempt.score) == ("final", 2)


@pytest.mark.parametrize("points", [-1, 11, "NaN", "Infinity", "", None, "0.3", "1e9"])
def test_points_have_bounds(exam, answer, markers, points):
    with pytest.raises(errors.ExamInvalid):
        mark(exam, answer, markers[0], points)
    answer.refresh_from_db()
    assert (answer.awarded, Mark.objects.count()) == (None, 0)


def test_nobody_marks_their_own(exam, branch):
    own = kit.secretary_of(branch, "自己", "ziji")
    sit.take(exam, own, [1], ["会前。"])
    item = AttemptItem.objects.get(number=2)
    assert not results.to_mark(exam, own).exists()
    with pytest.raises(errors.OwnAnswer):
        mark(exam, item, own, 10)


def test_other_units_cannot_mark(exam, answer):
    far = kit.secretary_of(kit.make_unit("第二支部"), "外人", "wairen")
    with pytest.raises(errors.ExamMissing):
        mark(exam, answer, far, 10)


@pytest.mark.parametrize(
    ("given", "agreed"),
    [((6, 8), "7.00"), ((6, 9), None), ((6, 9, 8), "8.50"), ((2, 10, 6), "8.00"), ((0, 9, 1), "0.50")],
)
def test_two_markers_and_a_third(branch, learner, actors, markers, given, agreed):
    exam = sit.make_exam(sit.make_paper(sit.SHORT), unit_id=branch.pk, second_limit=2)
    sit.take(exam, actors.member, ["会前。"])
    item = AttemptItem.objects.get()
    for marker, points in zip(markers, given, strict=False):
        assert results.to_mark(exam, marker).exists()
        mark(exam, item, marker, points)
        assert not results.to_mark(exam, marker).exists()
    item.refresh_from_db()
    assert item.awarded == (Decimal(agreed) if agreed else None)
    assert Attempt.objects.get().state == ("final" if agreed else "marking")


def test_one_person_does_not_mark_twice(branch, learner, actors, markers):
    exam = sit.make_exam(sit.make_paper(sit.SHORT), unit_id=branch.pk, second_limit=2)
    sit.take(exam, actors.member, ["会前。"])
    item = AttemptItem.objects.get()
    mark(exam, item, markers[0], 5)
    with pytest.raises(errors.AlreadyMarked):
        mark(exam, item, markers[0], 5)
