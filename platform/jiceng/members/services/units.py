"""Writes about single units: found, rename, move, remove. Every change is dated and audited. See ``structure`` for more at once."""

from __future__ import annotations

import base64
import secrets
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, Subquery

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import clock
from jiceng.kernel.errors import FieldError

from .. import kinds, scope
from ..errors import (
    KindUnknown,
    UnitChanged,
    UnitCodeTaken,
    UnitNameTaken,
    UnitNotEmpty,
    UnitOtherTree,
    UnitTooDeep,
    UnitUnderItself,
)
from ..models import MAX_DEPTH, Unit, UnitPeriod
from ..models.units import NAME_LENGTH
from .carrying import carry_bound, path_moved
from .writing import fault, lock_tree, required, text, unit_of


@transaction.atomic
def create_unit(
    *,
    name: str,
    kind: str,
    actor: Actor,
    parent_id: UUID | str | None = None,
    position: int | None = None,
    code: str = "",
    on: date | None = None,
) -> Unit:
    """Found a unit below ``parent_id`` (a root without it), after its siblings unless ``position`` says otherwise.

    ``kind`` decides the tree. ``on``: since when it stands, today without it. Raises ``Forbidden`` (above is out of the
    actor's reach), ``Invalid``, ``UnitUnknown``, ``UnitDissolved``, ``UnitOtherTree``, ``UnitNameTaken``, ``UnitCodeTaken``, ``UnitTooDeep``. Locks the tree.
    Emits ``members.unit.changed``.
    """
    on = _founding_day(on)
    tree = tree_of(kind)
    lock_tree()
    parent = unit_of(parent_id) if parent_id else None
    scope.require_over(actor, parent)
    if parent is not None and parent.tree != tree:
        raise UnitOtherTree
    if parent is not None and parent.depth >= MAX_DEPTH:
        raise UnitTooDeep
    unit = Unit(
        parent=parent, tree=tree, kind=kind, name=required(name, "name", "组织名称", NAME_LENGTH), code=_code(code),
        path=(parent.path if parent else "") + _new_label(), depth=parent.depth + 1 if parent else 1,
        position=Unit.objects.filter(parent=parent).count(), founded_on=on,
    )  # fmt: skip
    save_unit(unit, is_new=True)
    if position is not None:
        _line_up(unit, position)
    write_period(unit, on=on)
    tell("members.unit.created", unit, actor, after=_facts(unit))
    return unit


@transaction.atomic
def rename_unit(
    *,
    unit_id: UUID | str,
    name: str,
    kind: str,
    actor: Actor,
    code: str | None = None,
    version: int | None = None,
    on: date | None = None,
) -> Unit:
    """Change a unit's name, kind and code as of ``on``.

    Raises ``Forbidden``, ``Invalid``, ``UnitUnknown``, ``UnitDissolved``, ``UnitChanged``, ``UnitOtherTree`` (a kind of another tree),
    ``UnitNameTaken``, ``UnitCodeTaken``. Emits ``members.unit.changed``.
    """
    unit = unit_of(unit_id, lock=True)
    scope.require_over(actor, unit)
    check_version(unit, version)
    before = _facts(unit)
    if tree_of(kind) != unit.tree:
        raise UnitOtherTree("组织类型须与所在的组织树一致。")
    unit.name, unit.kind = required(name, "name", "组织名称", NAME_LENGTH), kind
    if code is not None:
        unit.code = _code(code)
    if before == _facts(unit):
        return unit
    unit.version += 1
    save_unit(unit)
    write_period(unit, on=day_of_change(unit, on))
    tell("members.unit.renamed", unit, actor, before=before, after=_facts(unit))
    return unit


@transaction.atomic
def move_unit(
    *,
    unit_id: UUID | str,
    parent_id: UUID | str | None,
    actor: Actor,
    position: int | None = None,
    version: int | None = None,
    on: date | None = None,
) -> Unit:
    """Move a unit with everything below it under ``parent_id`` (to the top without it), as of ``on``.

    Role scopes and open invitations that lie in the subtree move with it, in the same transaction. ``position``: among
    its new siblings, counted from 0; last without it. Raises ``Forbidden`` (what is above it, now or then, is out of the
    actor's reach), ``UnitUnknown``, ``UnitDissolved``, ``UnitChanged``,
    ``UnitOtherTree``, ``UnitUnderItself``, ``UnitTooDeep``, ``UnitNameTaken``. Locks the tree. Emits ``members.unit.changed``.
    """
    lock_tree()
    unit = unit_of(unit_id)
    parent = unit_of(parent_id) if parent_id else None
    scope.require_over(actor, unit.parent)
    scope.require_over(actor, parent)
    check_version(unit, version)
    if parent is not None and unit.contains(parent):
        raise UnitUnderItself
    if parent is not None and parent.tree != unit.tree:
        raise UnitOtherTree
    if unit.parent_id == (parent.pk if parent else None):
        return unit if position is None else _reorder(unit, position, actor)
    old_parent, old_path, old_depth = unit.parent, unit.path, unit.depth
    day = day_of_change(unit, on)
    check_depth(unit, parent)
    unit.parent, unit.version = parent, unit.version + 1
    save_unit(unit)
    carry_subtree(
        old_path, (parent.path if parent else "") + unit.label, (parent.depth if parent else 0) + 1 - old_depth
    )
    _line_up(unit, position)
    unit.refresh_from_db()
    write_period(unit, on=day)
    tell(
        "members.unit.moved", unit, actor, before={"parent": old_parent.name if old_parent else None},
        after={"parent": parent.name if parent else None},
    )  # fmt: skip
    return unit


@transaction.atomic
def remove_unit(*, unit_id: UUID | str, actor: Actor, version: int | None = None) -> None:
    """Delete a unit that was made by mistake: nobody and nothing has ever belonged to it. Locks the tree.

    Raises ``Forbidden``, ``UnitUnknown``, ``UnitChanged``, ``UnitNotEmpty``. One that was in use is dissolved instead (``structure``).
    """
    lock_tree()
    unit = unit_of(unit_id, lock=True)
    scope.require_over(actor, unit.parent)
    check_version(unit, version)
    facts = _facts(unit)
    if unit.people.exists() or UnitPeriod.objects.filter(parent=unit).exists() or unit.origins.exists():
        raise UnitNotEmpty
    try:
        with transaction.atomic():
            unit.delete()
    except IntegrityError as error:
        raise UnitNotEmpty from error
    record(action="members.unit.removed", actor=actor, target=str(unit_id), target_label=facts["name"], before=facts)


def tree_of(kind: str) -> str:
    """The tree that units of ``kind`` stand in. Raises ``KindUnknown``."""
    known = kinds.all_kinds(only_active=True).get(kind)
    if known is None:
        message = str(KindUnknown.message)
        raise KindUnknown(fields=[FieldError("/kind", KindUnknown.code, message)])
    return known.tree


def check_version(unit: Unit, version: int | None) -> None:
    """Raises ``UnitChanged`` when somebody else was faster; ``None`` does not ask."""
    if version is not None and version != unit.version:
        raise UnitChanged


def save_unit(unit: Unit, *, is_new: bool = False) -> None:
    """Raises ``UnitNameTaken``, ``UnitCodeTaken``."""
    try:
        with transaction.atomic():
            unit.save(force_insert=is_new)
    except IntegrityError as error:
        if "members_unit_code" in str(error):
            raise UnitCodeTaken(fields=[FieldError("/code", UnitCodeTaken.code, str(UnitCodeTaken.message))]) from error
        message = str(UnitNameTaken.message)
        raise UnitNameTaken(fields=[FieldError("/name", UnitNameTaken.code, message)]) from error


def tell(action: str, unit: Unit, actor: Actor, **facts: Any) -> None:
    """Audit a change of ``unit`` and tell the listeners."""
    record(action=action, actor=actor, target=str(unit.pk), target_label=unit.name, **facts)
    emit("members.unit.changed", payload={"unit_id": unit.pk, "change": action.rpartition(".")[2]}, actor_id=actor.id)


def close_period(unit: Unit, on: date) -> None:
    """End the open period at ``on``; one that would have no day left is removed."""
    for period in unit.periods.filter(valid_to=None):
        if period.valid_from >= on:
            period.delete()
        else:
            period.valid_to = on
            period.save(update_fields=["valid_to"])


def write_period(unit: Unit, *, on: date) -> None:
    """Begin a period at ``on`` with what the unit says now; a second change on one day replaces the first."""
    close_period(unit, on)
    UnitPeriod.objects.update_or_create(
        unit=unit, valid_from=on,
        defaults={
            "parent_id": unit.parent_id, "name": unit.name, "kind": unit.kind, "position": unit.position, "valid_to": None,
        },
    )  # fmt: skip


def check_depth(unit: Unit, parent: Unit | None) -> None:
    deepest = Unit.objects.filter(path__startswith=unit.path).order_by("-depth").values_list("depth", flat=True)[0]
    if deepest - unit.depth + (parent.depth if parent else 0) + 1 > MAX_DEPTH:
        raise UnitTooDeep


def carry_subtree(old_path: str, new_path: str, shift: int) -> None:
    """Everything that lies below ``old_path`` goes along: units, and what is bound to their paths."""
    Unit.objects.filter(path__startswith=old_path).update(
        path=path_moved("path", old_path, new_path), depth=F("depth") + shift, updated_at=clock.now()
    )
    carry_bound(old_path, new_path)


def _reorder(unit: Unit, position: int, actor: Actor) -> Unit:
    """Another place among the same siblings. How units were ordered is not kept."""
    before = {"position": unit.position}
    unit.version += 1
    unit.save(update_fields=["version", "updated_at"])
    _line_up(unit, position)
    tell("members.unit.moved", unit, actor, before=before, after={"position": unit.position})
    return unit


def _line_up(unit: Unit, position: int | None) -> None:
    """Number the siblings anew with ``unit`` at ``position``."""
    siblings = list(
        Unit.objects.filter(parent=unit.parent, tree=unit.tree, dissolved_on=None)
        .exclude(pk=unit.pk)
        .order_by("position", "created_at")
    )
    siblings.insert(len(siblings) if position is None else max(0, position), unit)
    for number, sibling in enumerate(siblings):
        sibling.position = number
    Unit.objects.bulk_update(siblings, ("position",))
    place = Unit.objects.filter(pk=OuterRef("unit_id")).values("position")
    UnitPeriod.objects.filter(unit__in=siblings, valid_to=None).update(position=Subquery(place))


def _founding_day(on: date | None) -> date:
    today = clock.today()
    if on is not None and on > today:
        raise fault("on", "in_future", "成立日期不能晚于今天。")
    return on or today


def day_of_change(unit: Unit, on: date | None) -> date:
    """The day from which a change holds: not before what is known of the unit, not after today."""
    latest = unit.periods.order_by("-valid_from").values_list("valid_from", flat=True).first() or unit.founded_on
    if on is not None and (on < latest or on > clock.today()):
        raise fault("on", "out_of_order", f"生效日期须在 {latest:%Y-%m-%d} 和今天之间。")
    return on or max(latest, clock.today())


def _code(code: str) -> str | None:
    return text(code, "code", "机构编码", 40) or None


def _facts(unit: Unit) -> dict[str, Any]:
    return {
        "name": unit.name,
        "kind": unit.kind,
        "code": unit.code,
        "parent": unit.parent.name if unit.parent else None,
    }


def _new_label() -> str:
    """Eight lower-case base32 characters and a slash; 40 random bits among siblings."""
    return base64.b32encode(secrets.token_bytes(5)).decode().lower() + "/"
