"""What an audience says, as data."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from jiceng.access.models import Role
from jiceng.kernel.errors import FieldError

from ..bodies import Body, state_of
from ..models import Person, PostKind, Tag, Unit
from .errors import AudienceEmpty, AudienceInvalid

MAX_CLAUSES = 200
MAX_PEOPLE = 2000


@dataclass(frozen=True, slots=True, order=True)
class Clause:
    """All conditions together; see ``models.AudienceClause``. Ids are strings, ``""`` where not given."""

    unit: str = ""
    body: str = ""
    state: str = ""
    post: str = ""
    role: str = ""
    tag: str = ""
    person: str = ""

    def as_json(self) -> dict[str, str]:
        return {field.name: value for field in fields(self) if (value := getattr(self, field.name))}


@dataclass(frozen=True, slots=True)
class Definition:
    """Everybody in the registry, or all who fit one of ``clauses``."""

    everyone: bool = False
    clauses: tuple[Clause, ...] = ()


def as_json(definition: Definition) -> dict[str, Any]:
    """What ``parse`` reads."""
    if definition.everyone:
        return {"everyone": True}
    return {"clauses": [clause.as_json() for clause in definition.clauses]}


def parse(data: Mapping[str, Any]) -> Definition:
    """``{"everyone": true}`` or ``{"clauses": [{"unit": id, "body": …}, …]}``.

    Raises ``AudienceInvalid`` with a pointer to each fault, ``AudienceEmpty``. One query for each kind of id.
    """
    faults: list[FieldError] = []
    unknown = set(data) - {"everyone", "clauses"}
    if unknown or not isinstance(data.get("everyone", False), bool) or not isinstance(data.get("clauses", []), list):
        faults.append(FieldError("/audience", "malformed", _("须为 everyone 或 clauses。")))
        raise AudienceInvalid(fields=tuple(faults))
    if data.get("everyone") and data.get("clauses"):
        faults.append(FieldError("/audience", "both", _("everyone 和 clauses 只能给一个。")))
        raise AudienceInvalid(fields=tuple(faults))
    if data.get("everyone"):
        return Definition(everyone=True)
    clauses = [_clause(number, entry, faults) for number, entry in enumerate(data.get("clauses", []))]
    found = tuple(sorted({clause for clause in clauses if clause is not None}))
    people = sum(1 for clause in found if clause.person)
    if len(found) - people > MAX_CLAUSES or people > MAX_PEOPLE:
        faults.append(FieldError("/audience/clauses", "too_many", _("条件太多，请改选更大的组织或标签。")))
    if not faults:
        _check_ids(clauses, faults)
    if faults:
        raise AudienceInvalid(fields=tuple(faults))
    if not found:
        raise AudienceEmpty
    return Definition(clauses=found)


_NAMES = {field.name for field in fields(Clause)}
_IDS: dict[str, Any] = {"unit": Unit, "tag": Tag, "person": Person}


def _clause(number: int, entry: Any, faults: list[FieldError]) -> Clause | None:
    pointer = f"/audience/clauses/{number}"
    if (
        not isinstance(entry, Mapping)
        or set(entry) - _NAMES
        or not all(isinstance(value, str) for value in entry.values())
    ):
        faults.append(FieldError(pointer, "malformed", _("条件的写法有误。")))
        return None
    values = dict(entry)
    for name in _IDS:
        if values.get(name):
            try:
                values[name] = str(uuid.UUID(values[name]))
            except ValueError:
                faults.append(FieldError(f"{pointer}/{name}", "unknown", _("没有找到所选的对象。")))
    clause = Clause(**values)
    if clause.person and clause != Clause(person=clause.person):
        faults.append(FieldError(f"{pointer}/person", "alone", _("指定的人不能再加其他条件。")))
    if not any(values.values()):
        faults.append(FieldError(pointer, "empty_clause", _("条件是空的。")))
    if clause.body and clause.body not in Body.values:
        faults.append(FieldError(f"{pointer}/body", "unknown", _("没有这种身份。")))
    elif clause.state and state_of(clause.body, clause.state) is None:
        faults.append(FieldError(f"{pointer}/state", "unknown", _("没有这种成员状态。")))
    if clause.post and clause.post not in PostKind.values:
        faults.append(FieldError(f"{pointer}/post", "unknown", _("没有这种职务。")))
    return clause


def _check_ids(clauses: list[Clause | None], faults: list[FieldError]) -> None:
    for name, model in _IDS.items():
        wanted = {getattr(clause, name) for clause in clauses if clause and getattr(clause, name)}
        rows = model.objects.filter(pk__in=list(wanted))
        if model is Unit:
            rows = rows.filter(dissolved_on=None)
        known = {str(pk) for pk in rows.values_list("pk", flat=True)} if wanted else set()
        _blame(clauses, name, known, faults)
    roles = {clause.role for clause in clauses if clause and clause.role}
    known = set(Role.objects.filter(code__in=list(roles)).values_list("code", flat=True)) if roles else set()
    _blame(clauses, "role", known, faults)


def _blame(clauses: list[Clause | None], name: str, known: set[str], faults: list[FieldError]) -> None:
    for number, clause in enumerate(clauses):
        if clause and getattr(clause, name) and getattr(clause, name) not in known:
            message = _("没有找到所选的对象，或它已停用。")
            faults.append(FieldError(f"/audience/clauses/{number}/{name}", "unknown", message))
