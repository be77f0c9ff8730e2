"""Entries as their owner and administrators see them."""

from __future__ import annotations

import uuid
from datetime import date

from django.db.models import Exists, F, OuterRef, QuerySet

from jiceng.access.actor import Actor
from jiceng.members.models import Person, PersonState
from jiceng.members.scope import people_in_reach

from .. import errors
from ..manifest import MANAGE
from ..models import Appeal, Entry, Flag, FlagState, Tally
from .rules import label_of


def owner(actor: Actor) -> Person | None:
    """The active person whose login this is."""
    if actor.user is None:
        return None
    return Person.objects.select_related("unit").filter(user=actor.user, state=PersonState.ACTIVE).first()


def require_owner(actor: Actor) -> Person:
    """The same. Raises ``NotOnRoster``."""
    person = owner(actor)
    if person is None:
        raise errors.NotOnRoster
    return person


def entries_of(person: Person) -> QuerySet[Entry]:
    """Newest first, with ``is_reversed``."""
    return _marked(Entry.objects.filter(person=person))


def managed(
    actor: Actor, *, words: str = "", rule: str = "", start: date | None = None, end: date | None = None
) -> QuerySet[Entry]:  # fmt: skip
    """Entries of people within reach, newest first. ``words``: of a name; ``end``: included."""
    found = Entry.objects.filter(person__in=people_in_reach(actor, MANAGE).values("pk")).select_related(
        "person", "unit"
    )
    if words:
        found = found.filter(person__name__icontains=words)
    if rule:
        found = found.filter(rule=rule)
    if start:
        found = found.filter(day__gte=start)
    return _marked(found.filter(day__lte=end) if end else found)


def get_entry(*, entry_id: uuid.UUID, actor: Actor) -> Entry:
    """Raises ``EntryMissing``, also for people out of reach."""
    entry = managed(actor).filter(pk=entry_id).first()
    if entry is None:
        raise errors.EntryMissing
    return entry


def get_person(*, person_id: uuid.UUID, actor: Actor) -> Person:
    """Raises ``PersonMissing``, also for people out of reach."""
    rows = people_in_reach(actor, MANAGE).filter(state=PersonState.ACTIVE).select_related("unit")
    person = rows.filter(pk=person_id).first()
    if person is None:
        raise errors.PersonMissing
    return person


def missed_today(person: Person, day: date) -> list[tuple[str, int]]:
    """Rules whose cap was reached today: label, how often nothing was given."""
    rows = Tally.objects.filter(person=person, period="day", starts_on=day, missed__gt=0)
    return [(label_of(code), missed) for code, missed in rows.values_list("rule", "missed")]


def appeals_of(person: Person) -> QuerySet[Appeal]:
    return Appeal.objects.filter(person=person).select_related("entry", "correction")


def appeals(actor: Actor) -> QuerySet[Appeal]:
    """Of people within reach; those that wait come first, the longest waiting before the others."""
    within = people_in_reach(actor, MANAGE).values("pk")
    found = Appeal.objects.filter(person__in=within).select_related("person", "entry", "correction")
    return found.order_by(F("answered_at").desc(nulls_first=True), "created_at")


def get_appeal(*, appeal_id: uuid.UUID, actor: Actor) -> Appeal:
    """Raises ``AppealMissing``, also for people out of reach."""
    appeal = appeals(actor).filter(pk=appeal_id).first()
    if appeal is None:
        raise errors.AppealMissing
    return appeal


def flags(actor: Actor) -> QuerySet[Flag]:
    """What nobody has looked at yet, of people within reach."""
    within = people_in_reach(actor, MANAGE).values("pk")
    return Flag.objects.filter(person__in=within, state=FlagState.OPEN).select_related("person", "person__unit")


def _marked(rows: QuerySet[Entry]) -> QuerySet[Entry]:
    return rows.annotate(is_reversed=Exists(Entry.objects.filter(reverses=OuterRef("pk"))))
