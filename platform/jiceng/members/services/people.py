"""Writes about people. Every change is kept with what was before, and audited without the sensitive values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiceng.access.actor import Actor
from jiceng.access.models import Invite, User
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import clock
from jiceng.kernel.errors import FieldError, Invalid

from .. import names, scope, sealing
from ..errors import (
    ChangeFixed,
    ChangeUnknown,
    EmployeeNumberTaken,
    IdNumberTaken,
    PersonChanged,
    PersonGone,
    PersonLinked,
    UserLinked,
)
from ..fields import FIELDS, SENSITIVE, clean_values
from ..models import Person, PersonChange, PersonState
from ..selectors.people import changed_since, values_of
from . import memberships
from .writing import fault, person_of, unit_of

Source = PersonChange.Source


@transaction.atomic
def create_person(
    *,
    name: str,
    actor: Actor,
    unit_id: UUID | str | None = None,
    body: str | None = None,
    state: str | None = None,
    on: date | None = None,
    confirmed_on: date | None = None,
    source: str = Source.CONSOLE,
    at: datetime | None = None,
    **values: Any,
) -> Person:
    """Put somebody on the roster, belonging to ``body`` in ``unit_id`` if given (the rest: see ``memberships.join``).

    ``values``: by the codes of ``members.fields``. Raises ``Forbidden`` (as ``memberships.join``), ``Invalid``,
    ``UnitUnknown``, ``UnitDissolved``, ``IdNumberTaken``, ``EmployeeNumberTaken``. Emits ``members.person.created``.
    """
    at = at or clock.now()
    person = Person()
    unit = unit_of(unit_id) if unit_id else None
    scope.require_over(actor, unit)
    changes = _apply(person, clean_values({"name": name, **values}))
    check_dates(person)
    _save(person, is_new=True)
    _keep(person, changes, source=source, actor=actor, at=at)
    if body := body or (memberships.body_for(unit) if unit else None):
        memberships.join(
            person=person, body=body, unit_id=unit.pk if unit else None, state=state, on=on, confirmed_on=confirmed_on,
            actor=actor,
        )  # fmt: skip
    record(
        action="members.person.created", actor=actor, target=str(person.pk), target_label=person.name,
        after={**_facts(changes, 1), "unit": person.unit.name if person.unit else None},
    )  # fmt: skip
    emit("members.person.created", payload={"person_id": person.pk}, actor_id=actor.id)
    return person


@transaction.atomic
def update_person(
    *,
    person_id: UUID | str,
    values: Mapping[str, Any],
    actor: Actor,
    version: int | None = None,
    source: str = Source.CONSOLE,
    at: datetime | None = None,
    batch_id: UUID | None = None,
) -> Person:
    """Change the given fields of somebody on the roster; nothing else.

    ``version``: what the caller had before them; ``None`` where that plays no part (imports). Raises ``PersonUnknown``,
    ``PersonGone``, ``PersonChanged`` (naming what changed since), ``Invalid``, ``IdNumberTaken``, ``EmployeeNumberTaken``.
    Emits ``members.person.updated``. Locks the person.
    """
    person = person_of(person_id)
    if not person.is_active:
        raise PersonGone
    if version is not None and version != person.version:
        raise PersonChanged(fields=[_changed(code) for code in changed_since(person, version)])
    changes = _apply(person, clean_values(values))
    if not changes:
        return person
    check_dates(person)
    person.version += 1
    _save(person)
    _keep(person, changes, source=source, actor=actor, at=at or clock.now(), batch_id=batch_id)
    record(
        action="members.person.updated", actor=actor, target=str(person.pk), target_label=person.name,
        before=_facts(changes, 0), after=_facts(changes, 1),
    )  # fmt: skip
    emit("members.person.updated", payload={"person_id": person.pk, "fields": ",".join(changes)}, actor_id=actor.id)
    return person


@transaction.atomic
def undo_change(*, change_id: UUID | str, actor: Actor, source: str = Source.UNDO) -> Person:
    """Put the fields of one change back to what they were before it, as a new change.

    Raises ``ChangeUnknown``, ``ChangeFixed`` (the entry itself, a merge), ``PersonGone``, ``PersonChanged`` when one of the
    fields was changed again since. Locks the person.
    """
    person_id = PersonChange.objects.filter(pk=change_id, undone_at=None).values_list("person_id", flat=True).first()
    if person_id is None:
        raise ChangeUnknown
    person = person_of(person_id)
    change = PersonChange.objects.get(pk=change_id)
    if change.undone_at is not None:
        raise ChangeUnknown
    if not change.can_be_undone:
        raise ChangeFixed
    changes = sealing.open_facts(change.changes_sealed, table="personchange", row=change.pk)
    now = values_of(person)
    overtaken = [code for code, (_before, after) in changes.items() if _plain(now.get(code)) != after]
    if overtaken:
        raise PersonChanged(fields=[_changed(code) for code in overtaken])
    change.undone_at = clock.now()
    change.save(update_fields=["undone_at"])
    before = {code: pair[0] for code, pair in changes.items()}
    return update_person(person_id=person.pk, values=before, actor=actor, source=source)


@transaction.atomic
def leave(*, person_id: UUID | str, on: date, actor: Actor, state: str = PersonState.LEFT, reason: str = "") -> Person:
    """Take somebody off the roster as of ``on``: all memberships and posts end, the entry stays for the record.

    ``state``: ``left`` or ``deceased``. Raises ``Forbidden`` (a membership out of reach), ``Invalid``, ``PersonUnknown``,
    ``PersonGone``. Emits ``members.person.left``.
    """
    person = person_of(person_id)
    if not person.is_active:
        raise PersonGone
    if state not in (PersonState.LEFT, PersonState.DECEASED):
        raise fault("state", "choice", "请从列表中选择离开的情形。")
    if on > clock.today():
        raise fault("on", "in_future", "离开日期不能晚于今天。")
    memberships.end_everything(person=person, on=on, state=state, reason=reason, actor=actor)
    person.state, person.left_on, person.version = state, on, person.version + 1
    person.save()
    record(
        action="members.person.left", actor=actor, target=str(person.pk), target_label=person.name,
        after={"state": state, "left_on": on}, note=reason,
    )  # fmt: skip
    emit("members.person.left", payload={"person_id": person.pk}, actor_id=actor.id)
    return person


@transaction.atomic
def come_back(*, person_id: UUID | str, actor: Actor) -> Person:
    """Put somebody who had left back on the roster, without memberships. Raises ``Forbidden``, ``PersonUnknown``, ``PersonGone``."""
    person = person_of(person_id)
    scope.require_over(actor, None)
    if person.state not in (PersonState.LEFT, PersonState.DECEASED):
        raise PersonGone
    person.state, person.left_on, person.version = PersonState.ACTIVE, None, person.version + 1
    person.save()
    record(action="members.person.returned", actor=actor, target=str(person.pk), target_label=person.name)
    emit("members.person.updated", payload={"person_id": person.pk, "fields": "state"}, actor_id=actor.id)
    return person


@transaction.atomic
def link_user(*, person_id: UUID | str, user_id: UUID | str, actor: Actor) -> Person:
    """Say that a login belongs to somebody on the roster. Linking the same pair again changes nothing.

    Raises ``PersonUnknown``, ``Invalid`` (no such login), ``PersonLinked``, ``UserLinked``.
    """
    person = person_of(person_id)
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
    person = Person.objects.select_for_update().filter(pk=invite.reference, user=None, state=PersonState.ACTIVE).first()
    if person is not None:
        link_user(person_id=person.pk, user_id=user.pk, actor=Actor.for_user(user))


def fill(person: Person, cleaned: Mapping[str, Any]) -> None:
    """Put clean values on ``person`` without saving; what depends on them follows."""
    for code, value in cleaned.items():
        if code == "phone":
            sealing.set_phone(person, value)
        elif code == "id_number":
            sealing.set_id_number(person, cleaned.get("id_kind", person.id_kind), value)
        elif code != "id_kind":
            setattr(person, code, value)
    if "name" in cleaned:
        person.pinyin = names.sort_key(person.name)
        person.search_key = names.search_key(person.name)
        person.initial = names.initial(person.name)


def pack_change(
    person: Person, changes: Mapping[str, list[Any]], *, source: str, actor: Actor, at: datetime,
    batch_id: UUID | None = None,
) -> PersonChange:  # fmt: skip
    """The record of a change, not saved yet. ``changes``: field -> [before, after] as JSON."""
    change = PersonChange(
        person=person, version=person.version, source=source, made_at=at, actor_kind=actor.kind,
        actor_id=actor.id or "", actor_name=actor.display_name[:150], fields=",".join(changes), batch_id=batch_id,
    )  # fmt: skip
    change.changes_sealed = sealing.seal_facts(changes, table="personchange", row=change.pk)
    return change


def _apply(person: Person, cleaned: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Fill ``person``; returns what is different: field -> [before, after] as JSON."""
    before = values_of(person)
    fill(person, cleaned)
    return {
        code: [_plain(before[code]), _plain(value)]
        for code, value in cleaned.items()
        if _plain(before[code]) != _plain(value)
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _keep(
    person: Person, changes: Mapping[str, list[Any]], *, source: str, actor: Actor, at: datetime,
    batch_id: UUID | None = None,
) -> None:  # fmt: skip
    pack_change(person, changes, source=source, actor=actor, at=at, batch_id=batch_id).save(force_insert=True)


def _facts(changes: Mapping[str, list[Any]], side: int) -> dict[str, Any]:
    """One side of the changes for the audit trail; sensitive values stay out of it altogether."""
    return {code: "***" if code in SENSITIVE and pair[side] else pair[side] for code, pair in changes.items()}


def _changed(code: str) -> FieldError:
    return FieldError(f"/{code}", PersonChanged.code, f"“{FIELDS[code].label}”刚被他人修改，请核对。")


def check_dates(person: Person) -> None:
    """Raise ``Invalid`` where the dates of ``person`` cannot all be true."""
    today = clock.today()
    for code in ("birth_date", "work_start_date", "hire_date"):
        if (day := getattr(person, code)) and day > today and code != "hire_date":
            raise fault(code, "in_future", f"{FIELDS[code].label}不能晚于今天。")
        if day and person.birth_date and code != "birth_date" and day <= person.birth_date:
            raise fault(code, "before_birth", f"{FIELDS[code].label}不能早于出生日期。")


def _save(person: Person, *, is_new: bool = False) -> None:
    try:
        with transaction.atomic():
            person.save(force_insert=is_new)
    except IntegrityError as error:
        refusal = EmployeeNumberTaken if "employee_number" in str(error) else IdNumberTaken
        if refusal is IdNumberTaken and "id_number" not in str(error):
            raise
        field = "employee_number" if refusal is EmployeeNumberTaken else "id_number"
        raise refusal(fields=[FieldError(f"/{field}", refusal.code, str(refusal.message))]) from error
