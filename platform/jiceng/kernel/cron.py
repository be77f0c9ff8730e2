"""Five-field cron expressions in the zone of the people served. The arithmetic is Celery's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from celery.schedules import ParseException, crontab

MINIMUM_MINUTES = 5


class BadCron(ValueError):
    """Not a cron expression, or one that comes due more often than every five minutes."""


def parse(expression: str) -> crontab:
    """Read five fields (minute hour day month weekday). Raises ``BadCron``."""
    fields = expression.split()
    if len(fields) != 5:
        raise BadCron(f"{expression!r} must have five fields")
    try:
        parsed = crontab(*fields[:2], day_of_week=fields[4], day_of_month=fields[2], month_of_year=fields[3])
    except (ParseException, ValueError) as error:
        raise BadCron(f"{expression!r}: {error}") from error
    minutes = sorted(parsed.minute)
    gaps = [later - earlier for earlier, later in zip(minutes, [*minutes[1:], minutes[0] + 60], strict=True)]
    if min(gaps) < MINIMUM_MINUTES:
        raise BadCron(f"{expression!r} comes due more often than every {MINIMUM_MINUTES} minutes")
    return parsed


def next_after(expression: str, moment: datetime, zone: str) -> datetime:
    """The first occurrence after ``moment`` (aware), read in ``zone``; aware, UTC."""
    schedule = parse(expression)
    local = moment.astimezone(ZoneInfo(zone))
    schedule.tz = local.tzinfo
    schedule.nowfun = lambda: local
    start, delta, _now = schedule.remaining_delta(local, tz=local.tzinfo)
    occurrence = start + delta
    return occurrence.astimezone(UTC)


def gap(expression: str, moment: datetime, zone: str) -> timedelta:
    """How far the two occurrences after ``moment`` lie apart."""
    first = next_after(expression, moment, zone)
    return next_after(expression, first, zone) - first
