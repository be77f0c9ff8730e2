"""When a push may go out: quiet hours, shifts, digests."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from jiceng.notices.times import Shift, Times, overlapping, parse_time

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = Times(time(22), time(7))
WINDOW = Times(time(22), time(7), shifts=(Shift(0, time(9), time(12)), Shift(0, time(13, 30), time(17))))
DIGEST = Times(time(22), time(7), digest_at=time(18))
NEVER_FREE = Times(time(0), time(0), shifts=tuple(Shift(day, time(0), time(23, 59)) for day in range(7)))


def local(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of May 2031; the 5th is a Monday."""
    return datetime(2031, 5, day, hour, minute, tzinfo=ZONE)


CASES = {
    "by day at once": (NIGHT, local(5, 10), {}, local(5, 10)),
    "late evening waits for the morning": (NIGHT, local(5, 22), {}, local(6, 7)),
    "after midnight waits for the same morning": (NIGHT, local(5, 0, 30), {}, local(5, 7)),
    "the end is outside": (NIGHT, local(5, 7), {}, local(5, 7)),
    "mandatory waits for the morning too": (NIGHT, local(5, 23), {"is_mandatory": True}, local(6, 7)),
    "urgent does not wait for the morning": (NIGHT, local(5, 23), {"is_urgent": True}, local(5, 23)),
    "equal ends are no quiet hours": (Times(time(22), time(22)), local(5, 23), {}, local(5, 23)),
    "quiet hours within a day": (Times(time(12), time(14)), local(5, 13), {}, local(5, 14)),
    "a shift": (WINDOW, local(5, 9, 5), {}, local(5, 12)),
    "between two shifts": (WINDOW, local(5, 12, 30), {}, local(5, 12, 30)),
    "no shift on Tuesday": (WINDOW, local(6, 9, 5), {}, local(6, 9, 5)),
    "urgent waits for the end of a shift": (WINDOW, local(5, 14), {"is_urgent": True}, local(5, 17)),
    "the digest of today": (DIGEST, local(5, 10), {}, local(5, 18)),
    "the digest of tomorrow": (DIGEST, local(5, 18, 1), {}, local(6, 18)),
    "mandatory is not put into the digest": (DIGEST, local(5, 10), {"is_mandatory": True}, local(5, 10)),
    "quiet, then on duty": (
        Times(time(22), time(8), shifts=(Shift(0, time(8), time(11)),)), local(5, 6), {}, local(5, 11),
    ),
    "a shift up to the quiet hours": (
        Times(time(17), time(8), shifts=(Shift(0, time(9), time(17)),)), local(5, 10), {}, local(6, 8),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_when_it_is_due(name):
    times, at, kind, due = CASES[name]
    flags = {"is_urgent": False, "is_mandatory": False, **kind}
    assert times.due(at, ZONE, **flags) == due


def test_whoever_is_hardly_ever_free_still_gets_a_moment():
    at = local(5, 10)
    due = NEVER_FREE.due(at, ZONE, is_urgent=False, is_mandatory=False)
    assert due == local(5, 23, 59)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("21:30", time(21, 30)),
        (" 07:00 ", time(7)),
        ("25:00", time(22)),
        ("", time(22)),
        ("夜里", time(22)),
        ("08:00+08:00", time(8)),
    ],
)
def test_reading_times(text, read):
    assert parse_time(text, time(22)) == read


def test_shifts_that_overlap():
    first, second = Shift(0, time(9), time(12)), Shift(0, time(11), time(14))
    assert overlapping([second, first]) == second
    assert overlapping([first, Shift(1, time(9), time(12)), Shift(0, time(12), time(14))]) is None
