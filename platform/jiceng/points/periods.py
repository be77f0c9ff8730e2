"""When periods begin. Days are the tenant's."""

from __future__ import annotations

from datetime import date, timedelta

from .models import Period

# The beginning of everything: one row for each person.
EVER = date(2000, 1, 1)
# How many periods are kept, the present one included: boards show it and the one before. Years and the whole stay.
KEPT = {Period.WEEK: 2, Period.MONTH: 2, Period.QUARTER: 2}


def start_of(period: str, day: date) -> date:
    """The first day of the period that ``day`` lies in."""
    if period == Period.WEEK:
        return day - timedelta(days=day.weekday())
    if period == Period.MONTH:
        return day.replace(day=1)
    if period == Period.QUARTER:
        return day.replace(month=day.month - (day.month - 1) % 3, day=1)
    return day.replace(month=1, day=1) if period == Period.YEAR else EVER


def previous(period: str, start: date) -> date:
    """The period before the one that begins on ``start``; of the whole, the whole."""
    return EVER if period == Period.ALL else start_of(period, start - timedelta(days=1))


def oldest_kept(period: str, today: date) -> date:
    """Where boards of ``period`` begin to be kept."""
    if period not in KEPT:
        return EVER
    start = start_of(period, today)
    for _step in range(KEPT[Period(period)] - 1):
        start = previous(period, start)
    return start
