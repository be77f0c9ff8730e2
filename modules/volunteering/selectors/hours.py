"""Verified hours, stars, certificates, and what waits to be verified."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.db.models import Count, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from jiceng.access.actor import Actor
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import Person
from jiceng.members.scope import people_in_reach

from .. import errors
from ..manifest.words import HOURS
from ..models import Certificate, HoursEntry, Shift, SignUp, SignUpState
from . import shifts as shift_reads
from .people import volunteer
from .reach import within

NOTHING = Decimal("0.0")
STARS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Standing:
    """``total``: all years; ``year_hours``: this year's; ``star``: 0 to 5; ``missing``: hours to the next, ``None`` at the top."""

    total: Decimal
    year_hours: Decimal
    star: int
    missing: Decimal | None
    needed: int
    is_yearly: bool

    @property
    def counting(self) -> Decimal:
        return self.year_hours if self.is_yearly else self.total

    @property
    def percent(self) -> int:
        """Of the way to the next star, rounded down."""
        return min(int(100 * max(self.counting, NOTHING) / self.needed), 100) if self.needed else 100


def standing(entries: QuerySet[HoursEntry]) -> QuerySet[HoursEntry]:
    """Those that count: neither taken back nor taking back."""
    return entries.filter(reverses=None, reversal=None).order_by()


def standing_of(person: Person, *, year: int) -> Standing:
    sums = HoursEntry.objects.filter(person=person).order_by().aggregate(
        total=Sum("hours"), year=Sum("hours", filter=Q(date__year=year))
    )  # fmt: skip
    total, of_year = sums["total"] or NOTHING, sums["year"] or NOTHING
    return _graded(total, of_year)


def thresholds() -> list[int]:
    """Hours for one star to five, ascending whatever the settings say."""
    settings = read_settings("volunteering")
    return sorted(getattr(settings, f"star_{star}_hours") for star in STARS)


def proposed(row: SignUp, shift: Shift) -> Decimal | None:
    """Hours between check-in (not before the beginning) and check-out, in halves; ``None`` where one is missing or nothing is left."""
    if row.checked_in_at is None or row.checked_out_at is None:
        return None
    seconds = (row.checked_out_at - max(row.checked_in_at, shift.starts_at)).total_seconds()
    rounding = ROUND_DOWN if read_settings("volunteering").rounds_down else ROUND_HALF_UP
    halves = (Decimal(int(seconds)) / 1800).quantize(Decimal(1), rounding)
    return min(halves / 2, Decimal(24)).quantize(Decimal("0.1")) if halves > 0 else None


def shifts_to_verify(actor: Actor, *, at: datetime, is_all: bool = False) -> QuerySet[Shift]:
    """Shifts within reach that have begun and have somebody to verify (all of them), the latest first.

    With ``present_count`` and ``verified_count``.
    """
    found = shift_reads.managed(actor, HOURS).filter(starts_at__lte=at, cancelled_at=None, joined_count__gt=0)
    verified = HoursEntry.objects.filter(shift=OuterRef("pk"), reverses=None, reversal=None).order_by().values("shift")
    verified_sum = Subquery(verified.annotate(n=Count("pk")).values("n"))
    present = Q(sign_ups__checked_in_at__isnull=False, sign_ups__state=SignUpState.JOINED)
    counted = found.annotate(
        present_count=Count("sign_ups", filter=present), verified_count=Coalesce(verified_sum, 0)
    )  # fmt: skip
    if not is_all:
        counted = counted.filter(present_count__gt=F("verified_count"))
    return counted.order_by("-starts_at", "id")


@dataclass(frozen=True, slots=True)
class Line:
    """One of a shift's people. ``hours``: what the times come to; ``entry``: what was verified."""

    row: SignUp
    hours: Decimal | None
    entry: HoursEntry | None


def lines_of(shift: Shift, rows: tuple[SignUp, ...]) -> list[Line]:
    """One each; one query for any number."""
    entries = standing(HoursEntry.objects.filter(shift=shift, person__in=[row.person_id for row in rows]))
    known = {entry.person_id: entry for entry in entries}
    return [Line(row, proposed(row, shift), known.get(row.person_id)) for row in rows]


def entries_of(person: Person) -> QuerySet[HoursEntry]:
    """The latest first; ``is_reversed`` where taken back."""
    taken_back = HoursEntry.objects.filter(reverses=OuterRef("pk"))
    return HoursEntry.objects.filter(person=person).annotate(is_reversed=Exists(taken_back)).order_by("-date", "-id")


def people(actor: Actor, *, words: str = "") -> QuerySet[Person]:
    """People within reach who have ever had hours, by name, with ``hours_sum``. No order by hours: this is no ranking."""
    sums = HoursEntry.objects.filter(person=OuterRef("pk")).order_by().values("person").annotate(n=Sum("hours"))
    found = people_in_reach(actor, HOURS).annotate(
        hours_sum=Subquery(sums.values("n"), output_field=DecimalField(max_digits=9, decimal_places=1))
    )
    found = found.filter(hours_sum__isnull=False).select_related("unit").order_by("pinyin", "name", "id")
    return found.filter(Q(name__icontains=words) | Q(search_key__icontains=words.lower())) if words else found


def get_person(*, person_id: uuid.UUID, actor: Actor) -> Person:
    """Raises ``PersonUnknown``, also for people out of reach."""
    found = people_in_reach(actor, HOURS).select_related("unit").filter(pk=person_id).first()
    if found is None:
        raise errors.PersonUnknown
    return found


def ledger(actor: Actor) -> QuerySet[HoursEntry]:
    """Entries of shifts within reach."""
    return HoursEntry.objects.filter(within(actor, HOURS, "shift__project__unit__path"))


def get_entry(*, entry_id: uuid.UUID, actor: Actor) -> HoursEntry:
    """Raises ``HoursMissing``, also for shifts out of reach."""
    entry = ledger(actor).select_related("person", "shift__project").filter(pk=entry_id).first()
    if entry is None:
        raise errors.HoursMissing
    return entry


def certificates_of(person: Person) -> QuerySet[Certificate]:
    return Certificate.objects.filter(person=person)


def own_certificate(*, certificate_id: uuid.UUID, actor: Actor) -> Certificate:
    """Raises ``CertificateMissing``, also for somebody else's."""
    found = Certificate.objects.filter(pk=certificate_id, person=volunteer(actor)).first()
    if found is None:
        raise errors.CertificateMissing
    return found


def get_certificate(*, certificate_id: uuid.UUID, actor: Actor) -> Certificate:
    """For staff. Raises ``CertificateMissing``, also for people out of reach."""
    reach = people_in_reach(actor, HOURS).order_by().values("pk")
    found = Certificate.objects.filter(pk=certificate_id, person__in=reach).first()
    if found is None:
        raise errors.CertificateMissing
    return found


def joined_rows(shift: Shift) -> QuerySet[SignUp]:
    found = SignUp.objects.filter(shift=shift, state=SignUpState.JOINED).select_related("person", "unit")
    return found.order_by("number", "id")


def sums_by_day(people_ids: list[uuid.UUID], day: date) -> Mapping[uuid.UUID, Decimal]:
    """Hours of each on one day, with what was taken back taken off."""
    rows = HoursEntry.objects.filter(person__in=people_ids, date=day).order_by().values("person")
    return {row["person"]: row["sum"] for row in rows.annotate(sum=Sum(F("hours")))}


def _graded(total: Decimal, of_year: Decimal) -> Standing:
    is_yearly = bool(read_settings("volunteering").stars_yearly)
    steps, counting = thresholds(), of_year if is_yearly else total
    star = sum(1 for hours in steps if counting >= hours)
    if star == len(steps):
        return Standing(total, of_year, star, None, 0, is_yearly)
    return Standing(total, of_year, star, Decimal(steps[star]) - counting, steps[star], is_yearly)
