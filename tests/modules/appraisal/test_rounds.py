"""Preparing and opening a round: what is refused, who is drawn, what is frozen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.kernel.errors import Forbidden
from jiceng.members import services as members
from jiceng.notices.models import Entry, Notice
from jiceng.workflow.models import Todo
from modules.appraisal.errors import scoring as refusals
from modules.appraisal.models import Assignment, Criterion, Duty, Group, Round, RoundState, Subject
from modules.appraisal.selectors import drawing
from modules.appraisal.selectors import rounds as reads
from modules.appraisal.services import rounds, running

from . import kit
from .kit import DAY, HOUR, MONDAY, SYSTEM

pytestmark = pytest.mark.usefixtures("in_hongqi")


def faults(call) -> dict[str, str]:
    with pytest.raises(refusals.RoundInvalid) as caught:
        call()
    return {fault.pointer: fault.code for fault in caught.value.fields}


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"weights": {"peers": 50, "branch": 30}}, "/weights", "not_hundred"),
        ({"weights": {"peers": 120, "branch": -20}}, "/weights", "not_hundred"),
        ({"weights": {"peers": 50.0, "branch": 50}}, "/weights", "not_hundred"),
        ({"weights": {"peers": 50, "friends": 50}}, "/weights", "not_hundred"),
        ({"weights": {"self": 100}}, "/weights", "only_self"),
        ({"criteria": []}, "/criteria", "count"),
        ({"criteria": [{"name": f"指标{n}", "weight": 4} for n in range(25)]}, "/criteria", "count"),
        ({"criteria": [{"name": "一", "weight": 60}, {"name": "二", "weight": 30}]}, "/criteria", "not_hundred"),
        ({"criteria": [{"name": "一", "weight": 50}, {"name": "一", "weight": 50}]}, "/criteria/1/name", "twice"),
        ({"criteria": [{"name": "一", "weight": 0}]}, "/criteria/0/weight", "out_of_range"),
        ({"criteria": [{"name": "一", "weight": 100, "max_score": 101}]}, "/criteria/0/max_score", "out_of_range"),
        ({"criteria": [{"name": "", "weight": 100}]}, "/criteria/0/name", "required"),
        ({"title": ""}, "/title", "required"),
        ({"title": "年" * 101}, "/title", "too_long"),
        ({"title": "年\x00"}, "/title", "invalid_text"),
        ({"description": "长" * 10_000_000}, "/description", "too_long"),
        ({"closes_at": MONDAY}, "/closes_at", "order"),
        ({"period_to": kit.date(2024, 1, 1)}, "/period_to", "order"),
        ({"opens_at": None}, "/opens_at", "required"),
        ({"peer_count": 0}, "/peer_count", "out_of_range"),
        ({"normalisation": "magic"}, "/normalisation", "unknown"),
        # Who is strict can be known only by knowing whose sheet it is
        ({"normalisation": "z_score", "is_blind": True}, "/normalisation", "needs_names"),
        ({"excellent_from": 70}, "/excellent_from", "order"),
        ({"good_from": "NaN"}, "/good_from", "out_of_range"),
    ],
)
def test_what_cannot_be(change, pointer, code):
    found = faults(lambda: kit.draft(**change))
    assert found.get(pointer) == code, found
    assert not Round.objects.exists()
    assert not AuditEntry.objects.filter(action__startswith="appraisal.").exists()


def test_a_unit_out_of_reach(actors, branch):
    secretary = kit.give(branch.secretary, "secretary", branch.unit)
    elsewhere = members.create_unit(name="别的支部", kind="party_branch", parent_id=None, actor=SYSTEM)
    assert faults(lambda: kit.draft(branch, actor=secretary, unit_id=elsewhere.pk)) == {"/unit_id": "unit_out_of_reach"}
    assert kit.draft(branch, actor=secretary).unit == branch.unit
    with pytest.raises(refusals.RoundInvalid):
        kit.draft(branch, actor=actors.member)
    assert Round.objects.count() == 1


def test_only_who_manages_the_unit_touches_its_round(actors, branch):
    whole = kit.draft(branch)
    secretary = kit.give(branch.secretary, "secretary", branch.unit)
    for actor in (secretary, actors.member, actors.stranger):
        for deed in (
            lambda who=actor: rounds.update_round(round_id=whole.pk, fields={"title": "改"}, actor=who, at=MONDAY),
            lambda who=actor: running.open_round(round_id=whole.pk, actor=who, at=MONDAY),
            lambda who=actor: rounds.delete_round(round_id=whole.pk, actor=who, at=MONDAY),
        ):
            with pytest.raises(Forbidden):
                deed()
        with pytest.raises(refusals.RoundMissing):
            reads.get_round(round_id=whole.pk, actor=actor)
    whole.refresh_from_db()
    assert (whole.title, whole.state) == ("年度评议", "draft")


def test_a_draft_can_be_changed_and_the_slower_editor_is_told(branch):
    round = kit.draft(branch)
    changed = rounds.update_round(
        round_id=round.pk, actor=SYSTEM, at=MONDAY, version=1,
        fields={"title": "改名", "criteria": [{"name": "只有一项", "weight": 100}], "weights": {"peers": 100}},
    )  # fmt: skip
    assert (changed.title, changed.version, changed.weights) == ("改名", 2, {"peers": 100})
    assert [row.name for row in reads.criteria_of(changed)] == ["只有一项"]
    with pytest.raises(refusals.StaleRound):
        rounds.update_round(round_id=round.pk, fields={"title": "再改"}, actor=SYSTEM, at=MONDAY, version=1)


def test_everything_is_frozen_once_opened(branch):
    round = kit.opened(branch)
    before = list(Criterion.objects.values_list("name", "weight", "max_score"))
    for change in (
        {"criteria": [{"name": "新的", "weight": 100}]},
        {"weights": {"peers": 100}},
        {"title": "改名"},
        {"is_blind": False},
    ):
        with pytest.raises(refusals.RoundFrozen):
            rounds.update_round(round_id=round.pk, fields=change, actor=SYSTEM, at=MONDAY)
    with pytest.raises(refusals.RoundFrozen):
        rounds.delete_round(round_id=round.pk, actor=SYSTEM, at=MONDAY)
    with pytest.raises(refusals.RoundNotDraft):
        running.open_round(round_id=round.pk, actor=SYSTEM, at=MONDAY)
    assert list(Criterion.objects.values_list("name", "weight", "max_score")) == before
    assert Round.objects.get().title == "年度评议"


# --- Who judges whom -----------------------------------------------------------------------------------------------------
def groups_of(round, person):
    rows = Assignment.objects.filter(subject__person=person, subject__round=round)
    return {group: set(rows.filter(group=group).values_list("reviewer__name", flat=True)) for group in Group.values}


def test_who_judges_whom(branch):
    round = kit.opened(branch, weights={"self": 10, "peers": 40, "branch": 30, "leaders": 20})
    first, *others = branch.people
    assert groups_of(round, first) == {
        "self": {first.name}, "peers": {person.name for person in others}, "branch": {"尤书记"}, "leaders": {"高书记"},
    }  # fmt: skip
    # The secretary is judged by all members as peers, by the leader, and not by themselves as branch
    assert groups_of(round, branch.secretary) == {
        "self": {"尤书记"}, "peers": {person.name for person in branch.people}, "branch": set(), "leaders": {"高书记"},
    }  # fmt: skip
    assert Subject.objects.count() == 7


def test_peers_are_shared_out_evenly_and_looking_twice_shows_the_same(in_hongqi):
    branch = kit.make_branch(12)
    round = kit.draft(branch, weights={"peers": 100}, peer_count=4)
    first, second = (drawing.draw(round, at=MONDAY) for _each in range(2))
    assert first == second
    running.open_round(round_id=round.pk, actor=SYSTEM, at=MONDAY)
    given, got = {}, {}
    for subject, reviewer in Assignment.objects.values_list("subject__name", "reviewer_name"):
        given[reviewer] = given.get(reviewer, 0) + 1
        got[subject] = got.get(subject, 0) + 1
    assert set(given.values()) == set(got.values()) == {4}


def test_groups_with_weight_nothing_do_not_judge(branch):
    round = kit.opened(branch, weights={"branch": 100})
    assert set(Assignment.objects.filter(round=round).values_list("group", flat=True)) == {"branch"}


def test_probationary_members_take_part_without_a_grade(branch):
    new = kit.make_person("新预备", branch.unit, "new", state="probationary")
    round = kit.closed(branch)
    subject = Subject.objects.get(round=round, person=new)
    assert (subject.is_graded, subject.grade, subject.total) == (False, "", kit.cents("80.00"))


def test_nobody_to_score(branch):
    empty = members.create_unit(name="空支部", kind="party_branch", parent_id=None, actor=SYSTEM)
    round = kit.draft(audience={"clauses": [{"unit": str(empty.pk)}]})
    with pytest.raises(refusals.NobodyToScore):
        running.open_round(round_id=round.pk, actor=SYSTEM, at=MONDAY)
    with pytest.raises(refusals.RoundOver):
        running.open_round(round_id=kit.draft(branch).pk, actor=SYSTEM, at=MONDAY + 7 * DAY)
    assert not Assignment.objects.exists()
    assert set(Round.objects.values_list("state", flat=True)) == {"draft"}


def test_drawing_costs_the_same_whatever_the_number(branch, django_assert_num_queries):
    round = Round.objects.select_related("audience").get(pk=kit.draft(branch).pk)
    with django_assert_num_queries(5):
        few = drawing.draw(round, at=MONDAY)
    for number in range(10):
        kit.make_person(kit.NAMES[12 + number], branch.unit)
    with django_assert_num_queries(5):
        many = drawing.draw(round, at=MONDAY)
    assert (len(few.judged), len(many.judged)) == (7, 17)
    assert many.without_login_count == 10


# --- Telling, reminding, leaving -----------------------------------------------------------------------------------------
def test_one_todo_and_one_notice_each(branch):
    round = kit.opened(branch)
    assert running.tell_reviewers(round_id=round.pk, at=MONDAY) == 8
    assert running.tell_reviewers(round_id=round.pk, at=MONDAY) == 8
    assert Todo.objects.filter(kind="appraisal.scoring", state="open").count() == 8
    assert set(Todo.objects.values_list("due_at", flat=True)) == {round.closes_at}
    assert Notice.objects.count() == 1 and Entry.objects.count() == 8


def test_reminders_reach_only_those_who_have_not_finished_and_not_too_often(branch):
    round = kit.opened(branch)
    for duty in kit.duties(round):
        if duty.reviewer != branch.people[0]:
            kit.hand_in(duty, 8, 16)
    with pytest.raises(refusals.RemindedLately):
        running.remind(round_id=round.pk, actor=SYSTEM, at=MONDAY + 2 * DAY)
    assert not Notice.objects.exists()
    assert running.remind(round_id=round.pk, actor=SYSTEM, at=MONDAY + 3 * DAY) == 1
    assert list(Entry.objects.values_list("user", flat=True)) == [branch.people[0].user_id]
    with pytest.raises(refusals.RemindedLately):
        running.remind(round_id=round.pk, actor=SYSTEM, at=MONDAY + 5 * DAY)
    for duty in kit.duties(round, branch.people[0]):
        kit.hand_in(duty, 8, 16, at=MONDAY + 5 * DAY)
    with pytest.raises(refusals.NobodyToRemind):
        running.remind(round_id=round.pk, actor=SYSTEM, at=MONDAY + 6 * DAY)
    assert Entry.objects.count() == 1


def test_who_leaves_is_kept_with_a_note_and_has_nothing_more_to_do(branch):
    round = kit.opened(branch)
    running.tell_reviewers(round_id=round.pk, at=MONDAY)
    gone = branch.people[0]
    assert running.note_leaver(person_id=gone.pk, note="2026-03-03 已离开，评分保留。", at=MONDAY + DAY) == 1
    assert Subject.objects.get(person=gone).note == "2026-03-03 已离开，评分保留。"
    assert {duty.state for duty in kit.duties(round, gone)} == {Duty.EXCUSED}
    assert not Todo.objects.filter(user=gone.user_id, state="open").exists()
    with pytest.raises(refusals.NoLongerWanted):
        kit.hand_in(kit.duties(round, gone)[0], 8, 16)
    assert reads.progress_of(round).people == 7


def test_progress_is_counts(branch):
    round = kit.opened(branch)
    kit.hand_in(kit.duties(round)[0], 8, 16)
    found = reads.progress_of(round)
    assert (found.subjects, found.done, found.people) == (7, 1, 8)
    assert found.sheets == Assignment.objects.count()


def test_the_end_comes_by_itself_and_only_when_due(branch):
    round = kit.opened(branch)
    running.tell_reviewers(round_id=round.pk, at=MONDAY)
    system = Actor.system()
    assert running.close_round(round_id=round.pk, actor=system, at=MONDAY + 7 * DAY - HOUR) is None
    assert running.close_round(round_id=round.pk, actor=system, at=MONDAY + 7 * DAY).state == RoundState.CLOSED
    assert running.close_round(round_id=round.pk, actor=system, at=MONDAY + 7 * DAY) is None
    assert not Todo.objects.filter(state="open").exists()
    assert timedelta(0) < round.closes_at - round.opens_at
