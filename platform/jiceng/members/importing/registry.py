"""What the registry holds of the people that a file may mean. A few queries for the whole file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Q

from jiceng.access import policy
from jiceng.access.actor import Actor

from .. import scope, sealing, selectors
from ..models import Membership, Person, PersonState, Unit
from ..services.people import values_of
from .matching_units import UnitMatcher, UnitName
from .values import ParsedRow

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Keys:
    """What identifies the person of a row. ``phone``: digest."""

    document: bytes | None
    employee_number: str
    phone: bytes | None
    name: str
    birth_date: str


@dataclass(slots=True)
class Known:
    """Somebody in the registry. ``values``: all fields in clear, for comparing."""

    person: Person
    values: dict[str, Any]
    memberships: dict[str, Membership] = field(default_factory=dict)


def keys_of(parsed: ParsedRow) -> Keys:
    values = parsed.values
    number, phone = values.get("id_number"), values.get("phone")
    return Keys(
        document=sealing.id_number_index(values["id_kind"], number) if number else None,
        employee_number=values.get("employee_number") or "",
        phone=sealing.phone_index(phone) if phone else None,
        name=values.get("name", ""),
        birth_date=values.get("birth_date") or "",
    )


class People:
    """Those whom the rows of a file may mean, by each kind of key."""

    def __init__(self, keys: Iterable[Keys]) -> None:
        keys = list(keys)
        self._known: dict[UUID, Known] = {}
        self._by_document: dict[bytes, UUID] = {}
        self._by_number: dict[str, UUID] = {}
        self._by_phone: dict[bytes, list[UUID]] = defaultdict(list)
        self._by_name: dict[str, list[UUID]] = defaultdict(list)
        if not Person.objects.exists():
            return
        for column, values in (
            ("id_number_index", {key.document for key in keys if key.document}),
            ("employee_number", {key.employee_number for key in keys if key.employee_number}),
            ("name", {key.name for key in keys if key.name}),
        ):
            self._load(column, sorted(values))
        self._load_memberships()

    def certain(self, keys: Keys) -> Known | None:
        """The one person that the keys name beyond doubt: by document, by employee number, by phone and name."""
        for found in (self._by_document.get(keys.document or b""), self._by_number.get(keys.employee_number)):
            if found is not None:
                return self._known[found]
        same = [
            one
            for one in self._by_phone.get(keys.phone or b"", ())
            if self._known[one].person.name == keys.name and self._agrees(self._known[one], keys)
        ]
        return self._known[same[0]] if len(same) == 1 else None

    def alike(self, keys: Keys) -> list[Known]:
        """People of the same name whom nothing tells apart: another document or number is a difference."""
        same = [self._known[one] for one in self._by_name.get(keys.name, ())]
        return [known for known in same if self._agrees(known, keys) and _same_or_unknown(known, keys)]

    def get(self, person_id: UUID | str) -> Known | None:
        return self._known.get(UUID(str(person_id)))

    @staticmethod
    def _agrees(known: Known, keys: Keys) -> bool:
        person = known.person
        document = bytes(person.id_number_index) if person.id_number_index else None
        if keys.document and document and keys.document != document:
            return False
        return not (keys.employee_number and person.employee_number and keys.employee_number != person.employee_number)

    def _load(self, column: str, values: Sequence[Any]) -> None:
        for start in range(0, len(values), BATCH):
            condition = Q(**{f"{column}__in": values[start : start + BATCH]})
            for person in Person.objects.filter(condition, state=PersonState.ACTIVE):
                if person.pk not in self._known:
                    self._add(person)

    def _add(self, person: Person) -> None:
        self._known[person.pk] = Known(person, values_of(person))
        if person.id_number_index:
            self._by_document[bytes(person.id_number_index)] = person.pk
        if person.employee_number:
            self._by_number[person.employee_number] = person.pk
        if person.phone_index:
            self._by_phone[bytes(person.phone_index)].append(person.pk)
        self._by_name[person.name].append(person.pk)

    def _load_memberships(self) -> None:
        ids = list(self._known)
        for start in range(0, len(ids), BATCH):
            held = Membership.objects.filter(person__in=ids[start : start + BATCH], ended_on=None)
            for membership in held.select_related("unit"):
                self._known[membership.person_id].memberships[membership.body] = membership


class Reach:
    """Where the importer may put people, and whom they may change."""

    def __init__(self, actor: Actor) -> None:
        self._paths = policy.unit_paths(actor, scope.MANAGE)
        self._units = {} if self._paths is None else dict(Unit.objects.values_list("pk", "path"))

    @property
    def is_everywhere(self) -> bool:
        return self._paths is None

    def covers_unit(self, unit_id: str) -> bool:
        if self._paths is None:
            return True
        return self._units.get(UUID(unit_id), "?").startswith(self._paths)

    def covers(self, known: Known) -> bool:
        if self._paths is None:
            return True
        units = [membership.unit for membership in known.memberships.values() if membership.unit]
        return any(unit.path.startswith(self._paths) for unit in units)


def unit_matcher() -> UnitMatcher:
    """A matcher over the units that stand. Two queries."""
    names = selectors.unit_names()
    rows = Unit.objects.filter(dissolved_on=None).values_list("pk", "name", "tree", "code")
    return UnitMatcher(UnitName(pk, name, names[pk], tree, code) for pk, name, tree, code in rows)


def _same_or_unknown(known: Known, keys: Keys) -> bool:
    """Nothing that both sides say is different."""
    born = known.person.birth_date
    if keys.birth_date and born:
        return keys.birth_date == born.isoformat()
    if keys.phone and known.person.phone_index:
        return keys.phone == bytes(known.person.phone_index)
    return True
