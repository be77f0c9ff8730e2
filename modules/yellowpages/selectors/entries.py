"""Entries as members, visitors and editors see them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.files.models import StoredFile
from jiceng.kernel.module_settings import read as read_settings

from .. import errors
from ..models import Category, Correction, CorrectionState, Entry, EntryState, Favourite, Register, SpecialDay
from . import opening

READ, MANAGE = "yellowpages.read", "yellowpages.manage"
DAYS_A_MONTH = 30


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with what depends on the moment. ``is_stale``: nobody verified it for long."""

    entry: Entry
    status: opening.Status
    is_stale: bool


def visible(actor: Actor) -> QuerySet[Entry]:
    """Listed entries: all for who may read, public ones for visitors."""
    found = Entry.objects.filter(state=EntryState.LISTED)
    return found if policy.may(actor, READ) else found.filter(is_public=True)


def search(actor: Actor, *, words: str = "", category: str = "", only_favourites: bool = False) -> QuerySet[Entry]:
    """By name, pinyin, initials, tag or address; every word must fit. With lines and openings fetched."""
    found = visible(actor)
    for word in words.lower().split()[:5]:
        found = found.filter(search_key__contains=word)
    if category:
        found = found.filter(category__pk=category)
    mine = Favourite.objects.filter(user=actor.user, entry=OuterRef("pk"))
    found = found.annotate(is_favourite=Exists(mine))
    if only_favourites:
        found = found.filter(is_favourite=True)
    return found.select_related("category", "photo").prefetch_related("lines", "openings").order_by("pinyin", "id")


def shown(entries: list[Entry] | tuple[Entry, ...], at: datetime) -> list[Shown]:
    """The same with what depends on the moment. One query, whatever their number."""
    days, limit = opening.special_days(at), stale_before(at.date())
    return [Shown(entry, opening.status_of(entry, at, days), entry.verified_on < limit) for entry in entries]


def get_entry(*, entry_id: uuid.UUID, actor: Actor) -> Entry:
    """Raises ``EntryMissing``, ``EntryClosed`` for places that are no more."""
    entry = (
        Entry.objects.select_related("category", "photo", "keeper").prefetch_related("lines", "openings")
        .filter(pk=entry_id).first()
    )  # fmt: skip
    if entry is None or not (entry.is_public or policy.may(actor, READ)):
        raise errors.EntryMissing
    if not entry.is_listed and not policy.may(actor, MANAGE):
        raise errors.EntryClosed
    return entry


def is_favourite(entry: Entry, actor: Actor) -> bool:
    return actor.user is not None and Favourite.objects.filter(entry=entry, user=actor.user).exists()


def hours_in_words(entry: Entry) -> list[str]:
    """A line for each group of days with equal hours."""
    words = opening.format_hours([(row.weekday, row.opens, row.closes) for row in entry.openings.all()])
    return [f"周{line}" for line in words.split("；") if line]


def map_url(entry: Entry) -> str:
    """Where a map shows it (https://lbs.amap.com/api/uri-api); ``""`` where that is off or nobody knows the place."""
    if entry.latitude is None or not read_settings("yellowpages").map_links:
        return ""
    query = {"position": f"{entry.longitude},{entry.latitude}", "name": entry.name}
    return f"https://uri.amap.com/marker?{urlencode(query, safe=',')}"


def is_keeper(entry: Entry, actor: Actor) -> bool:
    return actor.user is not None and entry.keeper_id == actor.user.pk


def photo_of(*, entry_id: uuid.UUID, actor: Actor) -> StoredFile:
    """Raises ``EntryMissing``, also where there is none."""
    photo = get_entry(entry_id=entry_id, actor=actor).photo
    if photo is None:
        raise errors.EntryMissing
    return photo


def get_category(*, category_id: uuid.UUID) -> Category:
    """Raises ``CategoryMissing``."""
    category = Category.objects.filter(pk=category_id).first()
    if category is None:
        raise errors.CategoryMissing
    return category


def categories(*, only_public: bool = False) -> QuerySet[Category]:
    """With ``entry_count`` of listed entries."""
    counted = Q(entries__state=EntryState.LISTED)
    if only_public:
        counted &= Q(entries__is_public=True)
    return Category.objects.annotate(entry_count=Count("entries", filter=counted)).order_by("position", "name")


def categories_plain() -> QuerySet[Category]:
    """The same without grouping, for lists that page by position."""
    listed = Entry.objects.filter(category=OuterRef("pk"), state=EntryState.LISTED).order_by().values("category")
    return Category.objects.annotate(entry_count=Coalesce(Subquery(listed.annotate(n=Count("*")).values("n")), 0))


def managed(*, words: str = "", category: str = "", show: str = "", today: date | None = None) -> QuerySet[Entry]:
    """All entries for editors. ``show``: ``stale``, ``closed``, ``public`` or everything."""
    found = Entry.objects.select_related("category", "keeper").prefetch_related("lines", "openings")
    if words:
        found = found.filter(search_key__contains=words.lower())
    if category:
        found = found.filter(category__pk=category)
    if show == "closed":
        return found.filter(state=EntryState.CLOSED)
    if show == "public":
        found = found.filter(is_public=True)
    if show == "stale" and today:
        found = found.filter(state=EntryState.LISTED, verified_on__lt=stale_before(today))
    return found


def stale(today: date) -> list[Entry]:
    """Listed entries that nobody verified for long, the oldest first."""
    rows = Entry.objects.filter(state=EntryState.LISTED, verified_on__lt=stale_before(today))
    return list(rows.order_by("verified_on", "id"))


def stale_before(today: date) -> date:
    return today - timedelta(days=DAYS_A_MONTH * read_settings("yellowpages").stale_after_months)


def register_version() -> int:
    """Grows with every change that readers may see."""
    return Register.objects.filter(pk="entries").values_list("version", flat=True).first() or 1


def corrections(*, show: str = "open") -> QuerySet[Correction]:
    found = Correction.objects.select_related("entry", "entry__category")
    return found.filter(state=CorrectionState.OPEN) if show == "open" else found.exclude(state=CorrectionState.OPEN)


def all_corrections() -> QuerySet[Correction]:
    return Correction.objects.select_related("entry")


def get_correction(*, correction_id: uuid.UUID) -> Correction:
    """Raises ``CorrectionMissing``."""
    found = Correction.objects.select_related("entry", "entry__category").filter(pk=correction_id).first()
    if found is None:
        raise errors.CorrectionMissing
    return found


def days(since: date) -> QuerySet[SpecialDay]:
    return SpecialDay.objects.filter(date__gte=since)


def may_open_photo(*, actor: Actor, owner_id: str) -> bool:
    """Whether an entry's photo may be seen."""
    return Entry.objects.filter(pk=owner_id).filter(Q(is_public=True) if not policy.may(actor, READ) else Q()).exists()


def count_listed() -> int:
    return Entry.objects.filter(state=EntryState.LISTED).count()


def has_entries() -> bool:
    return Entry.objects.exists()
