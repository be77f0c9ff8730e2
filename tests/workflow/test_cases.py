"""A case from start to end, and every way it may be refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.audit.models import AuditEntry
from jiceng.workflow import errors, selectors, services
from jiceng.workflow.models import Assignment, Case, Todo
from tests.workflow import sample
from tests.workflow.conftest import AT, EAST, WEST, actor, start, waiting

LATER = AT + timedelta(hours=1)


def approve(case, user, **more):
    return services.approve(assignment_id=waiting(case).pk, actor=actor(user), at=LATER, **more)


def trace(case) -> list[str]:
    return list(case.events.values_list("kind", flat=True))


def test_steps_follow_one_another_and_the_module_is_told_once(case, staff, told):
    assert approve(case, staff.east, comment="属实").step == 1
    assert told == []
    ended = approve(case, staff.chief)
    assert (ended.state, ended.ended_at, told) == ("approved", LATER, [("s1", "approved")])
    assert trace(case) == ["started", "approved", "approved"]
    assert not Todo.objects.filter(state="open").exists()
    assert AuditEntry.objects.filter(action="workflow.case.approved", target=str(case.pk)).count() == 2
    assert not AuditEntry.objects.filter(after__icontains="属实").exists()


def test_rejection_ends_it(case, staff, told):
    services.reject(assignment_id=waiting(case).pk, actor=actor(staff.east), at=LATER, comment="材料不全")
    case.refresh_from_db()
    assert (case.state, told) == ("rejected", [("s1", "rejected")])
    start(staff.applicant)  # may be asked for again


def test_a_subject_has_one_unfinished_case(case, staff, facts):
    before = facts()
    with pytest.raises(errors.CaseRunning):
        start(staff.applicant)
    assert facts() == before


@pytest.mark.parametrize(
    ("who", "error"),
    [("west", errors.CaseUnknown), ("stranger", errors.CaseUnknown), ("applicant", errors.OwnCase)],
)
@pytest.mark.parametrize("deed", ["approve", "reject", "return_case"])
def test_others_decide_nothing(case, staff, facts, told, who, error, deed):
    before = facts()
    with pytest.raises(error):
        getattr(services, deed)(
            assignment_id=waiting(case).pk, actor=actor(getattr(staff, who)), at=LATER, comment="因为"
        )
    assert (facts(), told) == (before, [])


def test_an_applicant_with_every_right_still_asks_somebody_else(in_hongqi, told, staff, facts):
    case, before = start(staff.chief), None
    before = facts()
    with pytest.raises(errors.OwnCase):
        approve(case, staff.chief)
    assert facts() == before
    assert not selectors.inbox(actor=actor(staff.chief), at=LATER).exists()
    assert selectors.inbox(actor=actor(staff.east), at=LATER).exists()


def test_rights_count_at_the_moment_of_deciding(case, staff, facts):
    pk = waiting(case).pk
    assert selectors.case_view(actor=actor(staff.east), case_id=case.pk, at=LATER).mine
    staff.east.assignments.filter(unit_path=EAST).update(unit_path=WEST)
    before = facts()
    with pytest.raises(errors.CaseUnknown):
        services.approve(assignment_id=pk, actor=actor(staff.east), at=LATER)
    assert facts() == before


def test_the_second_of_two_hears_who_was_first(case, staff, facts):
    pk = waiting(case).pk
    services.approve(assignment_id=pk, actor=actor(staff.east), at=LATER)
    before = facts()
    with pytest.raises(errors.AlreadyHandled, match="east"):
        services.reject(assignment_id=pk, actor=actor(staff.east_too), at=LATER, comment="不")
    assert facts() == before


@pytest.mark.parametrize(
    ("deed", "comment"), [("reject", ""), ("reject", " \u200b"), ("return_case", ""), ("reject", "长" * 501)]
)
def test_refusing_needs_a_reason(case, staff, facts, deed, comment):
    before = facts()
    with pytest.raises(errors.CommentMissing):
        getattr(services, deed)(assignment_id=waiting(case).pk, actor=actor(staff.east), at=LATER, comment=comment)
    assert facts() == before


def test_what_was_looked_at_must_be_what_is_decided(case, staff, facts):
    Case.objects.update(revision=F("revision") + 1)
    before = facts()
    with pytest.raises(errors.CaseChanged):
        approve(case, staff.east, version=case.revision)
    assert facts() == before


def test_returned_cases_begin_again(case, staff, told, facts):
    approve(case, staff.east)
    services.return_case(assignment_id=waiting(case).pk, actor=actor(staff.chief), at=LATER, comment="请补照片")
    (todo,) = selectors.inbox(actor=actor(staff.applicant), at=LATER)
    assert (todo.kind, todo.url) == ("workflow.returned", f"/todos/cases/{case.pk}/")
    before = facts()
    for who in (staff.east, staff.chief):
        with pytest.raises(errors.NotApplicant):
            services.resubmit(case_id=case.pk, actor=actor(who), at=LATER)
    assert facts() == before
    again = services.resubmit(case_id=case.pk, actor=actor(staff.applicant), at=LATER)
    assert (again.state, again.step, waiting(case).step_code) == ("running", 0, "review")
    assert selectors.inbox_count(actor=actor(staff.applicant), at=LATER) == 0
    approve(case, staff.east_too)
    approve(case, staff.chief)
    assert told == [("s1", "approved")]


def test_nobody_to_return_to(in_hongqi, told, staff, facts):
    case = services.start_case(
        workflow=sample.CODE, subject_id="s", title="t", actor=Actor.system(), at=AT, unit_path=EAST
    )
    before = facts()
    with pytest.raises(errors.NobodyToReturnTo):
        services.return_case(assignment_id=waiting(case).pk, actor=actor(staff.east), at=LATER, comment="补")
    assert facts() == before


@pytest.mark.parametrize("who", ["applicant", "chief"])
def test_withdrawing(case, staff, told, who):
    services.withdraw(case_id=case.pk, actor=actor(getattr(staff, who)), at=LATER)
    case.refresh_from_db()
    assert (case.state, told) == ("withdrawn", [("s1", "withdrawn")])
    assert not Todo.objects.filter(state="open").exists()
    with pytest.raises(errors.CaseEnded):
        services.withdraw(case_id=case.pk, actor=actor(staff.applicant), at=LATER)


def test_approvers_cannot_withdraw(case, staff, facts):
    before = facts()
    with pytest.raises(errors.NotApplicant):
        services.withdraw(case_id=case.pk, actor=actor(staff.east), at=LATER)
    with pytest.raises(errors.CaseUnknown):
        services.withdraw(case_id=case.pk, actor=actor(staff.west), at=LATER)
    assert facts() == before


def test_the_module_may_refuse_the_last_decision(case, staff, facts, monkeypatch):
    def refuse(**_facts):
        raise errors.CaseChanged("资料已被修改。")

    approve(case, staff.east)
    monkeypatch.setattr(sample, "decided", refuse)
    before = facts()
    with pytest.raises(errors.CaseChanged):
        approve(case, staff.chief)
    assert facts() == before


def test_batch_approves_what_it_can(case, staff, told):
    far = start(staff.applicant, "s2", WEST)
    own = start(staff.east, "s3")
    result = services.approve_many(
        assignment_ids=[waiting(one).pk for one in (case, far, own)], actor=actor(staff.east), at=LATER
    )
    assert result.approved == 1
    assert [title for title, _why in result.refusals] == ["", "申请 s3"]
    assert list(Case.objects.order_by("subject_id").values_list("step", flat=True)) == [1, 0, 0]


def test_keys_decide_nothing(case, hongqi, api_key, facts):
    from jiceng.access.models import ApiKey

    api_key(hongqi, ["members.read", "members.manage", "workflow.manage"])
    before = facts()
    with pytest.raises(errors.CaseUnknown):
        services.approve(assignment_id=waiting(case).pk, actor=Actor.for_key(ApiKey.objects.get()), at=LATER)
    assert facts() == before


def test_units_move_with_what_waits_below_them(case, staff):
    services.move_cases(before=EAST, after=f"{WEST}{EAST}")
    case.refresh_from_db()
    assert case.unit_path == waiting(case).unit_path == f"{WEST}{EAST}"
    assert selectors.inbox(actor=actor(staff.west), at=LATER).exists()
    assert not selectors.inbox(actor=actor(staff.east), at=LATER).exists()


def test_disabled_people_see_and_decide_nothing(case, staff):
    pk = waiting(case).pk
    User.objects.filter(pk=staff.east.pk).update(is_active=False)
    assert not selectors.inbox(actor=actor(staff.east), at=LATER).exists()
    with pytest.raises(errors.CaseUnknown):
        services.approve(assignment_id=pk, actor=actor(staff.east), at=LATER)
    assert Assignment.objects.get(pk=pk).state == "open"
