"""Whether a place is open, and when it opens next. Pure: rows in, answer out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from jiceng.kernel.clock import local_zone

from ..models import Entry, Opening, SpecialDay
from ..models.opening import MIDNIGHT

AHEAD = 8


@dataclass(frozen=True, slots=True)
class Status:
    """``is_open``: ``None`` where nothing is known. ``until``/``opens_at``: in the tenant's zone. ``holiday``: its name today."""

    is_open: bool | None
    until: datetime | None = None
    opens_at: datetime | None = None
    holiday: str = ""

    @property
    def until_words(self) -> str:
        """``17:00``; midnight is ``24:00``."""
        return "" if self.until is None else "24:00" if self.until.time() == MIDNIGHT else f"{self.until:%H:%M}"


def special_days(at: datetime) -> dict[date, SpecialDay]:
    """Those of the coming days. One query."""
    today = at.astimezone(local_zone()).date()
    rows = SpecialDay.objects.filter(date__gte=today, date__lte=today + timedelta(days=AHEAD))
    return {row.date: row for row in rows}


def status_of(entry: Entry, at: datetime, days: Mapping[date, SpecialDay]) -> Status:
    """``entry`` with its ``openings`` fetched."""
    if entry.is_always_open:
        return Status(True)
    openings = list(entry.openings.all())
    local = at.astimezone(local_zone())
    special = days.get(local.date()) if entry.keeps_holidays else None
    holiday = special.label if special and special.follows_weekday is None else ""
    if not openings:
        return Status(None, holiday=holiday)
    for row in _on(local.date(), openings, entry, days):
        if row.holds(local.time()):
            closes = datetime.combine(local.date(), row.closes, local.tzinfo)
            return Status(True, until=closes + timedelta(days=1) if row.closes == MIDNIGHT else closes)
    return Status(False, opens_at=_next(local, openings, entry, days), holiday=holiday)


def _on(day: date, openings: Iterable[Opening], entry: Entry, days: Mapping[date, SpecialDay]) -> list[Opening]:
    special = days.get(day) if entry.keeps_holidays else None
    weekday = day.isoweekday() if special is None else special.follows_weekday
    return [row for row in openings if row.weekday == weekday]


def _next(local: datetime, openings: list[Opening], entry: Entry, days: Mapping[date, SpecialDay]) -> datetime | None:
    for ahead in range(AHEAD):
        day = local.date() + timedelta(days=ahead)
        for row in _on(day, openings, entry, days):
            opens = datetime.combine(day, row.opens, local.tzinfo)
            if opens > local:
                return opens
    return None


def format_hours(rows: Sequence[tuple[int, time, time]]) -> str:
    """What ``services.cleaning.parse_hours`` reads, days with equal hours together."""
    by_day: dict[int, str] = {}
    for day, opens, closes in sorted(rows):
        end = "24:00" if closes == MIDNIGHT else f"{closes:%H:%M}"
        by_day[day] = f"{by_day.get(day, '')} {opens:%H:%M}-{end}".strip()
    names = "一二三四五六日"
    groups: list[tuple[list[int], str]] = []
    for day, words in by_day.items():
        if groups and groups[-1][1] == words and groups[-1][0][-1] == day - 1:
            groups[-1][0].append(day)
        else:
            groups.append(([day], words))
    return "；".join(
        f"{names[days[0] - 1]}{'至' + names[days[-1] - 1] if len(days) > 1 else ''} {words}" for days, words in groups
    )
