"""The organisation tree: shape, limits, moves with everything below, refusals that change nothing."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.access.models import RoleAssignment
from jiceng.access.services import assign_role, create_invite
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import today
from jiceng.kernel.errors import Forbidden, Invalid
from jiceng.members import errors, selectors, services
from jiceng.members.models import MAX_DEPTH, Unit, UnitPeriod
from jiceng.members.selectors.unit_history import history_of
from jiceng.workflow.models import Todo
from jiceng.workflow.services import put_todo


@pytest.fixture
def actor(in_hongqi) -> Actor:
    return Actor.system("测试")


def unit(name: str, actor: Actor, parent: Unit | None = None, kind: str = "department") -> Unit:
    return services.create_unit(name=name, kind=kind, parent_id=parent.pk if parent else None, actor=actor)


def shape() -> list[tuple[str, int, str]]:
    return sorted(Unit.objects.values_list("name", "depth", "path"))


def test_paths_nest(actor):
    top = unit("党委", actor)
    branch = unit("第一支部", actor, top)
    assert branch.path.startswith(top.path)
    assert (top.depth, branch.depth) == (1, 2)
    assert top.contains(branch)
    assert not branch.contains(top)


def test_fifty_levels_and_no_more(actor):
    last = None
    for level in range(MAX_DEPTH):
        last = unit(f"第{level}级", actor, last)
    assert last is not None
    assert last.depth == MAX_DEPTH
    with pytest.raises(errors.UnitTooDeep):
        unit("再深一级", actor, last)
    assert Unit.objects.count() == MAX_DEPTH
    assert [node.depth for node in selectors.unit_tree()] == list(range(1, MAX_DEPTH + 1))


def test_move_takes_the_subtree_and_its_scopes_along(actor, member):
    old, new = unit("旧上级", actor), unit("新上级", actor)
    branch = unit("支部", actor, old)
    group = unit("小组", actor, branch)
    assign_role(user=member, role="editor", unit_path=group.path, actor=actor)
    services.move_unit(unit_id=branch.pk, parent_id=new.pk, actor=actor)
    branch.refresh_from_db()
    group.refresh_from_db()
    assert branch.path.startswith(new.path)
    assert group.path == branch.path + group.label
    assert (branch.depth, group.depth) == (2, 3)
    scope = RoleAssignment.objects.get(user=member, role__code="editor").unit_path
    assert scope == group.path


def test_move_to_the_top_and_back(actor):
    top = unit("党委", actor)
    branch = unit("支部", actor, top)
    group = unit("小组", actor, branch)
    services.move_unit(unit_id=branch.pk, parent_id=None, actor=actor)
    group.refresh_from_db()
    assert group.depth == 2
    services.move_unit(unit_id=branch.pk, parent_id=top.pk, actor=actor)
    group.refresh_from_db()
    assert group.depth == 3


@pytest.mark.parametrize("target", ["itself", "child", "grandchild"])
def test_cycles_are_refused(actor, target):
    top = unit("党委", actor)
    child = unit("支部", actor, top)
    grandchild = unit("小组", actor, child)
    before = shape()
    goal = {"itself": top, "child": child, "grandchild": grandchild}[target]
    with pytest.raises(errors.UnitUnderItself):
        services.move_unit(unit_id=top.pk, parent_id=goal.pk, actor=actor)
    assert shape() == before
    assert not AuditEntry.objects.filter(action="members.unit.moved").exists()


def test_move_that_would_go_too_deep_is_refused(actor):
    deep = None
    for level in range(MAX_DEPTH - 1):
        deep = unit(f"第{level}级", actor, deep)
    small = unit("小树", actor)
    unit("小树下级", actor, small)
    before = shape()
    with pytest.raises(errors.UnitTooDeep):
        services.move_unit(unit_id=small.pk, parent_id=deep.pk, actor=actor)
    assert shape() == before


def test_sibling_names_are_unique_also_at_the_top(actor):
    top = unit("党委", actor)
    unit("支部", actor, top)
    before = shape()
    with pytest.raises(errors.UnitNameTaken):
        unit("党委", actor)
    with pytest.raises(errors.UnitNameTaken):
        unit("支部", actor, top)
    assert shape() == before


def test_only_empty_units_can_be_removed(actor):
    top = unit("党委", actor)
    branch = unit("支部", actor, top)
    services.create_person(name="张三", unit_id=branch.pk, actor=actor)
    for full in (top, branch):
        with pytest.raises(errors.UnitNotEmpty):
            services.remove_unit(unit_id=full.pk, actor=actor)
    assert Unit.objects.count() == 2
    empty = unit("空组织", actor)
    services.remove_unit(unit_id=empty.pk, actor=actor)
    assert not Unit.objects.filter(pk=empty.pk).exists()


@pytest.mark.parametrize("name", ["", "   ", "\u200b\u200b", "支" * 61, "坏\x00名", "坏\ud800名"])
def test_bad_names_are_refused(actor, name):
    with pytest.raises(Invalid) as caught:
        unit(name, actor)
    assert caught.value.fields[0].pointer == "/name"
    assert not Unit.objects.exists()


def test_unknown_kind_and_parent_are_refused(actor):
    with pytest.raises(Invalid):
        unit("支部", actor, kind="empire")
    with pytest.raises(errors.UnitUnknown):
        services.create_unit(name="支部", kind="department", parent_id=uuid.uuid4(), actor=actor)
    assert not Unit.objects.exists()


def test_tree_counts_people_below(actor):
    top = unit("党委", actor)
    branch = unit("支部", actor, top)
    for name in ("张三", "李四"):
        services.create_person(name=name, unit_id=branch.pk, actor=actor)
    services.create_person(name="王五", unit_id=top.pk, actor=actor)
    nodes = {node.name: (node.own_count, node.people_count) for node in selectors.unit_tree()}
    assert nodes == {"党委": (1, 3), "支部": (2, 2)}


def test_changes_are_on_record(actor):
    top = unit("党委", actor, kind="general_branch")
    services.rename_unit(unit_id=top.pk, name="机关党委", kind="party_committee", actor=actor)
    entry = AuditEntry.objects.get(action="members.unit.renamed")
    assert (entry.before["name"], entry.before["kind"]) == ("党委", "general_branch")
    assert (entry.after["name"], entry.after["kind"]) == ("机关党委", "party_committee")


# --- Since when -------------------------------------------------------------------------------------------------------
LONG_AGO, LATER = date(2020, 1, 1), date(2022, 6, 1)


def tree_on(day: date) -> list[tuple[int, str]]:
    return [(node.depth, node.name) for node in selectors.unit_tree_on(day)]


def test_the_tree_of_any_day(actor):
    old = services.create_unit(name="一总支", kind="general_branch", on=LONG_AGO, actor=actor)
    new = services.create_unit(name="二总支", kind="general_branch", on=LONG_AGO, actor=actor)
    branch = services.create_unit(name="甲支部", kind="party_branch", parent_id=old.pk, on=LONG_AGO, actor=actor)
    services.rename_unit(unit_id=branch.pk, name="甲党支部", kind="party_branch", on=date(2021, 1, 1), actor=actor)
    services.move_unit(unit_id=branch.pk, parent_id=new.pk, on=LATER, actor=actor)
    assert tree_on(LONG_AGO - timedelta(days=1)) == []
    assert tree_on(LONG_AGO) == [(1, "一总支"), (2, "甲支部"), (1, "二总支")]
    assert tree_on(LATER - timedelta(days=1)) == [(1, "一总支"), (2, "甲党支部"), (1, "二总支")]
    assert tree_on(LATER) == tree_on(today()) == [(1, "一总支"), (1, "二总支"), (2, "甲党支部")]
    assert [(event.day, event.title) for event in history_of(branch)] == [
        (LATER, "上级变更为：二总支"), (date(2021, 1, 1), "更名：甲支部 → 甲党支部"), (LONG_AGO, "成立"),
    ]  # fmt: skip


def test_changes_of_one_day_leave_one_period(actor):
    top, other = unit("党委", actor), unit("纪委", actor)
    branch = unit("支部", actor, top)
    services.rename_unit(unit_id=branch.pk, name="甲支部", kind="department", actor=actor)
    services.move_unit(unit_id=branch.pk, parent_id=other.pk, actor=actor)
    assert list(branch.periods.values_list("name", "parent__name", "valid_to")) == [("甲支部", "纪委", None)]


@pytest.mark.parametrize("on", [LONG_AGO - timedelta(days=1), date(2999, 1, 1)], ids=["before", "ahead"])
def test_changes_before_the_founding_or_ahead_are_refused(actor, on):
    branch = services.create_unit(name="甲支部", kind="party_branch", on=LONG_AGO, actor=actor)
    before = list(UnitPeriod.objects.values())
    with pytest.raises(Invalid):
        services.rename_unit(unit_id=branch.pk, name="乙支部", kind="party_branch", on=on, actor=actor)
    with pytest.raises(Invalid):
        services.create_unit(name="丙支部", kind="party_branch", on=date(2999, 1, 1), actor=actor)
    assert list(UnitPeriod.objects.values()) == before


def test_another_order_among_siblings_is_no_history(actor):
    top = unit("党委", actor)
    one, two, three = (unit(name, actor, top) for name in ("一", "二", "三"))
    services.move_unit(unit_id=three.pk, parent_id=top.pk, position=0, actor=actor)
    assert [node.name for node in selectors.unit_tree()] == ["党委", "三", "一", "二"]
    assert [node.name for node in selectors.unit_tree_on(today())] == ["党委", "三", "一", "二"]
    assert UnitPeriod.objects.filter(unit__in=[one, two, three]).count() == 3


# --- Refusals ---------------------------------------------------------------------------------------------------------
def test_trees_do_not_mix(actor):
    party = unit("党委", actor, kind="party_committee")
    office = unit("办公室", actor)
    before = shape()
    with pytest.raises(errors.UnitOtherTree):
        unit("科室", actor, party)
    with pytest.raises(errors.UnitOtherTree):
        services.move_unit(unit_id=office.pk, parent_id=party.pk, actor=actor)
    with pytest.raises(errors.UnitOtherTree):
        services.rename_unit(unit_id=office.pk, name="办公室", kind="party_branch", actor=actor)
    assert shape() == before


def test_codes_are_unique_and_the_slower_writer_is_told(actor):
    first, second = unit("甲", actor), unit("乙", actor)
    change = {"kind": "department", "actor": actor}
    services.rename_unit(unit_id=first.pk, name="甲", code="A-1", version=1, **change)
    with pytest.raises(errors.UnitCodeTaken):
        services.rename_unit(unit_id=second.pk, name="乙", code="A-1", **change)
    with pytest.raises(errors.UnitChanged):
        services.rename_unit(unit_id=first.pk, name="丙", version=1, **change)
    with pytest.raises(errors.UnitChanged):
        services.move_unit(unit_id=first.pk, parent_id=second.pk, version=1, actor=actor)
    assert sorted(Unit.objects.values_list("name", "code")) == [("乙", None), ("甲", "A-1")]


def test_what_is_bound_to_a_unit_moves_with_it(actor, secretary):
    old, new = unit("旧上级", actor), unit("新上级", actor)
    branch = unit("支部", actor, old)
    chief = Actor.for_user(secretary)
    invite, _token = create_invite(display_name="张三", roles=["member"], unit_path=branch.path, actor=chief)
    todo = put_todo(
        owner="members.term:1", kind="members.term_ending", title="换届", url="/", permission="members.manage",
        unit_path=branch.path, at=actor.at,
    )  # fmt: skip
    assert todo.unit_path == branch.path
    services.move_unit(unit_id=branch.pk, parent_id=new.pk, actor=actor)
    branch.refresh_from_db()
    invite.refresh_from_db()
    assert invite.unit_path == Todo.objects.get().unit_path == branch.path
    assert branch.path.startswith(new.path)


def test_a_secretary_of_one_branch_changes_only_what_lies_below(actor, member):
    ours, theirs = unit("本总支", actor), unit("别的总支", actor)
    here, there = unit("甲", actor, ours), unit("乙", actor, theirs)
    assign_role(user=member, role="administrator", unit_path=ours.path, actor=actor)
    local = Actor.for_user(member)
    made = unit("丙", local, ours)
    services.rename_unit(unit_id=here.pk, name="甲支部", kind="department", actor=local)
    services.move_unit(unit_id=made.pk, parent_id=here.pk, actor=local)
    before = shape(), UnitPeriod.objects.count(), AuditEntry.objects.count()
    refused = [
        lambda: unit("丁", local, theirs),
        lambda: unit("丁", local),
        lambda: services.rename_unit(unit_id=there.pk, name="戊", kind="department", actor=local),
        lambda: services.move_unit(unit_id=made.pk, parent_id=theirs.pk, actor=local),
        lambda: services.move_unit(unit_id=there.pk, parent_id=ours.pk, actor=local),
        lambda: services.move_unit(unit_id=ours.pk, parent_id=None, position=1, actor=local),
        lambda: services.remove_unit(unit_id=there.pk, actor=local),
    ]
    for attempt in refused:
        with pytest.raises(Forbidden):
            attempt()
    assert (shape(), UnitPeriod.objects.count(), AuditEntry.objects.count()) == before
