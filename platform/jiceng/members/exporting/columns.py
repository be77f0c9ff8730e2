"""The columns that a roster may be exported with. Named as the import knows them, so that an export can be read in again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from .. import identity, sealing
from ..bodies import Body, state_label
from ..importing.columns import COLUMNS as IMPORTED
from ..models import Membership, Person


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody with their open memberships by body, and the full names of all units."""

    person: Person
    held: Mapping[str, Membership]
    unit_names: Mapping[uuid.UUID, str]

    def unit_of(self, body: str) -> str:
        membership = self.held.get(body)
        return self.unit_names.get(membership.unit_id, "") if membership and membership.unit_id else ""

    def state_of(self, body: str) -> str:
        membership = self.held.get(body)
        return state_label(body, membership.state) if membership else ""

    def day_of(self, body: str, field: str) -> Any:
        membership = self.held.get(body)
        return getattr(membership, field) if membership else None


@dataclass(frozen=True, slots=True)
class ExportColumn:
    """``value``: a text, a day or ``None``. ``is_usual``: chosen unless somebody says otherwise."""

    code: str
    label: Any
    value: Callable[[Row], Any]
    is_sensitive: bool = False
    is_usual: bool = False


def _own(code: str, value: Callable[[Person], Any], *, usual: bool = False, sensitive: bool = False) -> ExportColumn:
    return ExportColumn(code, IMPORTED[code].label, lambda row: value(row.person), sensitive, usual)


def _of(code: str, value: Callable[[Row], Any], *, usual: bool = False) -> ExportColumn:
    return ExportColumn(code, IMPORTED[code].label, value, is_usual=usual)


def _masked_phone(person: Person) -> str:
    number = sealing.phone_of(person)
    return identity.mask_phone(number) if number else ""


def _masked_id_number(person: Person) -> str:
    number = sealing.id_number_of(person)
    return identity.mask_id_number(number) if number else ""


EXPORT_COLUMNS: Mapping[str, ExportColumn] = {
    column.code: column
    for column in (
        _own("name", lambda person: person.name, usual=True),
        _own("employee_number", lambda person: person.employee_number, usual=True),
        _own("gender", lambda person: person.get_gender_display(), usual=True),
        _own("ethnicity", lambda person: person.ethnicity),
        _own("birth_date", lambda person: person.birth_date),
        ExportColumn("id_number_masked", _("证件号码（部分隐藏）"), lambda row: _masked_id_number(row.person)),
        _own("id_number", sealing.id_number_of, sensitive=True),
        ExportColumn("phone_masked", _("手机号码（部分隐藏）"), lambda row: _masked_phone(row.person)),
        _own("phone", sealing.phone_of, sensitive=True),
        _own("office_phone", lambda person: person.office_phone, usual=True),
        _own("email", lambda person: person.email),
        _own("education", lambda person: person.education),
        _of("staff_unit", lambda row: row.unit_of(Body.STAFF), usual=True),
        _own("title", lambda person: person.title, usual=True),
        _own("work_start_date", lambda person: person.work_start_date),
        _own("hire_date", lambda person: person.hire_date),
        _of("staff_state", lambda row: row.state_of(Body.STAFF)),
        _of("party_state", lambda row: row.state_of(Body.PARTY), usual=True),
        _of("party_unit", lambda row: row.unit_of(Body.PARTY), usual=True),
        _of("party_joined", lambda row: row.day_of(Body.PARTY, "started_on")),
        _of("party_confirmed", lambda row: row.day_of(Body.PARTY, "confirmed_on")),
        _of("union_unit", lambda row: row.unit_of(Body.UNION)),
        _of("union_joined", lambda row: row.day_of(Body.UNION, "started_on")),
        _of("league_unit", lambda row: row.unit_of(Body.LEAGUE)),
        _of("league_joined", lambda row: row.day_of(Body.LEAGUE, "started_on")),
        _of("women_unit", lambda row: row.unit_of(Body.WOMEN)),
        ExportColumn("person_state", _("在册情况"), lambda row: row.person.get_state_display()),
        ExportColumn("left_on", _("离开日期"), lambda row: row.person.left_on),
    )
}
SENSITIVE_COLUMNS = tuple(code for code, column in EXPORT_COLUMNS.items() if column.is_sensitive)
USUAL_COLUMNS = tuple(code for code, column in EXPORT_COLUMNS.items() if column.is_usual)
