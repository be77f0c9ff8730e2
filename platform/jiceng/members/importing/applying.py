"""From checked rows to the registry, many at a time. What is written is what the services would write one by one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from jiceng.access.actor import Actor
from jiceng.kernel import clock
from jiceng.kernel.ids import uuid7

from .. import names, sealing
from ..bodies import PRIMARY_ORDER
from ..fields import FIELDS
from ..models import ImportBatch, ImportRow, Membership, Person, PersonChange, PersonState
from ..services import memberships as membership_services
from ..services.people import fill, pack_change, values_of
from ..services.writing import hold_units
from . import wanted
from .founding import Founder

CHUNK = 2_000
TO_APPLY = (ImportRow.Outcome.NEW, ImportRow.Outcome.CHANGED)
DEFAULTS: dict[str, Any] = {
    **dict.fromkeys(FIELDS, ""), "birth_date": None, "employee_number": None, "work_start_date": None, "hire_date": None,
    "is_listed": True,
}  # fmt: skip
PERSON_COLUMNS = (
    "id", "name", "pinyin", "search_key", "initial", "gender", "ethnicity", "birth_date", "education", "employee_number",
    "id_kind", "id_number_sealed", "id_number_index", "phone_sealed", "phone_index", "phone_tail_index", "office_phone",
    "email", "work_start_date", "hire_date", "title", "unit_id", "state", "is_listed", "version", "created_at", "updated_at",
)  # fmt: skip
MEMBERSHIP_COLUMNS = (
    "id", "person_id", "body", "state", "unit_id", "started_on", "confirmed_on", "end_reason", "version", "created_at",
    "updated_at",
)  # fmt: skip
PERIOD_COLUMNS = ("id", "membership_id", "state", "unit_id", "valid_from", "note")
CHANGE_COLUMNS = (
    "id", "person_id", "version", "source", "made_at", "actor_kind", "actor_id", "actor_name", "fields", "changes_sealed",
    "batch_id",
)  # fmt: skip
MARK_NEW = (
    "UPDATE members_importrow AS r SET person_id = n.person_id, is_applied = true"
    " FROM (SELECT unnest(%s::uuid[]) AS id, unnest(%s::uuid[]) AS person_id) AS n WHERE r.id = n.id"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked row, opened."""

    row: ImportRow
    values: dict[str, Any]
    memberships: list[wanted.Wanted]


def apply_rows(batch: ImportBatch, *, actor: Actor, at: datetime, limit: int | None = CHUNK) -> int:
    """Apply the next ``limit`` rows that wait (``None``: all); returns how many. Call inside a transaction.

    Rows overtaken since the check (their person came to the registry, their unit was dissolved) become errors.
    """
    waiting = ImportRow.objects.filter(batch=batch, outcome__in=TO_APPLY, is_applied=False).order_by("number")
    rows = list(waiting if limit is None else waiting[:limit])
    founder = Founder(actor)
    asked = _standing([_opened(row, founder) for row in rows])
    new = _still_new([one for one in asked if one.row.outcome == ImportRow.Outcome.NEW])
    _insert(new, batch=batch, actor=actor, at=at)
    for one in asked:
        if one.row.outcome == ImportRow.Outcome.CHANGED:
            _change(one, batch=batch, actor=actor, at=at)
    return len(rows)


def _opened(row: ImportRow, founder: Founder) -> Asked:
    facts = sealing.open_facts(row.values_sealed, table="importrow", row=row.pk)
    return Asked(row, facts["v"], [founder.founded(one) for one in wanted.unpacked(facts["m"])])


def _standing(asked: list[Asked]) -> list[Asked]:
    """Rows whose units still stand, and will until the transaction ends; the others become errors."""
    standing = hold_units({one.unit_id for row in asked for one in row.memberships if one.unit_id})
    gone = {row.row.pk for row in asked for one in row.memberships if one.unit_id and one.unit_id not in standing}
    for row in asked:
        if row.row.pk in gone:
            _overtaken(row.row, "unit_gone_since", "检查之后，这一行的组织已被撤销，请重新检查。")
    return [row for row in asked if row.row.pk not in gone]


def _overtaken(row: ImportRow, code: str, sentence: str) -> None:
    row.outcome, row.faults = ImportRow.Outcome.ERROR, [["name", code, sentence]]
    row.save(update_fields=["outcome", "faults"])


def _still_new(asked: list[Asked]) -> list[Asked]:
    """Rows whose document or number nobody has taken since the check; the others become errors."""
    documents = {
        sealing.id_number_index(one.values["id_kind"], one.values["id_number"]): one
        for one in asked
        if one.values.get("id_number")
    }
    numbers = {one.values["employee_number"]: one for one in asked if one.values.get("employee_number")}
    taken = [
        documents[bytes(index or b"")]
        for index in Person.objects.filter(id_number_index__in=list(documents)).values_list(
            "id_number_index", flat=True
        )
    ]
    found = Person.objects.filter(employee_number__in=list(numbers)).values_list("employee_number", flat=True)
    taken += [numbers[number] for number in found]
    late = {one.row.pk for one in taken}
    for one in taken:
        _overtaken(one.row, "taken_since", "检查之后，这名人员的证件号码或工号已被登记，请重新检查。")
    return [one for one in asked if one.row.pk not in late]


def _insert(asked: Sequence[Asked], *, batch: ImportBatch, actor: Actor, at: datetime) -> None:
    if not asked:
        return
    today = clock.today()
    people, memberships, periods, changes = [], [], [], []
    ids: list[UUID] = []
    for one in asked:
        person_id = uuid7()
        ids.append(person_id)
        people.append(_person_line(person_id, one, at))
        changes.append(_change_line(person_id, one.values, batch=batch, actor=actor, at=at))
        for membership in one.memberships:
            membership_id, state, unit_id = uuid7(), wanted.new_state(membership), wanted.unit_uuid(membership)
            memberships.append((
                membership_id, person_id, membership.body, state, unit_id, membership.started_on, membership.confirmed_on,
                "", 1, at, at,
            ))  # fmt: skip
            since = min(date.fromisoformat(membership.started_on), today) if membership.started_on else today
            periods.append((uuid7(), membership_id, state, unit_id, since, ""))
    _copy("members_person", PERSON_COLUMNS, people)
    _copy("members_membership", MEMBERSHIP_COLUMNS, memberships)
    _copy("members_membershipperiod", PERIOD_COLUMNS, periods)
    _copy("members_personchange", CHANGE_COLUMNS, changes)
    with connection.cursor() as cursor:
        cursor.execute(MARK_NEW, [[one.row.pk for one in asked], ids])


def _person_line(person_id: UUID, one: Asked, at: datetime) -> tuple[Any, ...]:
    values = one.values
    get = values.get
    name = values["name"]
    units = {membership.body: membership.unit_id for membership in one.memberships if membership.unit_id}
    return (
        person_id, name, *names.keys(name), get("gender", ""), get("ethnicity", ""), get("birth_date") or None,
        get("education", ""), get("employee_number") or None, get("id_kind", ""),
        *sealing.sealed_id_number(person_id, get("id_kind", ""), get("id_number", "")),
        *sealing.sealed_phone(person_id, get("phone", "")), get("office_phone", ""), get("email", ""),
        get("work_start_date") or None, get("hire_date") or None, get("title", ""),
        next((units[body] for body in PRIMARY_ORDER if body in units), None), PersonState.ACTIVE.value, True, 1, at, at,
    )  # fmt: skip


def _change_line(
    person_id: UUID, values: dict[str, Any], *, batch: ImportBatch, actor: Actor, at: datetime
) -> tuple[Any, ...]:
    changes = {code: [DEFAULTS[code], value] for code, value in values.items() if value not in ("", None)}
    change_id = uuid7()
    return (
        change_id, person_id, 1, PersonChange.Source.IMPORT.value, at, actor.kind, actor.id or "",
        actor.display_name[:150], ",".join(changes),
        sealing.seal_facts(changes, table="personchange", row=change_id), batch.pk,
    )  # fmt: skip


def _change(one: Asked, *, batch: ImportBatch, actor: Actor, at: datetime) -> None:
    """Bring somebody who is there to what the row says; what was before is kept with the row."""
    row = one.row
    active = Person.objects.select_for_update().filter(state=PersonState.ACTIVE)
    person = active.filter(pk=row.person_id).first() if row.person_id else None
    if person is None:
        _overtaken(row, "gone_since", "检查之后，这名人员已离开或已合并，请重新检查。")
        return
    before = values_of(person)
    fill(person, {code: _typed(code, value) for code, value in one.values.items()})
    changes = {
        code: [_plain(before[code]), _plain(after)]
        for code, after in values_of(person).items()
        if _plain(before[code]) != _plain(after)
    }
    if changes:
        person.version += 1
        person.save()
        pack_change(person, changes, source=PersonChange.Source.IMPORT, actor=actor, at=at, batch_id=batch.pk).save(
            force_insert=True
        )
    held = _bring_memberships(person, one.memberships, actor=actor)
    row.before_sealed = sealing.seal_facts(
        {"fields": changes, "memberships": held, "version": person.version}, table="importrow_before", row=row.pk
    )
    row.is_applied = True
    row.save(update_fields=["before_sealed", "is_applied"])


def _bring_memberships(person: Person, asked: Iterable[wanted.Wanted], *, actor: Actor) -> list[list[Any]]:
    """Join or change what the row asks for; returns ``[membership id, state, unit, started, confirmed]`` of each before."""
    before: list[list[Any]] = []
    for one in asked:
        held = Membership.objects.filter(person=person, body=one.body, ended_on=None).first()
        started_on, confirmed_on = _day(one.started_on), _day(one.confirmed_on)
        if held is None:
            made = membership_services.join(
                person=person, body=one.body, state=one.state, unit_id=one.unit_id, on=started_on,
                confirmed_on=confirmed_on, actor=actor,
            )  # fmt: skip
            before.append([str(made.pk), None, None, None, None])
        elif not one.is_met_by(held):
            before.append([
                str(held.pk), held.state, str(held.unit_id) if held.unit_id else None, _plain(held.started_on),
                _plain(held.confirmed_on),
            ])  # fmt: skip
            membership_services.change_membership(
                membership_id=held.pk, state=one.state, unit_id=one.unit_id, started_on=started_on,
                confirmed_on=confirmed_on, actor=actor,
            )  # fmt: skip
    return before


def _copy(table: str, columns: Sequence[str], lines: Iterable[Sequence[Any]]) -> None:
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for line in lines:
            copy.write_row(line)


def _typed(code: str, value: Any) -> Any:
    if code in ("birth_date", "work_start_date", "hire_date"):
        return _day(value)
    return (value or None) if code == "employee_number" else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
