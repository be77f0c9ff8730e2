"""Entries that may be of the same person. (A document number cannot stand on two of them.)"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from django.db.models import Count, F, QuerySet
from rapidfuzz import fuzz

from jiceng.access.actor import Actor

from .. import scope
from ..models import Membership, Person, PersonState

SHOWN = 100
# A shared phone may be a family's: then one character is the same, but not the reading of the whole.
SIMILAR, SIMILAR_READING = 60, 85
# A group this large shares its value for another reason (a switchboard's number, a date that stands for "unknown").
LARGEST_GROUP = 6


@dataclass(frozen=True, slots=True)
class Pair:
    """``reasons``: what they have in common: ``phone``, ``birth_date`` (with the name), ``unit`` (with the name)."""

    first: Person
    second: Person
    reasons: tuple[str, ...]


def find_duplicates(*, actor: Actor, limit: int = SHOWN) -> list[Pair]:
    """Pairs of people within ``actor``'s reach that look like one person, those with most reasons first. Four queries."""
    people = scope.people_in_reach(actor, scope.MANAGE).filter(state=PersonState.ACTIVE)
    found: dict[tuple[Any, Any], list[str]] = {}
    for reason, groups in (
        ("phone", _sharing(people.exclude(phone_index=None), "phone_index")),
        ("birth_date", _sharing(people.exclude(birth_date=None), "name", "birth_date")),
        ("unit", _sharing_unit(people)),
    ):
        for group in groups:
            for first, second in combinations(sorted(group), 2):
                found.setdefault((first, second), []).append(reason)
    rows = people.select_related("unit").in_bulk({key for pair in found for key in pair})
    pairs = [
        Pair(rows[first], rows[second], tuple(reasons))
        for (first, second), reasons in found.items()
        if reasons != ["phone"] or _similar(rows[first], rows[second])
    ]
    pairs.sort(key=lambda pair: (-len(pair.reasons), pair.first.pinyin, str(pair.first.pk)))
    return pairs[:limit]


def _sharing(people: QuerySet[Person], *columns: str) -> list[list[Any]]:
    """Ids of people who have all of ``columns`` in common."""
    shared = people.order_by().values(*columns).annotate(n=Count("pk")).filter(n__gte=2, n__lte=LARGEST_GROUP)
    rows = people.filter(**{f"{columns[0]}__in": shared.values(columns[0])}).order_by()
    return _grouped((tuple(_key(row[1:])), row[0]) for row in rows.values_list("pk", *columns))


def _sharing_unit(people: QuerySet[Person]) -> list[list[Any]]:
    held = (
        Membership.objects.filter(person__in=people, ended_on=None).exclude(unit=None).annotate(name=F("person__name"))
    )
    names = (
        held.order_by().values("name").annotate(n=Count("person", distinct=True)).filter(n__gte=2, n__lte=LARGEST_GROUP)
    )
    rows = held.filter(person__name__in=names.values("name")).values_list("person_id", "name", "unit_id").order_by()
    return _grouped(((name, unit), person) for person, name, unit in rows)


def _key(values: Iterable[Any]) -> Iterable[Any]:
    return (bytes(value) if isinstance(value, memoryview) else value for value in values)


def _grouped(rows: Iterable[tuple[Any, Any]]) -> list[list[Any]]:
    groups: dict[Any, set[Any]] = {}
    for key, person in rows:
        groups.setdefault(key, set()).add(person)
    return [list(group) for group in groups.values() if 2 <= len(group) <= LARGEST_GROUP]


def _similar(first: Person, second: Person) -> bool:
    """A name misheard or mistyped, not two people of one family."""
    return fuzz.ratio(first.name, second.name) > SIMILAR or fuzz.ratio(first.pinyin, second.pinyin) > SIMILAR_READING
