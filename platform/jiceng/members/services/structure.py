"""Several units at once: merging, splitting, dissolving. All that belongs to a unit goes along in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel import clock

from .. import scope
from ..errors import UnitOtherTree, UnitSuccessorNeeded, UnitUnderItself
from ..models import Membership, Post, Unit, UnitSuccession
from ..models.units import NAME_LENGTH
from . import rehoming
from .units import check_version, close_period, create_unit, day_of_change, move_unit, save_unit, tell, write_period
from .writing import fault, lock_tree, required, unit_of

Kind = UnitSuccession.Kind
Id = UUID | str


@dataclass(frozen=True, slots=True)
class Branch:
    """A unit to be split off: its name, its kind, who goes there and which units below go along."""

    name: str
    kind: str
    person_ids: Sequence[Id] = ()
    child_ids: Sequence[Id] = ()


@transaction.atomic
def merge_units(
    *, into_id: Id, other_ids: Iterable[Id], actor: Actor, on: date | None = None, name: str = "",
    version: int | None = None,
) -> Unit:  # fmt: skip
    """Let ``other_ids`` go up in ``into_id`` as of ``on`` (today without it), which may take a new ``name``.

    People, posts, units below, role scopes and open invitations go to ``into_id``; the others are dissolved.
    Raises ``Forbidden``, ``Invalid``, ``UnitUnknown``, ``UnitDissolved``, ``UnitChanged`` (``version``: of ``into_id``),
    ``UnitOtherTree``, ``UnitUnderItself``, ``UnitNameTaken``, ``UnitTooDeep``. Locks the tree. Emits ``members.unit.changed``.
    """
    lock_tree()
    into = unit_of(into_id, lock=True)
    scope.require_over(actor, into)
    check_version(into, version)
    wanted = {str(other) for other in other_ids}
    if not wanted:
        raise fault("other_ids", "required", "请选择要并入的组织。")
    if str(into.pk) in wanted:
        raise fault("other_ids", "itself", "不能把组织并入它自己。")
    others = sorted((unit_of(other, lock=True) for other in sorted(wanted)), key=lambda unit: -unit.depth)
    counts = [_absorb(other, into, on, Kind.MERGE, actor) for other in others]
    before = {"name": into.name}
    into.version += 1
    if name and name != into.name:
        into.name = required(name, "name", "组织名称", NAME_LENGTH)
        day = day_of_change(into, on)
        save_unit(into)
        write_period(into, on=day)
    else:
        save_unit(into)
    totals = {key: sum(count[key] for count in counts) for key in counts[0]}
    after = {"name": into.name, "units": [other.name for other in others], **totals}
    tell("members.unit.merged", into, actor, before=before, after=after)
    for other in others:
        emit("members.unit.changed", payload={"unit_id": other.pk, "change": "merged"}, actor_id=actor.id)
    return into


@transaction.atomic
def dissolve_unit(
    *, unit_id: Id, actor: Actor, successor_id: Id | None = None, on: date | None = None, version: int | None = None
) -> Unit:
    """Dissolve a unit as of ``on``; all that belongs to it goes to ``successor_id``.

    Without a successor it must hold nobody and nothing: ``UnitSuccessorNeeded``. Raises otherwise as ``merge_units``.
    """
    lock_tree()
    unit = unit_of(unit_id, lock=True)
    scope.require_over(actor, unit.parent)
    check_version(unit, version)
    counts: dict[str, Any] = {}
    if successor_id:
        successor = unit_of(successor_id, lock=True)
        counts = {"successor": successor.name, **_absorb(unit, successor, on, Kind.DISSOLVE, actor)}
    else:
        if _is_in_use(unit):
            raise UnitSuccessorNeeded
        _close(unit, day_of_change(unit, on))
    tell("members.unit.dissolved", unit, actor, after={"dissolved_on": unit.dissolved_on, **counts})
    return unit


@transaction.atomic
def split_unit(
    *, unit_id: Id, parts: Sequence[Branch], actor: Actor, on: date | None = None, version: int | None = None
) -> list[Unit]:
    """Found ``parts`` beside a unit as of ``on`` and send them the chosen people and units; the rest stays.

    Posts held in the unit by those who go end. Raises ``Forbidden``, ``Invalid``, ``UnitUnknown``, ``UnitDissolved``,
    ``UnitChanged``, ``UnitOtherTree``, ``UnitNameTaken``. Locks the tree. Emits ``members.unit.changed``.
    """
    lock_tree()
    unit = unit_of(unit_id, lock=True)
    scope.require_over(actor, unit.parent)
    check_version(unit, version)
    on = on or max(clock.today(), unit.founded_on)
    if on < unit.founded_on or on > clock.today():
        raise fault("on", "out_of_order", f"生效日期须在 {unit.founded_on:%Y-%m-%d} 和今天之间。")
    _check_parts(unit, parts)
    made = [_split_off(unit, part, on, actor) for part in parts]
    unit.version += 1
    save_unit(unit)
    going = sum(len(part.person_ids) for part in parts)
    tell("members.unit.split", unit, actor, after={"units": [new.name for new in made], "people": going})
    return made


def _split_off(unit: Unit, part: Branch, on: date, actor: Actor) -> Unit:
    new = create_unit(name=part.name, kind=part.kind, parent_id=unit.parent_id, on=on, actor=actor)
    if new.tree != unit.tree:
        raise UnitOtherTree
    people = [UUID(str(person_id)) for person_id in part.person_ids]
    rehoming.carry_people(unit, new, on, only=people, note=f"从“{unit.name}”拆分")
    rehoming.end_posts(Post.objects.filter(unit=unit, person__in=people), on)
    for child_id in part.child_ids:
        move_unit(unit_id=child_id, parent_id=new.pk, on=on, actor=actor)
    UnitSuccession.objects.create(predecessor=unit, successor=new, kind=Kind.SPLIT, happened_on=on)
    return new


def _check_parts(unit: Unit, parts: Sequence[Branch]) -> None:
    if not parts:
        raise fault("parts", "required", "请填写拆分出的组织。")
    people = [UUID(str(person_id)) for part in parts for person_id in part.person_ids]
    children = [str(child_id) for part in parts for child_id in part.child_ids]
    if len(set(people)) != len(people) or len(set(children)) != len(children):
        raise fault("parts", "twice", "同一个人或同一个下级组织只能分到一个组织。")
    if not all(part.person_ids or part.child_ids for part in parts):
        raise fault("parts", "empty", "请为拆分出的组织选择人员或下级组织。")
    here = Membership.objects.filter(unit=unit, ended_on=None, person__in=people)
    if here.values("person").distinct().count() != len(people):
        raise fault("parts", "elsewhere", "所选人员中有人不在这个组织，请刷新后重选。")
    if unit.children.filter(pk__in=children, dissolved_on=None).count() != len(children):
        raise fault("parts", "elsewhere", "所选下级组织中有的不在这个组织之下，请刷新后重选。")


def _absorb(unit: Unit, into: Unit, on: date | None, kind: str, actor: Actor) -> dict[str, int]:
    """Dissolve ``unit``; ``into`` gets all it holds. Returns how much that was."""
    scope.require_over(actor, unit.parent)
    scope.require_over(actor, into)
    if unit.tree != into.tree:
        raise UnitOtherTree("只能在同一棵组织树内合并或接收。")
    if unit.contains(into):
        raise UnitUnderItself("不能由组织自己或它的下级来接收。")
    on = day_of_change(unit, on)
    if on < into.founded_on:
        raise fault("on", "out_of_order", f"“{into.name}”成立于 {into.founded_on:%Y-%m-%d}，生效日期不能更早。")
    _close(unit, on)
    counts = {
        "children": rehoming.carry_children(unit, into, on),
        "people": rehoming.carry_people(unit, into, on, note=f"“{unit.name}”{Kind(kind).label}"),
        "posts": rehoming.carry_posts(unit, into, on),
    }
    UnitSuccession.objects.create(predecessor=unit, successor=into, kind=kind, happened_on=on)
    return counts


def _close(unit: Unit, on: date) -> None:
    close_period(unit, on)
    rehoming.end_terms(unit, on)
    unit.dissolved_on, unit.version = on, unit.version + 1
    save_unit(unit)


def _is_in_use(unit: Unit) -> bool:
    return (
        Membership.objects.filter(unit=unit, ended_on=None).exists()
        or unit.children.filter(dissolved_on=None).exists()
        or Post.objects.filter(unit=unit, ended_on=None).exists()
    )
