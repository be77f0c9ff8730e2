"""Class hours: a person's year, and how far everybody within reach is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.members.models import Person, PersonState

from .. import errors
from ..manifest.words import HOURS
from ..models import HoursEntry, HoursKind
from .targets import Target, targets_of

NOTHING = Decimal("0.0")


@dataclass(frozen=True, slots=True)
class Standing:
    """One person's year. ``kinds``: label and hours, without the kinds that have none."""

    person: Person
    year: int
    done: Decimal
    target: Target
    centralised: int = 0
    kinds: tuple[tuple[str, Decimal], ...] = ()

    @property
    def gap(self) -> Decimal:
        return max(Decimal(self.target.hours) - self.done, NOTHING)

    @property
    def percent(self) -> int:
        """Rounded down: 100 only when the target is reached."""
        return min(int(100 * max(self.done, NOTHING) / self.target.hours), 100) if self.target.hours else 100

    @property
    def lacks_centralised(self) -> bool:
        return self.centralised < self.target.centralised_count


def entries_of(person: Person, year: int) -> QuerySet[HoursEntry]:
    """A person's entries, the latest first; ``is_reversed`` where taken back."""
    taken_back = HoursEntry.objects.filter(reverses=OuterRef("pk"))
    return HoursEntry.objects.filter(person=person, year=year).annotate(is_reversed=Exists(taken_back))


def standing_of(person: Person, *, year: int) -> Standing:
    """What counts by kind: an entry that was taken back counts for nothing, and neither does what took it back."""
    counting = entries_of(person, year).filter(reversal=None, reverses=None).order_by()
    found = {row["kind"]: row["sum"] for row in counting.values("kind").annotate(sum=Sum("hours"))}
    kinds = tuple((str(label), found[code]) for code, label in HoursKind.choices if code in found)
    central = counting.filter(is_centralised=True).count()
    return Standing(person, year, sum(found.values(), NOTHING), targets_of([person], year)[person.pk], central, kinds)


def forecast(standing: Standing, *, on: date) -> Decimal:
    """Hours at the end of the year if it goes on as so far: done × days of the year ÷ days gone by."""
    first, last = date(standing.year, 1, 1), date(standing.year, 12, 31)
    gone = (min(max(on, first), last) - first).days + 1
    return (standing.done * ((last - first).days + 1) / gone).quantize(Decimal("0.1"))


def people_in_reach(actor: Actor) -> QuerySet[Person]:
    """Active people in whose units ``actor`` looks after hours, by name."""
    paths = policy.unit_paths(actor, HOURS)
    people = Person.objects.filter(state=PersonState.ACTIVE).select_related("unit").order_by("pinyin", "name", "id")
    if paths is None:
        return people
    reach = Q(pk=None)
    for path in paths:
        reach |= Q(unit__path__startswith=path)
    return people.filter(reach)


def standings(people: Sequence[Person], *, year: int) -> list[Standing]:
    """One each, in the order given; three queries for any number. Without kinds."""
    entries = HoursEntry.objects.filter(person__in=people, year=year, reverses=None, reversal=None).order_by()
    sums = {
        row["person"]: row
        for row in entries.values("person").annotate(sum=Sum("hours"))
    }  # fmt: skip
    central: dict[uuid.UUID, int] = {}
    for pk in entries.filter(is_centralised=True).values_list("person", flat=True):
        central[pk] = central.get(pk, 0) + 1
    targets = targets_of(people, year)
    return [
        Standing(
            person, year, sums[person.pk]["sum"] if person.pk in sums else NOTHING, targets[person.pk],
            central.get(person.pk, 0),
        )
        for person in people
    ]  # fmt: skip


def table_of(*, year: int, actor: Actor) -> list[tuple[str, ...]]:
    """Name, unit, target, why, done, gap, centralised trainings: as text."""
    people = list(people_in_reach(actor))
    found = [one for start in range(0, len(people), 1000) for one in standings(people[start : start + 1000], year=year)]
    return [
        (
            one.person.name, one.person.unit.name if one.person.unit else _("未分配"), str(one.target.hours),
            one.target.reason, str(one.done), str(one.gap), str(one.centralised),
        )
        for one in found
    ]  # fmt: skip


def ledger(actor: Actor) -> QuerySet[HoursEntry]:
    """Every entry of people within reach."""
    return HoursEntry.objects.filter(person__in=people_in_reach(actor).order_by().values("pk"))


def get_learner(*, person_id: uuid.UUID, actor: Actor) -> Person:
    """Raises ``LearnerMissing``, also for people out of reach."""
    person = people_in_reach(actor).filter(pk=person_id).first()
    if person is None:
        raise errors.LearnerMissing
    return person


def get_entry(*, entry_id: uuid.UUID, actor: Actor) -> HoursEntry:
    """Raises ``HoursMissing``, also for people out of reach."""
    entry = ledger(actor).select_related("person__unit").filter(pk=entry_id).first()
    if entry is None:
        raise errors.HoursMissing
    return entry
