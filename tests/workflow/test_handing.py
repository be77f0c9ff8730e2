"""Added signers, delegation, stand-ins."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.models import User
from jiceng.kernel.errors import Forbidden
from jiceng.workflow import errors, selectors, services
from jiceng.workflow.models import Assignment, StandIn
from tests.workflow.conftest import AT, EAST, actor, start, waiting

LATER = AT + timedelta(hours=1)
WEEK = timedelta(days=7)


def approve(assignment, user):
    return services.approve(assignment_id=assignment.pk, actor=actor(user), at=LATER)


def hand(deed, case, by, to):
    return deed(assignment_id=waiting(case).pk, user_id=to.pk, actor=actor(by), at=LATER)


@pytest.mark.parametrize("first", ["approve", "added"])
def test_the_step_goes_on_when_both_agree(case, staff, first):
    hand(services.add_signer, case, staff.east, staff.west)
    deciders = {"approve": staff.east, "added": staff.west}
    order = sorted(deciders, key=lambda kind: kind != first)
    assert approve(waiting(case, kind=order[0]), deciders[order[0]]).step == 0
    assert approve(waiting(case, kind=order[1]), deciders[order[1]]).step == 1


def test_an_added_signer_may_end_it(case, staff, told):
    hand(services.add_signer, case, staff.east, staff.west)
    added = waiting(case, kind="added")
    services.reject(assignment_id=added.pk, actor=actor(staff.west), at=LATER, comment="不同意")
    assert told == [("s1", "rejected")]
    assert not Assignment.objects.filter(case=case, state="open").exists()


def test_an_added_signer_decides_for_nobody_else(case, staff, facts):
    hand(services.add_signer, case, staff.east, staff.west)
    before = facts()
    with pytest.raises(errors.NotCandidate):
        approve(waiting(case, kind="approve"), staff.west)
    with pytest.raises(errors.NotCandidate):
        approve(waiting(case, kind="added"), staff.chief)
    assert facts() == before


def test_delegated_work_leaves_the_group(case, staff, facts):
    hand(services.delegate, case, staff.east, staff.west)
    assert not selectors.inbox(actor=actor(staff.east_too), at=LATER).exists()
    before = facts()
    with pytest.raises(errors.NotCandidate):
        approve(waiting(case), staff.east)
    assert facts() == before
    assert waiting(case).due_at == AT + timedelta(days=2)
    assert approve(waiting(case), staff.west).step == 1
    assert list(case.events.values_list("kind", "other_name"))[1] == ("delegated", "west")


@pytest.mark.parametrize("deed", [services.delegate, services.add_signer])
@pytest.mark.parametrize("to", ["applicant", "east", "stranger", "disabled"])
def test_unfit_hands(case, staff, facts, deed, to):
    User.objects.filter(pk=staff.east_too.pk).update(is_active=False)
    user = staff.east_too if to == "disabled" else getattr(staff, to)
    before = facts()
    with pytest.raises(errors.UserNotFit):
        hand(deed, case, staff.east, user)
    assert facts() == before


def test_only_candidates_and_managers_hand_on(case, staff, facts):
    before = facts()
    with pytest.raises(errors.CaseUnknown):
        hand(services.delegate, case, staff.west, staff.east)
    with pytest.raises(errors.OwnCase):
        hand(services.delegate, case, staff.applicant, staff.east)
    assert facts() == before
    hand(services.delegate, case, staff.east, staff.west)
    hand(services.delegate, case, staff.chief, staff.east_too)  # a manager gives it to somebody else
    assert approve(waiting(case), staff.east_too).step == 1


def set_stand_in(user, deputy, by=None, start_at=AT, end_at=AT + WEEK):
    return services.set_stand_in(
        user_id=user.pk, deputy_id=deputy.pk, valid_from=start_at, valid_to=end_at, actor=actor(by or user), at=AT
    )


def test_a_stand_in_decides_in_ones_stead_while_it_lasts(case, staff, facts):
    row = set_stand_in(staff.east, staff.west)
    (todo,) = selectors.inbox(actor=actor(staff.west), at=LATER)
    assert todo.assignment.case == case
    assert not selectors.inbox(actor=actor(staff.west), at=AT + WEEK).exists()
    before = facts()
    with pytest.raises(errors.CaseUnknown):
        services.approve(assignment_id=waiting(case).pk, actor=actor(staff.west), at=AT + WEEK)
    assert facts() == before
    assert approve(waiting(case), staff.west).step == 1
    event = case.events.get(kind="approved")
    assert (event.actor_name, event.other_name) == ("west", "east")
    services.end_stand_in(stand_in_id=row.pk, actor=actor(staff.east), at=LATER)
    start(staff.applicant, "s2")
    assert not selectors.inbox(actor=actor(staff.west), at=LATER).exists()


def test_standing_in_is_no_way_to_ones_own_case(in_hongqi, told, staff, facts):
    own, absents = start(staff.west, "s1"), start(staff.east, "s2")
    set_stand_in(staff.east, staff.west)
    before = facts()
    with pytest.raises(errors.OwnCase):
        approve(waiting(own), staff.west)
    with pytest.raises((errors.NotCandidate, errors.CaseUnknown)):
        approve(waiting(absents), staff.west)  # the absent applicant's own case, by the deputy's hand
    assert facts() == before
    assert not selectors.inbox(actor=actor(staff.west), at=LATER).exists()


def test_the_deputys_deputy_decides_nothing(case, staff):
    set_stand_in(staff.east, staff.west)
    set_stand_in(staff.west, staff.applicant)
    assert not selectors.inbox(actor=actor(staff.applicant), at=LATER).exists()


def test_setting_again_replaces(case, staff):
    set_stand_in(staff.east, staff.west)
    set_stand_in(staff.east, staff.chief)
    assert [row.deputy_id for row in StandIn.objects.all()] == [staff.chief.pk]


@pytest.mark.parametrize("case_", ["self", "stranger", "backwards", "past", "forever", "for_another"])
def test_unfit_stand_ins(in_hongqi, staff, case_):
    with pytest.raises((errors.UserNotFit, errors.PeriodRefused, Forbidden)):
        if case_ == "for_another":
            set_stand_in(staff.east, staff.west, by=staff.west)
        elif case_ in ("self", "stranger"):
            set_stand_in(staff.east, staff.east if case_ == "self" else staff.stranger)
        else:
            begin = {"past": AT - WEEK}.get(case_, AT)
            end = {"backwards": AT - WEEK, "past": AT, "forever": AT + timedelta(days=400)}[case_]
            set_stand_in(staff.east, staff.west, start_at=begin, end_at=end)
    assert not StandIn.objects.exists()


def test_others_do_not_end_it(in_hongqi, staff):
    row = set_stand_in(staff.east, staff.west)
    with pytest.raises(errors.StandInUnknown):
        services.end_stand_in(stand_in_id=row.pk, actor=actor(staff.west), at=LATER)
    row.refresh_from_db()
    assert row.valid_to == AT + WEEK


def test_nobody_left_to_decide(in_hongqi, told, staff):
    """Named people who cannot sign in, and roles that nobody holds there, fall to those who manage workflows."""
    from tests.workflow import sample

    for who in ({"users": [str(staff.east.pk)]}, {"role": "auditor"}):
        steps = [{"code": "one", "label": "审批", "who": who, "scope": "unit", "days": 1}]
        services.publish_definition(code=sample.CODE, steps=steps, actor=actor(staff.chief), at=AT)
        User.objects.filter(pk=staff.east.pk).update(is_active=False)
        case = start(staff.applicant, str(who), EAST)
        assert waiting(case).permission == "workflow.manage"
        assert approve(waiting(case), staff.chief).state == "approved"
        User.objects.filter(pk=staff.east.pk).update(is_active=True)
