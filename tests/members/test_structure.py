"""Merging, splitting, dissolving: everything goes along, on the day it was decided, or nothing changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.access.models import RoleAssignment
from jiceng.access.services import assign_role, create_invite
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import today
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import errors, selectors, services
from jiceng.members.models import (
    Membership,
    MembershipPeriod,
    Person,
    Post,
    Term,
    Unit,
    UnitPeriod,
    UnitSuccession,
)
from jiceng.members.services import Branch

FOUNDED, MERGED = date(2020, 1, 1), date(2024, 7, 1)


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


def unit(name: str, actor: Actor, parent: Unit | None = None, kind: str = "party_branch") -> Unit:
    return services.create_unit(
        name=name, kind=kind, parent_id=parent.pk if parent else None, on=FOUNDED, actor=actor
    )  # fmt: skip


def person(name: str, place: Unit, actor: Actor, since: date = FOUNDED) -> Person:
    made = services.create_person(name=name, actor=actor)
    services.join(person=made, body="party", unit_id=place.pk, on=since, actor=actor)
    return made


def state() -> list[object]:
    """All that restructuring could change."""
    models = (Unit, UnitPeriod, UnitSuccession, Membership, MembershipPeriod, Post, Term, Person, AuditEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


@pytest.fixture
def town(actor):
    """A committee with branches 甲 and 乙; 乙 has a group below it, a secretary and a term."""
    top = unit("党委", actor, kind="party_committee")
    one, two = unit("甲支部", actor, top), unit("乙支部", actor, top)
    group = unit("乙一小组", actor, two, "party_group")
    people = {
        "张三": person("张三", one, actor), "李四": person("李四", two, actor), "王五": person("王五", two, actor),
        "赵六": person("赵六", group, actor),
    }  # fmt: skip
    for place, who in ((one, "张三"), (two, "李四")):
        services.appoint(person_id=people[who].pk, unit_id=place.pk, kind="secretary", started_on=FOUNDED, actor=actor)
    services.appoint(person_id=people["王五"].pk, unit_id=two.pk, kind="publicity", started_on=FOUNDED, actor=actor)
    services.start_term(unit_id=two.pk, started_on=FOUNDED, ends_on=date(2099, 1, 1), actor=actor)
    return {"top": top, "one": one, "two": two, "group": group, **people}


def belonging(day: date) -> dict[str, list[str]]:
    nodes = selectors.unit_tree_on(day)
    units = Unit.objects.in_bulk([node.id for node in nodes])
    return {node.name: [p.name for p in selectors.people_on(units[node.id], day)] for node in nodes}


def test_merging_takes_everything_along_from_its_day_on(actor, town, member, secretary):
    assign_role(user=member, role="editor", unit_path=town["group"].path, actor=actor)
    assign_role(user=secretary, role="editor", unit_path=town["two"].path, actor=actor)
    assign_role(user=secretary, role="editor", unit_path=town["one"].path, actor=actor)
    invite, _token = create_invite(display_name="某", roles=["member"], unit_path=town["two"].path, actor=actor)
    merged = services.merge_units(
        into_id=town["one"].pk, other_ids=[town["two"].pk], on=MERGED, name="甲乙联合支部", version=1, actor=actor
    )
    assert belonging(MERGED - timedelta(days=1)) == {
        "党委": [], "甲支部": ["张三"], "乙支部": ["李四", "王五"], "乙一小组": ["赵六"],
    }  # fmt: skip
    assert belonging(MERGED) == belonging(today()) == {
        "党委": [], "甲乙联合支部": ["李四", "王五", "张三"], "乙一小组": ["赵六"],
    }  # fmt: skip
    two, group = Unit.objects.get(pk=town["two"].pk), Unit.objects.get(pk=town["group"].pk)
    assert (two.dissolved_on, group.parent_id, group.path) == (MERGED, merged.pk, merged.path + group.label)
    assert set(Person.objects.exclude(name="赵六").values_list("unit__name", flat=True)) == {"甲乙联合支部"}
    assert set(Membership.objects.exclude(unit=group).values_list("unit", flat=True)) == {merged.pk}
    assert list(UnitSuccession.objects.values_list("predecessor", "successor", "kind")) == [
        (two.pk, merged.pk, "merge")
    ]
    scopes = RoleAssignment.objects.filter(role__code="editor", unit_path__startswith=merged.path)
    assert sorted(scopes.values_list("unit_path", flat=True)) == sorted([merged.path, group.path])
    invite.refresh_from_db()
    assert invite.unit_path == merged.path


def test_posts_go_on_where_there_is_room_for_them(actor, town):
    services.merge_units(into_id=town["one"].pk, other_ids=[town["two"].pk], on=MERGED, actor=actor)
    open_posts = Post.objects.filter(ended_on=None).values_list("unit__name", "person__name", "kind", "started_on")
    assert sorted(open_posts) == [
        ("甲支部", "张三", "secretary", FOUNDED), ("甲支部", "王五", "publicity", MERGED),
    ]  # fmt: skip
    assert set(Post.objects.filter(unit=town["two"]).values_list("ended_on", flat=True)) == {MERGED}
    assert Term.objects.get().ended_on == MERGED


def test_synchronising_programs_see_what_moved(actor, town):
    before = dict(Membership.objects.values_list("person__name", "version"))
    services.merge_units(into_id=town["one"].pk, other_ids=[town["two"].pk], on=MERGED, actor=actor)
    after = dict(Membership.objects.values_list("person__name", "version"))
    assert {name for name in after if after[name] != before[name]} == {"李四", "王五"}
    entry = AuditEntry.objects.get(action="members.unit.merged")
    assert entry.after == {"name": "甲支部", "units": ["乙支部"], "children": 1, "people": 2, "posts": 1}


def test_whoever_joined_after_the_day_is_carried_too(actor, town):
    late = person("周七", town["two"], actor, since=today())
    services.merge_units(into_id=town["one"].pk, other_ids=[town["two"].pk], on=MERGED, actor=actor)
    assert list(MembershipPeriod.objects.filter(membership__person=late).values_list("unit__name", "valid_from")) == [
        ("甲支部", today())
    ]


def test_several_units_and_one_of_them_below_another(actor, town):
    home = unit("总支", actor, town["top"], "general_branch")
    services.merge_units(into_id=home.pk, other_ids=[town["two"].pk, town["group"].pk], on=MERGED, actor=actor)
    assert belonging(today())["总支"] == ["李四", "王五", "赵六"]
    assert not Unit.objects.filter(path__startswith=town["two"].path).exclude(pk=town["two"].pk).exists()
    below = Unit.objects.filter(path__startswith=home.path).exclude(pk=home.pk)
    assert [child.name for child in below if child.dissolved_on is None] == []


@pytest.mark.parametrize("case", ["itself", "below", "tree", "dissolved", "ahead", "early", "nothing", "name"])
def test_mergers_that_cannot_be_change_nothing(actor, town, case):
    office = unit("办公室", actor, kind="department")
    gone = unit("旧支部", actor, town["top"])
    services.dissolve_unit(unit_id=gone.pk, on=MERGED, actor=actor)
    young = services.create_unit(name="新支部", kind="party_branch", on=today(), actor=actor)
    unit("乙一小组", actor, town["one"], "party_group") if case == "name" else None
    one, two, group = town["one"].pk, town["two"].pk, town["group"].pk
    into, others, on, refusal = {
        "itself": (two, [two], MERGED, Invalid),
        "below": (group, [two], MERGED, errors.UnitUnderItself),
        "tree": (office.pk, [two], MERGED, errors.UnitOtherTree),
        "dissolved": (gone.pk, [two], MERGED, errors.UnitDissolved),
        "ahead": (one, [two], today() + timedelta(days=1), Invalid),
        "early": (young.pk, [two], MERGED, Invalid),
        "nothing": (one, [], MERGED, Invalid),
        "name": (one, [two], MERGED, errors.UnitNameTaken),
    }[case]
    before = state()
    with pytest.raises(refusal):
        services.merge_units(into_id=into, other_ids=others, on=on, actor=actor)
    assert state() == before


def test_splitting_founds_units_beside_and_leaves_the_rest(actor, town):
    [new] = services.split_unit(
        unit_id=town["two"].pk, on=MERGED, actor=actor,
        parts=[Branch("丙支部", "party_branch", [town["李四"].pk], [town["group"].pk])],
    )  # fmt: skip
    assert belonging(MERGED - timedelta(days=1))["乙支部"] == ["李四", "王五"]
    now = belonging(today())
    assert (now["乙支部"], now["丙支部"], now["乙一小组"]) == (["王五"], ["李四"], ["赵六"])
    assert (new.parent_id, Unit.objects.get(pk=town["group"].pk).parent_id) == (town["top"].pk, new.pk)
    assert list(Post.objects.filter(unit=town["two"], ended_on=None).values_list("person__name", flat=True)) == ["王五"]
    assert Person.objects.get(name="李四").unit_id == new.pk


@pytest.mark.parametrize("case", ["twice", "elsewhere", "empty", "tree", "none"])
def test_splits_that_cannot_be_change_nothing(actor, town, case):
    one, two = town["张三"].pk, town["李四"].pk
    parts = {
        "twice": [Branch("丙", "party_branch", [two]), Branch("丁", "party_branch", [two])],
        "elsewhere": [Branch("丙", "party_branch", [two, one])],
        "empty": [Branch("丙", "party_branch")],
        "tree": [Branch("丙", "union", [two])],
        "none": [],
    }[case]
    before = state()
    with pytest.raises((Invalid, errors.UnitOtherTree)):
        services.split_unit(unit_id=town["two"].pk, parts=parts, on=MERGED, actor=actor)
    assert state() == before


def test_dissolving_needs_somebody_to_take_over(actor, town):
    before = state()
    with pytest.raises(errors.UnitSuccessorNeeded):
        services.dissolve_unit(unit_id=town["two"].pk, on=MERGED, actor=actor)
    assert state() == before
    services.dissolve_unit(unit_id=town["two"].pk, successor_id=town["top"].pk, on=MERGED, actor=actor)
    assert belonging(today()) == {"党委": ["李四", "王五"], "甲支部": ["张三"], "乙一小组": ["赵六"]}
    with pytest.raises(errors.UnitDissolved):
        services.rename_unit(unit_id=town["two"].pk, name="某", kind="party_branch", actor=actor)


def test_a_secretary_of_one_branch_restructures_only_what_lies_below(actor, town, member):
    sub = unit("乙二小组", actor, town["two"], "party_group")
    assign_role(user=member, role="administrator", unit_path=town["two"].path, actor=actor)
    local = Actor.for_user(member)
    before = state()
    attempts = [
        lambda: services.merge_units(into_id=town["one"].pk, other_ids=[sub.pk], actor=local),
        lambda: services.merge_units(into_id=town["two"].pk, other_ids=[town["one"].pk], actor=local),
        lambda: services.dissolve_unit(unit_id=town["two"].pk, successor_id=town["top"].pk, actor=local),
        lambda: services.split_unit(
            unit_id=town["two"].pk, parts=[Branch("丙", "party_branch", [town["李四"].pk])], actor=local
        ),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert state() == before
    services.merge_units(into_id=town["group"].pk, other_ids=[sub.pk], actor=local)


def test_statements_do_not_grow_with_the_people(actor, town):
    small, large = unit("小支部", actor, town["top"]), unit("大支部", actor, town["top"])
    person("钱一", small, actor)
    for name in ("孙一", "孙二", "孙三", "孙四", "孙五"):
        person(name, large, actor)
    counts = []
    for other in (small, large):
        with CaptureQueriesContext(connection) as queries:
            services.merge_units(into_id=town["one"].pk, other_ids=[other.pk], on=MERGED, actor=actor)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert Membership.objects.filter(unit=town["one"], ended_on=None).count() == 7
