"""Reads for exports: whose they are, whom they hold, and the rows one after the other."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet

from jiceng.access.actor import Actor

from .. import scope
from ..bodies import Body, state_of
from ..models import Membership, Person, PersonState, RosterExport, Unit
from ..selectors import list_people, unit_names
from .columns import EXPORT_COLUMNS, Row

EXPORT, READ_SENSITIVE = "members.export", "members.read_sensitive"
PAGE_SIZE = 2000
SHOWN_LIMIT = 50


def own_exports(actor: Actor) -> QuerySet[RosterExport]:
    return RosterExport.objects.filter(user=actor.user) if actor.user else RosterExport.objects.none()


def list_exports(*, actor: Actor) -> QuerySet[RosterExport]:
    """The latest of one's own."""
    return own_exports(actor).order_by("-created_at", "-id")[:SHOWN_LIMIT]


def people_for(filters: Mapping[str, Any], *, actor: Actor, is_sensitive: bool) -> QuerySet[Person]:
    """Whom an export holds: those chosen, as far as ``actor`` may export them (and, if sensitive, see them in clear).

    ``filters``: ``unit`` (id), ``body``, ``membership_state``, ``state`` (of the person; ``""`` for all).
    """
    unit = scope.units_in_reach(actor, EXPORT).filter(pk=filters["unit"]).first() if filters.get("unit") else None
    if filters.get("unit") and unit is None:
        return Person.objects.none()
    people = list_people(
        unit=unit, body=filters.get("body", ""), membership_state=filters.get("membership_state", ""),
        state=filters.get("state", PersonState.ACTIVE),
    )  # fmt: skip
    people = people.exclude(state=PersonState.MERGED)
    for permission in (EXPORT, READ_SENSITIVE)[: 2 if is_sensitive else 1]:
        people = people.filter(pk__in=scope.people_in_reach(actor, permission).values("pk"))
    return people


def rows(person_ids: Sequence[uuid.UUID], columns: Sequence[str]) -> Iterator[list[Any]]:
    """The cells of these people, in this order. Two queries for every ``PAGE_SIZE`` of them."""
    names = unit_names()
    values = [EXPORT_COLUMNS[code].value for code in columns]
    held = Membership.objects.filter(ended_on=None)
    for start in range(0, len(person_ids), PAGE_SIZE):
        page = person_ids[start : start + PAGE_SIZE]
        found = Person.objects.filter(pk__in=page).prefetch_related(Prefetch("memberships", queryset=held))
        by_id = {person.pk: person for person in found}
        for person_id in page:
            if person := by_id.get(person_id):
                row = Row(person, {item.body: item for item in person.memberships.all()}, names)
                yield [value(row) for value in values]


def describe(filters: Mapping[str, Any]) -> str:
    """ "机关党委 · 正式党员 · 在册"."""
    unit = Unit.objects.filter(pk=filters["unit"]).first() if filters.get("unit") else None
    body, state = filters.get("body", ""), filters.get("membership_state", "")
    known = state_of(body, state)
    person_state = filters.get("state", "")
    words = [
        unit.name if unit else "", str(known.label) if known else str(Body(body).label) if body in Body.values else "",
        str(PersonState(person_state).label) if person_state in PersonState.values else "",
    ]  # fmt: skip
    return " · ".join(word for word in words if word)


def is_downloadable(export: RosterExport, at: datetime) -> bool:
    expires_at = export.expires_at
    return export.state == RosterExport.State.READY and expires_at is not None and at < expires_at
