"""Posts and terms of office: who may hold them, one secretary at a time, reminders ahead of the end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now, today
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import errors, services
from jiceng.members.models import Post, Term
from jiceng.members.selectors.posts import candidates_for
from jiceng.members.services.terms import remind_of_ending_terms
from jiceng.workflow.models import Todo

FOUNDED = date(2020, 1, 1)


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


@pytest.fixture
def branch(actor):
    return services.create_unit(name="甲支部", kind="party_branch", on=FOUNDED, actor=actor)


@pytest.fixture
def member_of(actor, branch):
    def make(name: str):
        return services.create_person(name=name, unit_id=branch.pk, actor=actor)

    return make


def appoint(person, unit, actor, kind="secretary", **more) -> Post:
    return services.appoint(person_id=person.pk, unit_id=unit.pk, kind=kind, actor=actor, **more)


def test_one_secretary_at_a_time(actor, branch, member_of):
    first, second = member_of("张三"), member_of("李四")
    post = appoint(first, branch, actor, started_on=FOUNDED)
    deputy = appoint(second, branch, actor, kind="deputy_secretary")
    before = list(Post.objects.values())
    with pytest.raises(errors.SecretaryTaken):
        appoint(second, branch, actor)
    with pytest.raises(errors.SecretaryTaken):
        services.change_post(post_id=deputy.pk, kind="secretary", actor=actor)
    with pytest.raises(errors.PostExists):
        appoint(second, branch, actor, kind="deputy_secretary")
    assert list(Post.objects.values()) == before
    services.end_post(post_id=post.pk, on=today(), actor=actor)
    appoint(second, branch, actor, label="第一书记")
    assert sorted(post.name for post in Post.objects.filter(ended_on=None)) == ["副书记", "第一书记"]
    with pytest.raises(errors.PostEnded):
        services.end_post(post_id=post.pk, actor=actor)


def test_only_those_who_belong_to_the_tree_hold_posts(actor, branch, member_of):
    office = services.create_unit(name="办公室", kind="department", actor=actor)
    staff = services.create_person(name="王五", unit_id=office.pk, actor=actor)
    gone = member_of("赵六")
    services.leave(person_id=gone.pk, on=today(), actor=actor)
    with pytest.raises(errors.NotInTree):
        appoint(staff, branch, actor)
    with pytest.raises(errors.PersonGone):
        appoint(gone, branch, actor)
    insider = member_of("张三")
    assert list(candidates_for(branch, actor=actor)) == [insider]
    assert list(candidates_for(branch, actor=actor, query="wangwu")) == []
    for wrong in ({"kind": "emperor"}, {"kind": "other"}, {"started_on": today() + timedelta(days=1)}):
        with pytest.raises(Invalid):
            appoint(insider, branch, actor, **wrong)
    assert not Post.objects.exists()


def test_posts_outside_the_actors_reach_are_refused(actor, branch, member_of, member):
    other = services.create_unit(name="乙支部", kind="party_branch", actor=actor)
    stranger = services.create_person(name="钱七", unit_id=other.pk, actor=actor)
    foreign = appoint(stranger, other, actor)
    term = services.start_term(unit_id=other.pk, started_on=FOUNDED, actor=actor)
    assign_role(user=member, role="administrator", unit_path=branch.path, actor=actor)
    local = Actor.for_user(member)
    before = list(Post.objects.values()), list(Term.objects.values()), AuditEntry.objects.count()
    for attempt in (
        lambda: appoint(stranger, other, local, kind="publicity"),
        lambda: services.end_post(post_id=foreign.pk, actor=local),
        lambda: services.change_post(post_id=foreign.pk, label="某", actor=local),
        lambda: services.end_term(term_id=term.pk, actor=local),
        lambda: services.change_term(term_id=term.pk, ends_on=date(2099, 1, 1), actor=local),
    ):
        with pytest.raises(Forbidden):
            attempt()
    with pytest.raises(errors.PersonUnknown):
        appoint(stranger, branch, local)
    assert (list(Post.objects.values()), list(Term.objects.values()), AuditEntry.objects.count()) == before
    appoint(member_of("张三"), branch, local)


def test_terms_last_as_long_as_the_kind_of_unit_says(actor, branch, member_of):
    first = services.start_term(unit_id=branch.pk, started_on=date(2024, 2, 29), actor=actor)
    assert (first.number, first.ends_on) == (1, date(2027, 2, 27))
    post = appoint(member_of("张三"), branch, actor)
    assert post.term == first
    with pytest.raises(errors.TermOpen):
        services.start_term(unit_id=branch.pk, started_on=today(), actor=actor)
    services.end_term(term_id=first.pk, on=today(), actor=actor)
    post.refresh_from_db()
    assert post.ended_on == today()
    services.change_kind(code="party_branch", label="党支部", term_years=5, actor=actor)
    second = services.start_term(unit_id=branch.pk, started_on=date(2026, 1, 1), actor=actor)
    assert (second.number, second.ends_on) == (2, date(2030, 12, 31))
    with pytest.raises(errors.TermEnded):
        services.change_term(term_id=first.pk, ends_on=date(2099, 1, 1), actor=actor)


def test_units_without_usual_terms_need_a_date(actor, branch):
    group = services.create_unit(name="一小组", kind="party_group", parent_id=branch.pk, actor=actor)
    for days in ({}, {"ends_on": FOUNDED}, {"ends_on": FOUNDED - timedelta(days=1)}):
        with pytest.raises(Invalid):
            services.start_term(unit_id=group.pk, started_on=FOUNDED, actor=actor, **days)
    assert not Term.objects.exists()


def test_ending_terms_are_told_once_six_months_ahead(actor, branch):
    term = services.start_term(unit_id=branch.pk, started_on=FOUNDED, ends_on=date(2030, 6, 30), actor=actor)
    early = date(2029, 12, 1)
    assert remind_of_ending_terms(on=early, at=now()) == 0
    assert remind_of_ending_terms(on=date(2030, 1, 2), at=now()) == 1
    assert remind_of_ending_terms(on=date(2030, 1, 3), at=now()) == 0
    todo = Todo.objects.get()
    assert (todo.permission, todo.unit_path, todo.state) == ("members.manage", branch.path, "open")
    assert str(branch.pk) in todo.url
    services.change_term(term_id=term.pk, ends_on=date(2031, 6, 30), actor=actor)
    assert not Todo.objects.filter(state="open").exists()
    assert remind_of_ending_terms(on=date(2031, 1, 2), at=now()) == 1
    services.end_term(term_id=term.pk, actor=actor)
    assert not Todo.objects.filter(state="open").exists()
