"""Audiences: who is in one and which ones somebody is in must agree; definitions survive; reach holds."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.access.models import RoleAssignment, User
from jiceng.access.services import assign_role, create_user
from jiceng.kernel import clock
from jiceng.members import audiences, services
from jiceng.members.audiences import AudienceEmpty, AudienceInvalid, AudienceOutOfReach, Clause, Definition
from jiceng.members.models import Person
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.usefixtures("in_hongqi")
AT = datetime(2031, 5, 6, 3, 0, tzinfo=UTC)
SYSTEM = Actor.system()
ROLES, POSTS, STATES = ("editor", "secretary", "member"), ("organisation", "committee_member"), ("full", "probationary")


def make_registry(chance: random.Random):
    """A committee with branches (one moved, one dissolved), people with logins who belong, belonged, left."""
    top = services.create_unit(name="党委", kind="party_committee", actor=SYSTEM)
    other = services.create_unit(name="另一党委", kind="party_committee", actor=SYSTEM)
    branches = [
        services.create_unit(name=f"第{n}支部", kind="party_branch", parent_id=top.pk, actor=SYSTEM) for n in range(5)
    ]
    tags = [services.create_tag(name=name, actor=SYSTEM, at=AT) for name in ("骨干", "新人")]
    people = [make_person(chance, n, branches, tags) for n in range(24)]
    services.move_unit(unit_id=branches[0].pk, parent_id=other.pk, actor=SYSTEM)
    for person in chance.sample(people, 3):
        services.leave(person_id=person.pk, on=clock.today(), actor=SYSTEM)
    return [top, other, *branches], tags, [person for person in people if person.user_id]


def make_person(chance, number, branches, tags) -> Person:
    unit = chance.choice([*branches, None])
    person = services.create_person(
        name=f"人{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'子丑寅'[number // 10]}", unit_id=unit.pk if unit else None,
        body="party" if unit else None, state=chance.choice(STATES) if unit else None, actor=SYSTEM,
    )  # fmt: skip
    if chance.random() < 0.3:
        league = services.create_unit(name=f"团支部{number}", kind="league_branch", actor=SYSTEM)
        services.join(person=person, body="league", unit_id=league.pk, actor=SYSTEM)
    if chance.random() < 0.85:
        person.user = create_user(username=f"p{number}", password=PASSWORD, display_name=person.name, actor=SYSTEM)
        person.save(update_fields=("user",))
        for role in chance.sample(ROLES, chance.randint(0, 2)):
            assign_role(user=person.user, role=role, actor=SYSTEM)
        RoleAssignment.objects.filter(user=person.user, role__code="secretary").update(
            valid_to=chance.choice([None, AT - timedelta(days=1), AT + timedelta(days=1)])
        )
    if unit and chance.random() < 0.5:
        services.appoint(unit_id=unit.pk, person_id=person.pk, kind=chance.choice(POSTS), actor=SYSTEM)
    for tag in tags:
        if chance.random() < 0.4:
            services.give_tag(tag_id=tag.pk, person_ids=[person.pk], actor=SYSTEM)
    return person


def some_clause(chance, units, tags, people) -> Clause:
    if chance.random() < 0.15:
        return Clause(person=str(chance.choice(people).pk))
    while True:
        body = chance.choice(["", "", "party", "league"])
        clause = Clause(
            unit=chance.choice(["", *(str(unit.pk) for unit in units)]), body=body,
            state=chance.choice(["", *STATES]) if body == "party" else "", post=chance.choice(["", "", *POSTS]),
            role=chance.choice(["", "", "", *ROLES]), tag=chance.choice(["", "", str(tags[0].pk), str(tags[1].pk)]),
        )  # fmt: skip
        if clause != Clause():
            return clause


@pytest.mark.parametrize("seed", range(6))
def test_both_directions_agree(seed):
    chance = random.Random(seed)
    units, tags, people = make_registry(chance)
    definitions = [
        Definition(clauses=tuple(some_clause(chance, units, tags, people) for _one in range(chance.randint(1, 3))))
        for _each in range(30)
    ]
    definitions.append(Definition(everyone=True))
    kept = [audiences.keep(definition, at=AT) for definition in definitions]
    inside = {audience.pk: set(audiences.people(audience, at=AT).values_list("pk", flat=True)) for audience in kept}
    assert any(inside.values())
    for person in people:
        user = User.objects.get(pk=person.user_id)
        expected = {pk for pk, members in inside.items() if person.pk in members}
        assert set(audiences.matching_ids(user=user, at=AT)) & set(inside) == expected
        assert {audience.pk for audience in kept if audiences.fits(audience, user=user, at=AT)} == expected


def test_the_cost_does_not_grow_with_clauses(django_assert_num_queries):
    units = [services.create_unit(name=f"第{n}支部", kind="party_branch", actor=SYSTEM) for n in range(30)]
    few, many = (Definition(clauses=tuple(Clause(unit=str(unit.pk)) for unit in units[:n])) for n in (1, 30))
    for definition in (few, many):
        with django_assert_num_queries(2):
            audiences.count(definition, at=AT)


def test_the_same_definition_is_the_same_row():
    unit = services.create_unit(name="第一支部", kind="party_branch", actor=SYSTEM)
    data = {"clauses": [{"unit": str(unit.pk), "body": "party"}, {"post": "secretary"}]}
    turned = {"clauses": [*reversed(data["clauses"])]}
    first, second = (audiences.keep(audiences.parse(each), at=AT) for each in (data, turned))
    assert first.pk == second.pk
    assert audiences.parse(audiences.as_json(audiences.definition_of(first))) == audiences.parse(data)


BAD = {
    "nothing chosen": ({"clauses": []}, None), "no clauses": ({}, None),
    "unknown key": ({"units": []}, "/audience"), "not a list": ({"clauses": {}}, "/audience"),
    "unknown condition": ({"clauses": [{"unit": "x", "sex": "f"}]}, "/audience/clauses/0"),
    "no such unit": ({"clauses": [{"unit": "00000000-0000-0000-0000-000000000000"}]}, "/audience/clauses/0/unit"),
    "not an id": ({"clauses": [{"person": "王芳"}]}, "/audience/clauses/0/person"),
    "no such body": ({"clauses": [{"body": "club"}]}, "/audience/clauses/0/body"),
    "state without body": ({"clauses": [{"state": "full"}]}, "/audience/clauses/0/state"),
    "no such post": ({"clauses": [{"post": "king"}]}, "/audience/clauses/0/post"),
    "no such role": ({"clauses": [{"role": "king"}]}, "/audience/clauses/0/role"),
    "a person and more": (
        {"clauses": [{"person": "00000000-0000-0000-0000-000000000000", "post": "secretary"}]}, "/audience/clauses/0/person",
    ),
    "everybody and some": ({"everyone": True, "clauses": [{"post": "secretary"}]}, "/audience"),
    "empty clause": ({"clauses": [{}]}, "/audience/clauses/0"),
    "too many": ({"clauses": [{"role": f"r{n}"} for n in range(201)]}, "/audience/clauses"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_definitions(name):
    data, pointer = BAD[name]
    with pytest.raises(AudienceInvalid if pointer else AudienceEmpty) as caught:
        audiences.parse(data)
    if pointer:
        assert pointer in [fault.pointer for fault in caught.value.fields]


def test_reach(people, hongqi):
    mine, theirs = (services.create_unit(name=name, kind="party_branch", actor=SYSTEM) for name in ("甲", "乙"))
    named = services.create_person(name="外人", unit_id=theirs.pk, body="party", state=None, actor=SYSTEM)
    clerk = people(hongqi).stranger
    assign_role(user=clerk, role="editor", actor=SYSTEM, unit_path=mine.path)
    actor = Actor.for_user(clerk)
    audiences.require_within(Definition(clauses=(Clause(unit=str(mine.pk)),)), actor=actor, permission="news.write")
    for clause in (Clause(unit=str(theirs.pk)), Clause(role="member"), Clause(person=str(named.pk))):
        with pytest.raises(AudienceOutOfReach):
            audiences.require_within(
                Definition(clauses=(Clause(unit=str(mine.pk)), clause)), actor=actor, permission="news.write"
            )
    with pytest.raises(AudienceOutOfReach):
        audiences.require_within(Definition(everyone=True), actor=actor, permission="news.write")
