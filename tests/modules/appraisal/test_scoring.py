"""Filling in sheets: who may, when, with what; results; appeals."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection

from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.kernel.errors import Forbidden
from jiceng.notices.models import Entry
from jiceng.workflow.models import Todo
from modules.appraisal.errors import scoring as refusals
from modules.appraisal.models import AppraisalAppeal, Assignment, Round, Sheet, SheetScore, Subject
from modules.appraisal.selectors import results as reads
from modules.appraisal.selectors import sheets
from modules.appraisal.selectors.rounds import criteria_of
from modules.appraisal.services import appeals, concluding, running, scoring
from tenants.context import tenant_scope

from . import kit
from .kit import DAY, HOUR, MONDAY, SYSTEM

NAMED = {"is_blind": False}


@pytest.fixture(params=[True, False], ids=["blind", "named"])
def round(request, branch):
    return kit.opened(branch, is_blind=request.param)


def nothing_kept():
    return not Sheet.objects.exists() and not Assignment.objects.filter(state="done").exists()


@pytest.mark.parametrize(
    "values",
    [
        ("-1", "5"),
        ("10.01", "5"),
        ("5", "21"),
        ("1.234", "5"),
        ("NaN", "5"),
        ("Infinity", "5"),
        ("1e1", "x"),
        ("五", "5"),
        ("5", ""),
        (),
    ],
)
def test_impossible_scores(round, branch, values):
    with pytest.raises(refusals.SheetInvalid) as caught:
        kit.hand_in(kit.duties(round)[0], *values)
    assert all(fault.pointer.startswith("/scores/") for fault in caught.value.fields) and caught.value.fields
    assert nothing_kept()


@pytest.mark.parametrize("comment", ["含\x00空", "长" * 301, "长" * 10_000_000, "\ud800"])
def test_impossible_comments(round, branch, comment):
    with pytest.raises(refusals.SheetInvalid) as caught:
        kit.hand_in(kit.duties(round)[0], 5, 5, comment=comment)
    assert [fault.pointer for fault in caught.value.fields] == ["/comment"]
    assert nothing_kept()


def test_a_criterion_of_another_round(round, branch):
    other = criteria_of(kit.draft(branch))[0]
    duty = kit.duties(round)[0]
    given = {row.pk: "5" for row in [*criteria_of(round), other]}
    with pytest.raises(refusals.SheetInvalid):
        scoring.hand_in(
            assignment_id=duty.pk, scores=given, comment="", actor=kit.actor_of(duty.reviewer), at=MONDAY + HOUR
        )
    assert nothing_kept()


@pytest.mark.parametrize("at", [MONDAY - HOUR, MONDAY + 7 * DAY, MONDAY + 8 * DAY])
def test_scoring_has_its_time(round, branch, at):
    with pytest.raises(refusals.NotOpen):
        kit.hand_in(kit.duties(round)[0], 5, 5, at=at)
    assert nothing_kept()


def test_nobody_scores_for_another_or_somebody_not_assigned(round, branch, actors):
    duty = kit.duties(round, branch.people[0])[0]
    given = {row.pk: "5" for row in criteria_of(round)}
    for actor in (kit.actor_of(branch.people[1]), actors.secretary, actors.member, SYSTEM):
        with pytest.raises(refusals.DutyMissing):
            scoring.hand_in(assignment_id=duty.pk, scores=given, comment="", actor=actor, at=MONDAY + HOUR)
        with pytest.raises(refusals.DutyMissing):
            sheets.get_duty(assignment_id=duty.pk, actor=actor)
    assert nothing_kept()


def test_the_next_one_and_the_end(round, branch):
    running.tell_reviewers(round_id=round.pk, at=MONDAY)
    who = branch.people[0]
    duties = sorted(kit.duties(round, who), key=lambda duty: (duty.subject.name, duty.pk))
    for number, duty in enumerate(duties):
        following = duties[number + 1].pk if number + 1 < len(duties) else None
        assert kit.hand_in(duty, 8, 16).next_id == following
    assert not Todo.objects.filter(user=who.user_id, state="open").exists()
    assert Todo.objects.filter(state="open").count() == 7
    told = OutboxMessage.objects.filter(name="appraisal.sheet.handed_in")
    assert {tuple(sorted(message.payload)) for message in told} == {("person_id", "round_id", "user_id")}
    assert {message.payload["person_id"] for message in told} == {str(who.pk)}


def test_named_sheets_can_be_changed_until_the_end(branch):
    round = kit.opened(branch, **NAMED)
    duty = kit.duties(round)[0]
    actor, criteria = kit.actor_of(duty.reviewer), criteria_of(round)
    scoring.save_draft(
        assignment_id=duty.pk, scores={criteria[0].pk: "3"}, comment="草稿", actor=actor, at=MONDAY + HOUR
    )
    assert sheets.filled_in(duty) == {"scores": {str(criteria[0].pk): "3.00"}, "comment": "草稿"}
    assert not Sheet.objects.get().is_handed_in
    kit.hand_in(duty, 5, 5)
    kit.hand_in(duty, 9, 18, comment="改了")
    assert sorted(SheetScore.objects.values_list("value", flat=True)) == [Decimal(9), Decimal(18)]
    duty.refresh_from_db()
    with pytest.raises(refusals.SheetInvalid):  # what counts is never left incomplete
        scoring.save_draft(
            assignment_id=duty.pk, scores={criteria[0].pk: "3"}, comment="", actor=actor, at=MONDAY + HOUR
        )
    assert sorted(SheetScore.objects.values_list("value", flat=True)) == [Decimal(9), Decimal(18)]
    assert OutboxMessage.objects.filter(name="appraisal.sheet.handed_in").count() == 1


def test_drafts_do_not_count(branch):
    round = kit.opened(branch, **NAMED)
    for duty in kit.duties(round):
        given = {row.pk: "1" for row in criteria_of(round)}
        scoring.save_draft(
            assignment_id=duty.pk, scores=given, comment="", actor=kit.actor_of(duty.reviewer), at=MONDAY + HOUR
        )
    running.close_round(round_id=round.pk, actor=SYSTEM, at=MONDAY + 7 * DAY)
    assert set(Subject.objects.values_list("total", flat=True)) == {None}


# --- Results -------------------------------------------------------------------------------------------------------------
def test_results_by_hand(branch):
    """Peers 8/16 and 6/12: with five peers, three 80 and two 60 → 72. Branch 10/20 → 100, leader 9/10: 54+20=74.

    .5*72 + .3*100 + .2*74 = 80.80
    """
    subject = branch.people[0]
    low = {person.pk for person in branch.people[1:3]}

    def value(duty):
        if duty.group == "branch":
            return (10, 20)
        if duty.group == "leaders":
            return (9, 10)
        return (6, 12) if duty.reviewer_id in low else (8, 16)

    round = kit.closed(branch, value, **NAMED)
    row = Subject.objects.get(round=round, person=subject)
    assert (row.total, row.grade) == (Decimal("80.80"), "good")
    assert {pk: outcome.total for pk, outcome in concluding.compute(round).items()} == dict(
        Subject.objects.values_list("pk", "total")
    )


def test_grades_and_the_quota_is_only_a_warning(branch):
    round = kit.closed(branch, lambda duty: (10, 20) if duty.subject.person in branch.people[:4] else (5, 10))
    assert dict(reads.grades(round)) == {"优秀": 4, "合格": 0, "基本合格": 0, "不合格": 3}
    quota = reads.quota(round)
    assert (quota.excellent, quota.graded, quota.most, quota.is_exceeded) == (4, 7, 2, True)
    assert running.publish_round(round_id=round.pk, actor=SYSTEM, at=MONDAY + 7 * DAY).state == "published"


def test_nobody_sees_a_result_before_it_is_published_nor_anybody_elses(branch):
    round = kit.closed(branch)
    own = Subject.objects.get(round=round, person=branch.people[0])
    me, other = kit.actor_of(branch.people[0]), kit.actor_of(branch.people[1])
    assert not reads.own(actor=me).exists()
    with pytest.raises(refusals.ResultMissing):
        reads.get_own(subject_id=own.pk, actor=me)
    running.publish_round(round_id=round.pk, actor=SYSTEM, at=MONDAY + 7 * DAY)
    assert reads.get_own(subject_id=own.pk, actor=me).total == Decimal("80.00")
    for actor in (other, SYSTEM):
        with pytest.raises(refusals.ResultMissing):
            reads.get_own(subject_id=own.pk, actor=actor)
    assert list(reads.own(actor=me)) == [own]
    assert OutboxMessage.objects.filter(name="appraisal.round.published").count() == 1
    assert Entry.objects.filter(notice__category="appraisal.result").count() == 7


def test_publishing_has_its_time(branch):
    round = kit.opened(branch)
    with pytest.raises(refusals.NotClosed):
        running.publish_round(round_id=round.pk, actor=SYSTEM, at=MONDAY)
    with pytest.raises(Forbidden):
        running.close_round(round_id=round.pk, actor=kit.actor_of(branch.people[0]), at=MONDAY)
    assert Round.objects.get().state == "open"


def test_distribution_only_of_enough(branch):
    round = kit.closed(branch)
    assert dict(reads.distribution(round)) == {"90 分及以上": 0, "80–89": 7, "70–79": 0, "60–69": 0, "60 分以下": 0}
    Subject.objects.filter(pk__in=list(Subject.objects.values_list("pk", flat=True)[:3])).update(total=None)
    assert reads.distribution(round) == []


# --- Appeals -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def subject(branch):
    return Subject.objects.get(round=kit.published(branch), person=branch.people[0])


def test_an_appeal_is_answered(branch, subject, actors):
    me, at = kit.actor_of(branch.people[0]), MONDAY + 8 * DAY
    row = appeals.appeal(subject_id=subject.pk, reason="漏算了一次志愿服务", actor=me, at=at)
    with pytest.raises(refusals.AppealOpen):
        appeals.appeal(subject_id=subject.pk, reason="再说一次", actor=me, at=at)
    for total in ("101", "-1", "8.123", "x"):
        with pytest.raises(refusals.AppealInvalid):
            appeals.answer_appeal(appeal_id=row.pk, answer="成立", adjusted_total=total, actor=actors.secretary, at=at)
    with pytest.raises(Forbidden):
        appeals.answer_appeal(appeal_id=row.pk, answer="成立", adjusted_total="91", actor=me, at=at)
    subject.refresh_from_db()
    assert subject.total == Decimal("80.00")
    done = appeals.answer_appeal(appeal_id=row.pk, answer="已补上", adjusted_total="91", actor=actors.secretary, at=at)
    subject.refresh_from_db()
    assert (done.state, subject.total, subject.grade) == ("upheld", Decimal("91.00"), "excellent")
    assert not Todo.objects.filter(kind="appraisal.appeal", state="open").exists()
    with pytest.raises(refusals.AppealMissing):
        appeals.answer_appeal(appeal_id=row.pk, answer="再来", actor=actors.secretary, at=at)
    assert AuditEntry.objects.filter(action="appraisal.appeal.answered").count() == 1


def test_appeals_have_their_time_and_their_person(branch, subject, actors):
    with pytest.raises(refusals.AppealTooLate):
        appeals.appeal(subject_id=subject.pk, reason="晚了", actor=kit.actor_of(branch.people[0]), at=MONDAY + 14 * DAY)
    for actor in (kit.actor_of(branch.people[1]), actors.secretary):
        with pytest.raises(refusals.ResultMissing):
            appeals.appeal(subject_id=subject.pk, reason="替人申诉", actor=actor, at=MONDAY + 8 * DAY)
    for reason in ("", "\x00", "长" * 1001):
        with pytest.raises(refusals.AppealInvalid):
            appeals.appeal(
                subject_id=subject.pk, reason=reason, actor=kit.actor_of(branch.people[0]), at=MONDAY + 8 * DAY
            )
    assert not AppraisalAppeal.objects.exists()


# --- Races ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.fixture(autouse=True)
    def appraisal_on(self):
        """These tests call services; no module has to be on."""

    @staticmethod
    def at_once(tenant, *calls):
        gate, outcomes = threading.Barrier(len(calls)), []

        def run(call):
            try:
                with tenant_scope(tenant):
                    gate.wait(10)
                    call()
                    outcomes.append("done")
            except Exception as error:
                outcomes.append(type(error).__name__)
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return sorted(outcomes)

    def test_handing_in_twice_at_once_is_one_sheet(self, fresh_tenant):
        with tenant_scope(fresh_tenant):
            round = kit.opened(kit.make_branch(3))
            duty = kit.duties(round)[0]
        outcomes = self.at_once(fresh_tenant, *[lambda: kit.hand_in(duty, 8, 16)] * 4)
        assert outcomes == ["HandedInAlready"] * 3 + ["done"]
        with tenant_scope(fresh_tenant):
            assert (Sheet.objects.count(), SheetScore.objects.count()) == (1, 2)

    def test_a_sheet_counts_or_is_refused_while_the_round_is_closed(self, fresh_tenant):
        with tenant_scope(fresh_tenant):
            round = kit.opened(kit.make_branch(5))
            duties = kit.duties(round)[:6]
            manager = kit.actor_of(kit.make_person("管主任", None, "manager", roles=("administrator",)))
        calls = [lambda duty=duty: kit.hand_in(duty, 8, 16) for duty in duties]
        at = MONDAY + timedelta(days=1)
        outcomes = self.at_once(
            fresh_tenant, *calls, lambda: running.close_round(round_id=round.pk, actor=manager, at=at)
        )
        assert set(outcomes) <= {"done", "NotOpen"}
        with tenant_scope(fresh_tenant):
            assert Round.objects.get().state == "closed"
            done = Assignment.objects.filter(state="done").count()
            assert Sheet.objects.count() == done == outcomes.count("done") - 1
