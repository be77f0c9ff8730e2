"""Reads of people and of what they belong to."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from jiceng.access.actor import Actor

from .. import identity, scope, sealing
from ..errors import PersonUnknown
from ..fields import FIELDS
from ..models import Membership, MembershipPeriod, Person, PersonChange, PersonState, Unit


def get_person(person_id: UUID | str, *, actor: Actor | None = None, permission: str = scope.READ) -> Person:
    """Somebody whom ``actor`` may see with ``permission`` (``None``: anybody). Raises ``PersonUnknown``.

    For an entry that was merged it is the survivor, whose id differs from ``person_id``: callers send people there.
    """
    people = scope.people_in_reach(actor, permission) if actor else Person.objects.all()
    people = people.select_related("unit", "user")
    person = people.exclude(state=PersonState.MERGED).filter(pk=person_id).first()
    if person is None:
        survivor = Person.objects.filter(pk=person_id).values("merged_into")
        person = people.filter(pk__in=survivor).first()
    if person is None:
        raise PersonUnknown
    return person


def person_of_user(user_id: UUID | str) -> Person | None:
    """The roster entry of a login, if it has one."""
    return Person.objects.select_related("unit").filter(user_id=user_id).first()


def list_people(
    *,
    actor: Actor | None = None,
    query: str = "",
    unit: Unit | None = None,
    body: str = "",
    membership_state: str = "",
    state: str = PersonState.ACTIVE,
    is_unplaced: bool = False,
) -> QuerySet[Person]:
    """People by pinyin whom ``actor`` may see (``None``: everybody).

    ``unit``: with an open membership in it or below. ``body``, ``membership_state``: with such an open membership.
    ``query``: name, pinyin, initials, title, employee number, the last four digits of a phone or a whole one, a whole
    document number. ``state``: of the person; ``""`` for all. ``is_unplaced``: only those who belong to nothing.
    """
    people = scope.people_in_reach(actor) if actor else Person.objects.all()
    if state:
        people = people.filter(state=state)
    if unit is not None or body:
        held = Membership.objects.filter(person=OuterRef("pk"), ended_on=None)
        if unit is not None:
            held = held.filter(unit__path__startswith=unit.path)
        if body:
            held = held.filter(body=body)
        if membership_state:
            held = held.filter(state=membership_state)
        people = people.filter(Exists(held))
    if is_unplaced:
        people = people.filter(~Exists(Membership.objects.filter(person=OuterRef("pk"), ended_on=None)))
    if words := query.strip():
        people = people.filter(matching(words))
    return people.select_related("unit", "user").order_by("pinyin", "name", "id")


def matching(words: str) -> Q:
    """What people type into a search box, as a condition on ``Person``. Numbers are compared by their digests."""
    found = Q(name__contains=words) | Q(title__contains=words) | Q(employee_number=words)
    if letters := words.lower().replace(" ", "").replace("'", ""):
        found |= Q(search_key__contains=letters)
    return found | _numbers(words)


def _numbers(words: str) -> Q:
    digits = words.replace(" ", "").replace("-", "")
    if not digits.isascii() or len(digits) < sealing.TAIL_LENGTH:
        return Q()
    found = Q()
    if digits.isdigit() and len(digits) == sealing.TAIL_LENGTH:
        return Q(phone_tail_index=sealing.tail_index(digits))
    try:
        found |= Q(phone_index=sealing.phone_index(identity.normalise_phone(digits)))
    except identity.ValueFault:
        pass
    try:
        number = identity.normalise_id_number(digits)
        found |= Q(id_number_index=sealing.id_number_index(number.kind, number.number))
    except identity.ValueFault:
        pass
    return found


def memberships_of(person: Person, *, only_open: bool = False) -> QuerySet[Membership]:
    """Memberships with their history, oldest first."""
    periods = MembershipPeriod.objects.select_related("unit").order_by("valid_from")
    found = Membership.objects.filter(person=person).select_related("unit")
    if only_open:
        found = found.filter(ended_on=None)
    return found.prefetch_related(Prefetch("periods", queryset=periods)).order_by("started_on", "created_at")


def memberships_in_reach(*, actor: Actor, permission: str = scope.READ) -> QuerySet[Membership]:
    """All memberships of the people whom ``actor`` reaches with ``permission``."""
    return Membership.objects.filter(person__in=scope.people_in_reach(actor, permission))


def with_memberships(people: QuerySet[Person]) -> QuerySet[Person]:
    """``people``, each with ``open_memberships`` and their units. One query more."""
    held = Membership.objects.filter(ended_on=None).select_related("unit").order_by("body", "created_at")
    return people.prefetch_related(Prefetch("memberships", queryset=held, to_attr="open_memberships"))


def values_of(person: Person) -> dict[str, Any]:
    """All fields of ``person`` by code, the sensitive ones in clear: for comparing and masking, never for showing."""
    opened = {"id_number": sealing.id_number_of(person), "phone": sealing.phone_of(person)}
    return {code: opened[code] if code in opened else getattr(person, code) for code in FIELDS}


def changed_since(person: Person, version: int) -> dict[str, Any]:
    """The fields that were changed after ``version``, each with its value (as JSON) at that version."""
    values: dict[str, Any] = {}
    for change in PersonChange.objects.filter(person=person, version__gt=version).order_by("version"):
        facts = sealing.open_facts(change.changes_sealed, table="personchange", row=change.pk)
        for code, (before, _after) in facts.items():
            values.setdefault(code, before)
    return {code: before for code, before in values.items() if code in FIELDS}


def people_on(unit: Unit, day: date) -> QuerySet[Person]:
    """Who belonged to ``unit`` itself on ``day``."""
    held = MembershipPeriod.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=day), unit=unit, valid_from__lte=day, membership__person=OuterRef("pk")
    )
    return Person.objects.filter(Exists(held)).order_by("pinyin", "name", "id")


def count_people() -> int:
    return Person.objects.filter(state=PersonState.ACTIVE).count()


def has_people() -> bool:
    return Person.objects.exists()
