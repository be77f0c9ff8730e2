"""Writes to the registry of units and people. Every change is audited."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr

from jiceng.access.actor import Actor
from jiceng.access.models import Invite, RoleAssignment, User
from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.text import clean

from . import names
from .errors import (
    PersonLinked,
    PersonUnknown,
    UnitNameTaken,
    UnitNotEmpty,
    UnitTooDeep,
    UnitUnderItself,
    UnitUnknown,
    UserLinked,
)
from .models import MAX_DEPTH, Person, Unit, UnitKind


@transaction.atomic
def create_unit(
    *, name: str, kind: str, actor: Actor, parent_id: UUID | str | None = None, position: int | None = None
) -> Unit:
    """Add a unit below ``parent_id`` (a root without it), after its siblings unless ``position`` says otherwise.

    Raises ``Invalid``, ``UnitUnknown``, ``UnitNameTaken``, ``UnitTooDeep``. Locks the tree.
    """
    name = _required(name, "name", "组织名称", 60)
    _check_kind(kind)
    _lock_tree()
    parent = _unit(parent_id) if parent_id else None
    if parent is not None and parent.depth >= MAX_DEPTH:
        raise UnitTooDeep
    siblings = Unit.objects.filter(parent=parent)
    unit = Unit(
        parent=parent, name=name, kind=kind, path=(parent.path if parent else "") + _new_label(),
        depth=parent.depth + 1 if parent else 1, position=siblings.count() if position is None else position,
    )  # fmt: skip
    _save_unit(unit)
    record(
        action="members.unit.created", actor=actor, target=str(unit.id), target_label=unit.name,
        after={"name": unit.name, "kind": unit.kind, "parent": parent.name if parent else None},
    )  # fmt: skip
    return unit


@transaction.atomic
def rename_unit(*, unit_id: UUID | str, name: str, kind: str, actor: Actor) -> Unit:
    """Change a unit's name and kind. Raises ``Invalid``, ``UnitUnknown``, ``UnitNameTaken``."""
    name = _required(name, "name", "组织名称", 60)
    _check_kind(kind)
    unit = _unit(unit_id, lock=True)
    before = {"name": unit.name, "kind": unit.kind}
    unit.name, unit.kind = name, kind
    if before == {"name": name, "kind": kind}:
        return unit
    _save_unit(unit)
    record(
        action="members.unit.renamed", actor=actor, target=str(unit.id), target_label=unit.name,
        before=before, after={"name": name, "kind": kind},
    )  # fmt: skip
    return unit


@transaction.atomic
def move_unit(*, unit_id: UUID | str, parent_id: UUID | str | None, actor: Actor) -> Unit:
    """Move a unit with everything below it under ``parent_id`` (to the top without it).

    Role scopes that lie in the subtree move with it, in the same transaction.
    Raises ``UnitUnknown``, ``UnitUnderItself``, ``UnitTooDeep``, ``UnitNameTaken``. Locks the tree.
    """
    _lock_tree()
    unit = _unit(unit_id)
    parent = _unit(parent_id) if parent_id else None
    if parent is not None and unit.contains(parent):
        raise UnitUnderItself
    if unit.parent_id == (parent.id if parent else None):
        return unit
    old_parent, old_path = unit.parent, unit.path
    new_depth = parent.depth + 1 if parent else 1
    deepest = Unit.objects.filter(path__startswith=old_path).order_by("-depth").values_list("depth", flat=True)[0]
    if deepest - unit.depth + new_depth > MAX_DEPTH:
        raise UnitTooDeep
    new_path = (parent.path if parent else "") + unit.label
    shift = new_depth - unit.depth
    unit.parent, unit.position = parent, Unit.objects.filter(parent=parent).count()
    _save_unit(unit)
    Unit.objects.filter(path__startswith=old_path).update(
        path=Concat(Value(new_path), Substr("path", len(old_path) + 1)), depth=F("depth") + shift
    )
    _move_scopes(old_path, new_path)
    unit.refresh_from_db()
    record(
        action="members.unit.moved", actor=actor, target=str(unit.id), target_label=unit.name,
        before={"parent": old_parent.name if old_parent else None},
        after={"parent": parent.name if parent else None},
    )  # fmt: skip
    return unit


@transaction.atomic
def remove_unit(*, unit_id: UUID | str, actor: Actor) -> None:
    """Delete an empty unit. Raises ``UnitUnknown``, ``UnitNotEmpty``. Locks the tree."""
    _lock_tree()
    unit = _unit(unit_id, lock=True)
    if unit.children.exists() or unit.people.exists():
        raise UnitNotEmpty
    facts = {"name": unit.name, "kind": unit.kind}
    unit.delete()
    record(action="members.unit.removed", actor=actor, target=str(unit_id), target_label=facts["name"], before=facts)


@transaction.atomic
def create_person(*, name: str, actor: Actor, unit_id: UUID | str | None = None, title: str = "") -> Person:
    """Put somebody on the roster. Raises ``Invalid``, ``UnitUnknown``."""
    person = Person()
    facts = _fill_person(person, name=name, title=title, unit_id=unit_id)
    person.save(force_insert=True)
    record(
        action="members.person.created", actor=actor, target=str(person.id), target_label=person.name, after=facts
    )  # fmt: skip
    return person


@transaction.atomic
def update_person(*, person_id: UUID | str, name: str, actor: Actor, unit_id: UUID | str | None, title: str) -> Person:
    """Change name, unit and title together. Raises ``PersonUnknown``, ``Invalid``, ``UnitUnknown``."""
    person = _person(person_id)
    before = _person_facts(person)
    after = _fill_person(person, name=name, title=title, unit_id=unit_id)
    if before == after:
        return person
    person.save()
    record(
        action="members.person.updated", actor=actor, target=str(person.id), target_label=person.name,
        before=before, after=after,
    )  # fmt: skip
    return person


@transaction.atomic
def link_user(*, person_id: UUID | str, user_id: UUID | str, actor: Actor) -> Person:
    """Say that a login belongs to somebody on the roster. Linking the same pair again changes nothing.

    Raises ``PersonUnknown``, ``Invalid`` (no such login), ``PersonLinked``, ``UserLinked``.
    """
    person = _person(person_id)
    if person.user_id is not None:
        if str(person.user_id) == str(user_id):
            return person
        raise PersonLinked
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Invalid("没有找到这个登录账号。")
    person.user = user
    try:
        with transaction.atomic():
            person.save(update_fields=["user", "updated_at"])
    except IntegrityError as error:
        raise UserLinked from error
    record(
        action="members.person.linked", actor=actor, target=str(person.id), target_label=person.name,
        after={"user": user.username},
    )  # fmt: skip
    return person


def link_invited(*, invite: Invite, user: User) -> None:
    """Link an accepted invitation's login to the roster entry it was made for (``settings.INVITE_ACCEPTED``).

    An invitation without one, or for somebody who has meanwhile left the roster or got a login, links nothing.
    """
    if not invite.reference:
        return
    person = Person.objects.select_for_update().filter(pk=invite.reference, user=None).first()
    if person is not None:
        link_user(person_id=person.pk, user_id=user.pk, actor=Actor.for_user(user))


def _lock_tree() -> None:
    """Let one change of the tree's shape run at a time: every such change holds the rows of all roots."""
    list(Unit.objects.select_for_update().filter(parent=None).order_by("id").values_list("id", flat=True))


def _unit(unit_id: UUID | str, *, lock: bool = False) -> Unit:
    units = Unit.objects.select_for_update() if lock else Unit.objects.select_related("parent")
    unit = units.filter(pk=unit_id).first()
    if unit is None:
        raise UnitUnknown
    return unit


def _person(person_id: UUID | str) -> Person:
    person = Person.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=person_id).first()
    if person is None:
        raise PersonUnknown
    return person


def _save_unit(unit: Unit) -> None:
    try:
        with transaction.atomic():
            unit.save()
    except IntegrityError as error:
        message = str(UnitNameTaken.message)
        raise UnitNameTaken(fields=[FieldError("/name", UnitNameTaken.code, message)]) from error


def _move_scopes(old_path: str, new_path: str) -> None:
    RoleAssignment.objects.filter(unit_path__startswith=old_path).update(
        unit_path=Concat(Value(new_path), Substr("unit_path", len(old_path) + 1))
    )


def _fill_person(person: Person, *, name: str, title: str, unit_id: UUID | str | None) -> dict[str, Any]:
    person.name = _required(name, "name", "姓名", 50)
    person.title = _text(title, "title", "职务", 60)
    person.unit = _unit(unit_id) if unit_id else None
    person.pinyin = names.sort_key(person.name)
    person.search_key = names.search_key(person.name)
    return _person_facts(person)


def _person_facts(person: Person) -> dict[str, Any]:
    return {"name": person.name, "title": person.title, "unit": person.unit.name if person.unit else None}


def _check_kind(kind: str) -> None:
    if kind not in UnitKind.values:
        raise _fault("kind", "kind_unknown", "请从列表中选择组织类型。")


def _required(value: str, field: str, label: str, limit: int) -> str:
    text = _text(value, field, label, limit)
    if not text:
        raise _fault(field, "required", f"请填写{label}。")
    return text


def _text(value: str, field: str, label: str, limit: int) -> str:
    try:
        text = clean(value)
    except Invalid as error:
        raise _fault(field, "invalid", error.detail) from error
    if len(text) > limit:
        raise _fault(field, "too_long", f"{label}不能超过 {limit} 个字。")
    return text


def _fault(field: str, code: str, message: str) -> Invalid:
    return Invalid(message, fields=[FieldError(f"/{field}", code, message)])


def _new_label() -> str:
    """Eight lower-case base32 characters and a slash; 40 random bits among siblings."""
    return base64.b32encode(secrets.token_bytes(5)).decode().lower() + "/"
