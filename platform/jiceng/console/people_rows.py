"""What the pages about people show: numbers masked, states in words with a colour."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from jiceng.members import sealing, selectors
from jiceng.members.bodies import Body, state_label
from jiceng.members.fields import FIELDS
from jiceng.members.models import Membership, Person, PersonState
from jiceng.members.selectors import shown_value

TONES = {
    "full": "ok", "regular": "ok", "probationary": "gold", "probation": "gold", "candidate": "info", "activist": "info",
    "applicant": "info", "suspended": "bad",
}  # fmt: skip
STATE_TONES = {PersonState.LEFT: "", PersonState.DECEASED: "", PersonState.MERGED: ""}


@dataclass(frozen=True, slots=True)
class Badge:
    label: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class PersonRow:
    person: Person
    phone: str
    unit: str
    badges: tuple[Badge, ...]


@dataclass(frozen=True, slots=True)
class MembershipRow:
    membership: Membership
    body: str
    state: Badge


def person_rows(people: Iterable[Person]) -> list[PersonRow]:
    """Of people read by ``selectors.with_memberships``."""
    return [
        PersonRow(
            person, shown_value("phone", sealing.phone_of(person)), person.unit.name if person.unit else "",
            tuple(membership_badge(membership) for membership in person.open_memberships),  # type: ignore[attr-defined]
        )
        for person in people
    ]  # fmt: skip


def membership_badge(membership: Membership) -> Badge:
    """“正式党员”; where the state's name says nothing of the body, the body stands before it."""
    label = state_label(membership.body, membership.state)
    speaks = membership.body in (Body.PARTY, Body.STAFF, Body.MASSES) or membership.body == Body.LEAGUE
    if not speaks:
        label = f"{_short(membership.body)}{label}"
    return Badge(label, TONES.get(membership.state, ""))


def membership_rows(memberships: Iterable[Membership]) -> list[MembershipRow]:
    return [
        MembershipRow(
            membership, str(Body(membership.body).label),
            Badge(state_label(membership.body, membership.state), TONES.get(membership.state, "")),
        )
        for membership in memberships
    ]  # fmt: skip


def facts_of(person: Person) -> list[tuple[str, str]]:
    """Label and value of every field, the sensitive ones masked."""
    values = open_values(person)
    return [(str(field.label), shown_value(code, values[code])) for code, field in FIELDS.items()]


def masked_numbers(person: Person) -> dict[str, str]:
    """The sensitive values that there are, masked, by code."""
    values = open_values(person)
    return {code: shown_value(code, values[code]) for code in ("phone", "id_number") if values[code]}


def open_values(person: Person) -> dict[str, Any]:
    return selectors.values_of(person)


def _short(body: str) -> str:
    return {Body.UNION: "工会", Body.WOMEN: "妇联"}[Body(body)]
