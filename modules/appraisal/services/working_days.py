"""Deadlines in working days."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from jiceng.kernel.clock import local_zone


def end_of_working_day(at: datetime, *, days: int, holidays: Iterable[str] = ()) -> datetime:
    """The end of the ``days``-th working day after the day of ``at``, in the tenant's zone; as UTC.

    ``holidays``: ISO dates that do not count, as weekends do not; others are passed over.
    """
    closed = {found for text in holidays if (found := _day(text)) is not None}
    day, left = at.astimezone(local_zone()).date(), days
    while left:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in closed:
            left -= 1
    return datetime.combine(day + timedelta(days=1), time(), local_zone()).astimezone(UTC)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
