"""Reads of units and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from .errors import PersonUnknown, UnitUnknown
from .models import Person, Unit


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit in reading order. ``people_count``: people in it and below; ``own_count``: people right in it."""

    id: UUID
    parent_id: UUID | None
    name: str
    kind: str
    kind_label: str
    path: str
    depth: int
    own_count: int
    people_count: int
    has_children: bool


def get_unit(unit_id: UUID | str) -> Unit:
    """Raises ``UnitUnknown``."""
    unit = Unit.objects.select_related("parent").filter(pk=unit_id).first()
    if unit is None:
        raise UnitUnknown
    return unit


def get_person(person_id: UUID | str) -> Person:
    """Raises ``PersonUnknown``."""
    person = Person.objects.select_related("unit", "user").filter(pk=person_id).first()
    if person is None:
        raise PersonUnknown
    return person


def person_of_user(user_id: UUID | str) -> Person | None:
    """The roster entry of a login, if it has one."""
    return Person.objects.select_related("unit").filter(user_id=user_id).first()


def unit_tree() -> list[UnitNode]:
    """All units, each parent before its children and siblings in their order. One query."""
    units = list(Unit.objects.annotate(own=Count("people")).order_by("depth", "position", "created_at"))
    children: dict[UUID | None, list[Any]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    totals: dict[UUID, int] = {}
    for unit in reversed(units):  # deepest first
        totals[unit.id] = unit.own + sum(totals[child.id] for child in children.get(unit.id, ()))
    nodes: list[UnitNode] = []
    waiting = list(reversed(children.get(None, ())))
    while waiting:
        unit = waiting.pop()
        below = children.get(unit.id, [])
        nodes.append(
            UnitNode(
                id=unit.id, parent_id=unit.parent_id, name=unit.name, kind=unit.kind,
                kind_label=str(unit.get_kind_display()), path=unit.path, depth=unit.depth, own_count=unit.own,
                people_count=totals[unit.id], has_children=bool(below),
            )
        )  # fmt: skip
        waiting.extend(reversed(below))
    return nodes


def list_people(*, query: str = "", unit: Unit | None = None) -> QuerySet[Person]:
    """People by pinyin, of ``unit`` and everything below it, whose name, pinyin, initials or title match ``query``."""
    people = Person.objects.select_related("unit", "user").order_by("pinyin", "name", "id")
    if unit is not None:
        people = people.filter(unit__path__startswith=unit.path)
    words = query.strip()
    if words:
        found = Q(name__icontains=words) | Q(title__icontains=words)
        if letters := words.lower().replace(" ", "").replace("'", ""):
            found |= Q(search_key__contains=letters)
        people = people.filter(found)
    return people


def count_people() -> int:
    return Person.objects.count()


def count_units() -> int:
    return Unit.objects.count()


def has_people() -> bool:
    return Person.objects.exists()


def count_people_by_unit(limit: int = 8) -> list[tuple[str, int]]:
    """The units with most people right in them: (name, count)."""
    rows = Unit.objects.annotate(own=Count("people")).filter(own__gt=0).order_by("-own", "name")
    return list(rows.values_list("name", "own")[:limit])
