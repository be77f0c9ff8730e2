"""Counting in months."""

from __future__ import annotations

import calendar
from datetime import date, timedelta


def months_after(day: date, months: int) -> date:
    """The last day of a time of ``months`` months that begins on ``day``: a month from 23 November ends on 22 December.

    Where the month is too short for the day, on its last one: a month from 31 January ends on 28 February.
    """
    count = day.month - 1 + months
    year, month = day.year + count // 12, count % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, day.day) - timedelta(days=1) if day.day <= last else date(year, month, last)
