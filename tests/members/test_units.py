"""The organisation tree: shape, limits, moves with everything below, refusals that change nothing."""

from __future__ import annotations

import uuid

import pytest

from jiceng.access.actor import Actor
from jiceng.access.models import RoleAssignment
from jiceng.access.services import assign_role
from jiceng.audit.models import AuditEntry
from jiceng.kernel.errors import Invalid
from jiceng.members import errors, selectors, services
from jiceng.members.models import MAX_DEPTH, Unit


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
