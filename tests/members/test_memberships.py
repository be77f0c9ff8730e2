"""Belonging: several bodies at once, their states, their dates, their history, and whose word it takes."""

from __future__ import annotations

from datetime import date

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.audit.models import AuditEntry
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import bodies, errors, selectors, services
from jiceng.members.models import Membership, MembershipPeriod, Person, Post


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


@pytest.fixture
def units(actor) -> dict[str, object]:
    kinds = {"一支部": "party_branch", "二支部": "party_branch", "工会": "union", "综合科": "department"}
    day = date(2015, 1, 1)
    return {name: services.create_unit(name=name, kind=kind, on=day, actor=actor) for name, kind in kinds.items()}


@pytest.fixture
def person(actor) -> Person:
    return services.create_person(name="张三", birth_date="1990-01-01", actor=actor)


def history(membership: Membership) -> list[tuple]:
    return list(membership.periods.values_list("state", "unit__name", "valid_from", "valid_to"))


def state_of_everything() -> tuple:
    return (
        list(Membership.objects.order_by("pk").values_list("state", "unit", "started_on", "ended_on", "version")),
        list(MembershipPeriod.objects.order_by("pk").values_list("state", "unit", "valid_from", "valid_to")),
        AuditEntry.objects.count(),
    )


# --- Several at once --------------------------------------------------------------------------------------------------
def test_one_belongs_to_several_bodies_and_the_first_in_order_is_shown(actor, units, person):
    party = services.join(person=person, body="party", unit_id=units["一支部"].pk, actor=actor)
    services.join(person=person, body="union", unit_id=units["工会"].pk, actor=actor)
    person.refresh_from_db()
    assert person.unit == units["一支部"]
    staff = services.join(person=person, body="staff", unit_id=units["综合科"].pk, actor=actor)
    person.refresh_from_db()
    assert person.unit == units["综合科"]
    services.end_membership(membership_id=staff.pk, actor=actor)
    services.end_membership(membership_id=party.pk, actor=actor)
    person.refresh_from_db()
    assert person.unit == units["工会"]
    assert {membership.body for membership in selectors.memberships_of(person, only_open=True)} == {"union"}


def test_no_body_twice_at_once_but_again_later(actor, units, person):
    first = services.join(person=person, body="party", unit_id=units["一支部"].pk, actor=actor)
    with pytest.raises(errors.MembershipExists):
        services.join(person=person, body="party", unit_id=units["二支部"].pk, actor=actor)
    services.end_membership(membership_id=first.pk, actor=actor)
    services.join(person=person, body="party", unit_id=units["二支部"].pk, actor=actor)
    assert Membership.objects.filter(person=person, body="party").count() == 2


def test_nobody_needs_a_unit(actor, person):
    membership = services.join(person=person, body="union", actor=actor)
    assert (membership.unit, person.unit) == (None, None)
    assert history(membership) == [("member", None, membership.periods.get().valid_from, None)]
    assert list(selectors.list_people(body="union")) == [person]


# --- States -----------------------------------------------------------------------------------------------------------
ALL_STEPS = [
    (body, before.code, after)
    for body, states in bodies.STATES.items()
    for before in states.values()
    for after in states
    if not before.is_end and before.code != after
]


@pytest.mark.parametrize("body", list(bodies.STATES))
def test_states_lead_where_the_rules_say_and_nowhere_else(actor, person, body):
    for before, after in [step[1:] for step in ALL_STEPS if step[0] == body]:
        membership = services.join(person=person, body=body, state=before, actor=actor)
        if bodies.may_become(body, before, after):
            changed = services.change_membership(membership_id=membership.pk, state=after, actor=actor)
            assert (changed.state, changed.ended_on is not None) == (after, bodies.STATES[body][after].is_end)
        else:
            with pytest.raises(errors.TransitionRefused):
                services.change_membership(membership_id=membership.pk, state=after, actor=actor)
            membership.refresh_from_db()
            assert (membership.state, membership.version) == (before, 1)
        Membership.objects.all().delete()


def test_every_open_state_can_end(actor):
    for body, states in bodies.STATES.items():
        for state in states.values():
            assert state.is_end or set(bodies.OVER) <= set(state.next), (body, state.code)


def test_becoming_full_sets_the_day(actor, units, person):
    membership = services.join(
        person=person, body="party", state="probationary", unit_id=units["一支部"].pk, on=date(2024, 7, 1), actor=actor
    )
    membership = services.change_membership(membership_id=membership.pk, state="full", on=date(2025, 7, 1), actor=actor)
    assert membership.confirmed_on == date(2025, 7, 1)
    assert history(membership) == [
        ("probationary", "一支部", date(2024, 7, 1), date(2025, 7, 1)), ("full", "一支部", date(2025, 7, 1), None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "state"), [("party", "member"), ("party", "left"), ("party", ""), ("empire", "member"), ("union", "full")]
)
def test_unknown_bodies_and_states_are_refused(actor, person, body, state):
    if state == "":
        assert services.join(person=person, body=body, state=state, actor=actor).state == "full"
        return
    with pytest.raises(Invalid):
        services.join(person=person, body=body, state=state, actor=actor)
    assert not Membership.objects.exists()


def test_units_of_another_tree_are_refused(actor, units, person):
    membership = services.join(person=person, body="party", unit_id=units["一支部"].pk, actor=actor)
    before = state_of_everything()
    for unit in ("工会", "综合科"):
        with pytest.raises(errors.UnitOtherTree):
            services.change_membership(membership_id=membership.pk, unit_id=units[unit].pk, actor=actor)
    assert state_of_everything() == before


# --- Dates and history ------------------------------------------------------------------------------------------------
def test_history_answers_for_any_day(actor, units, person):
    membership = services.join(
        person=person, body="party", unit_id=units["一支部"].pk, on=date(2020, 1, 1), actor=actor
    )
    services.change_membership(
        membership_id=membership.pk, unit_id=units["二支部"].pk, on=date(2022, 3, 1), note="工作调动", actor=actor
    )
    services.end_membership(membership_id=membership.pk, state="transferred", on=date(2024, 5, 1), actor=actor)
    membership.refresh_from_db()
    assert history(membership) == [
        ("full", "一支部", date(2020, 1, 1), date(2022, 3, 1)), ("full", "二支部", date(2022, 3, 1), date(2024, 5, 1)),
    ]  # fmt: skip
    there = {
        day: [name for name in ("一支部", "二支部") if selectors.people_on(units[name], day).exists()]
        for day in (date(2019, 12, 31), date(2020, 1, 1), date(2022, 2, 28), date(2022, 3, 1), date(2024, 5, 1))
    }
    assert list(there.values()) == [[], ["一支部"], ["一支部"], ["二支部"], []]


def test_two_changes_of_one_day_are_one_period(actor, units, person):
    membership = services.join(
        person=person, body="party", unit_id=units["一支部"].pk, on=date(2020, 1, 1), actor=actor
    )
    for unit in ("二支部", "一支部", "二支部"):
        services.change_membership(
            membership_id=membership.pk, unit_id=units[unit].pk, on=date(2022, 3, 1), actor=actor
        )
    assert history(membership) == [
        ("full", "一支部", date(2020, 1, 1), date(2022, 3, 1)), ("full", "二支部", date(2022, 3, 1), None),
    ]  # fmt: skip


def test_the_history_begins_when_belonging_does(actor, units, person):
    membership = services.join(person=person, body="party", unit_id=units["一支部"].pk, actor=actor)
    services.change_membership(membership_id=membership.pk, started_on=date(2018, 7, 1), actor=actor)
    assert history(membership) == [("full", "一支部", date(2018, 7, 1), None)]


@pytest.mark.parametrize(
    "days",
    [
        {"on": date(2999, 1, 1), "unit_id": "二支部"},
        {"on": date(2019, 1, 1), "unit_id": "二支部"},
        {"on": date(2021, 1, 1), "unit_id": "一支部"},
        {"started_on": date(1989, 1, 1)},
        {"started_on": date(2999, 1, 1)},
        {"started_on": date(2023, 1, 1)},
        {"confirmed_on": date(2019, 1, 1)},
    ],
    ids=[
        "future", "before it began", "before the last change", "before birth", "began in the future", "after a change",
        "confirmed early",
    ],
)  # fmt: skip
def test_impossible_days_change_nothing(actor, units, person, days):
    membership = services.join(
        person=person, body="party", unit_id=units["一支部"].pk, on=date(2020, 1, 1), actor=actor
    )
    services.change_membership(
        membership_id=membership.pk, unit_id=units["二支部"].pk, on=date(2022, 3, 1), actor=actor
    )
    if "unit_id" in days:
        days = {**days, "unit_id": units[days["unit_id"]].pk, "state": "suspended"}
    before = state_of_everything()
    with pytest.raises(Invalid):
        services.change_membership(membership_id=membership.pk, actor=actor, **days)
    assert state_of_everything() == before


def test_of_two_editors_one_wins(actor, units, person):
    membership = services.join(person=person, body="party", unit_id=units["一支部"].pk, actor=actor)
    services.change_membership(membership_id=membership.pk, unit_id=units["二支部"].pk, version=1, actor=actor)
    before = state_of_everything()
    with pytest.raises(errors.MembershipChanged):
        services.end_membership(membership_id=membership.pk, version=1, actor=actor)
    assert state_of_everything() == before
    services.end_membership(membership_id=membership.pk, version=2, actor=actor)
    with pytest.raises(errors.MembershipEnded):
        services.change_membership(membership_id=membership.pk, state="suspended", actor=actor)


# --- Posts go with belonging ------------------------------------------------------------------------------------------
def test_posts_end_where_belonging_does(actor, units, person):
    party = services.join(person=person, body="party", unit_id=units["一支部"].pk, on=date(2020, 1, 1), actor=actor)
    services.join(person=person, body="union", unit_id=units["工会"].pk, actor=actor)
    posts = {
        name: Post.objects.create(person=person, unit=units[name], kind="committee_member", started_on=date(2021, 1, 1))
        for name in ("一支部", "二支部", "工会")
    }
    open_posts = lambda: set(Post.objects.filter(ended_on=None).values_list("unit__name", flat=True))  # noqa: E731
    services.change_membership(membership_id=party.pk, unit_id=units["二支部"].pk, on=date(2023, 1, 1), actor=actor)
    assert open_posts() == {"二支部", "工会"}
    services.end_membership(membership_id=party.pk, on=date(2024, 1, 1), actor=actor)
    assert open_posts() == {"工会"}
    posts["二支部"].refresh_from_db()
    assert (posts["二支部"].ended_on, posts["二支部"].version) == (date(2024, 1, 1), 2)


# --- Many at once, and whose word it takes ----------------------------------------------------------------------------
@pytest.fixture
def branch_secretary(actor, member, units) -> Actor:
    role = create_role(name="支部书记", permissions=["members.read", "members.manage"], actor=actor)
    assign_role(user=member, role=role.code, unit_path=units["一支部"].path, actor=actor)
    return Actor.for_user(member)


def test_people_are_placed_together_or_not_at_all(actor, units, branch_secretary):
    here = services.create_person(name="张三", unit_id=units["一支部"].pk, actor=actor)
    elsewhere = services.create_person(name="李四", unit_id=units["二支部"].pk, actor=actor)
    nowhere = services.create_person(name="王五", actor=actor)
    before = state_of_everything()
    with pytest.raises(errors.PersonUnknown):
        services.place_people(person_ids=[here.pk, elsewhere.pk], unit_id=units["一支部"].pk, actor=branch_secretary)
    with pytest.raises(Forbidden):
        services.place_people(person_ids=[here.pk], unit_id=units["二支部"].pk, actor=branch_secretary)
    assert state_of_everything() == before
    everybody = [here.pk, elsewhere.pk, nowhere.pk]
    assert services.place_people(person_ids=everybody, unit_id=units["一支部"].pk, actor=actor) == 2
    assert set(Membership.objects.values_list("body", "unit__name")) == {("party", "一支部")}


def test_what_is_out_of_reach_is_left_alone(actor, units, branch_secretary):
    person = services.create_person(name="张三", unit_id=units["一支部"].pk, actor=actor)
    union = services.join(person=person, body="union", unit_id=units["工会"].pk, actor=actor)
    before = state_of_everything()
    for attempt in (
        lambda: services.change_membership(membership_id=union.pk, state="retained", actor=branch_secretary),
        lambda: services.end_membership(membership_id=union.pk, actor=branch_secretary),
        lambda: services.leave(person_id=person.pk, on=date(2026, 1, 1), actor=branch_secretary),
    ):
        with pytest.raises((Forbidden, Invalid)):
            attempt()
    assert state_of_everything() == before
    party = person.memberships.get(body="party")
    services.end_membership(membership_id=party.pk, actor=branch_secretary)
