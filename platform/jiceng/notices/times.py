"""When somebody may be disturbed: quiet hours, shifts at the window, the daily digest. Pure arithmetic."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

# Whoever is never free within a week is told at once rather than never.
_LOOK_AHEAD = 20


@dataclass(frozen=True, slots=True)
class Shift:
    """Serving the public on ``weekday`` (0: Monday) from ``starts_at`` up to ``ends_at``, the same day."""

    weekday: int
    starts_at: time
    ends_at: time


@dataclass(frozen=True, slots=True)
class Times:
    """Local times. ``quiet_from``/``quiet_to``: half-open, may cross midnight; equal means none. ``digest_at``: ``None`` for no digest."""

    quiet_from: time
    quiet_to: time
    digest_at: time | None = None
    shifts: tuple[Shift, ...] = field(default=())

    def due(self, at: datetime, zone: ZoneInfo, *, is_urgent: bool, is_mandatory: bool) -> datetime:
        """The first moment from ``at`` on at which a push may go out; in the zone of ``at``.

        Urgent ones wait for the end of a shift only. Mandatory ones are not put off to the digest.
        """
        moment = at.astimezone(zone)
        if self.digest_at is not None and not is_urgent and not is_mandatory:
            moment = _next(moment, self.digest_at)
        for _round in range(_LOOK_AHEAD):
            later = self._end_of_shift(moment) or (None if is_urgent else self._end_of_quiet(moment))
            if later is None:
                return moment.astimezone(at.tzinfo)
            moment = later
        return at

    def _end_of_shift(self, moment: datetime) -> datetime | None:
        for shift in self.shifts:
            if shift.weekday == moment.weekday() and shift.starts_at <= moment.time() < shift.ends_at:
                return _on(moment, shift.ends_at)
        return None

    def _end_of_quiet(self, moment: datetime) -> datetime | None:
        start, end, now = self.quiet_from, self.quiet_to, moment.time()
        quiet = start <= now < end if start <= end else now >= start or now < end
        return _next(moment, end) if quiet else None


def parse_time(text: str, default: time) -> time:
    """``"22:00"`` as a time; ``default`` for anything else."""
    try:
        return time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        return default


def overlapping(shifts: Iterable[Shift]) -> Shift | None:
    """The first shift that begins before another of the same day ends."""
    ordered = sorted(shifts, key=lambda shift: (shift.weekday, shift.starts_at))
    for one, following in itertools.pairwise(ordered):
        if one.weekday == following.weekday and following.starts_at < one.ends_at:
            return following
    return None


def _on(moment: datetime, clock_time: time) -> datetime:
    return moment.replace(hour=clock_time.hour, minute=clock_time.minute, second=0, microsecond=0)


def _next(moment: datetime, clock_time: time) -> datetime:
    """The next time the clock shows ``clock_time``, ``moment`` included."""
    today = _on(moment, clock_time)
    return today if today >= moment else today + timedelta(days=1)
