"""When an attempt is worth making, and what an answer means."""

from __future__ import annotations

import random
from datetime import timedelta
from enum import StrEnum

# Waits after the first, second, … failed attempt: ten attempts in a little more than three days.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
SPREAD = 0.1
LONGEST_ASKED = timedelta(hours=24)
FAILING_MOST = timedelta(days=5)
WARN_AFTER = timedelta(days=1)


class Verdict(StrEnum):
    DELIVERED = "delivered"
    GONE = "gone"
    AGAIN = "again"


def verdict(status: int | None) -> Verdict:
    """2xx: has it. 410: wants no more. Anything else, redirects included, and no answer: again."""
    if status is not None and 200 <= status < 300:
        return Verdict.DELIVERED
    return Verdict.GONE if status == 410 else Verdict.AGAIN


def wait_after(attempt: int, *, asked: str = "") -> timedelta | None:
    """The wait after failed attempt ``attempt`` (from 1), give or take a tenth; ``None`` when that was the last.

    ``asked``: the answer's ``Retry-After`` in seconds, followed where it is longer, up to a day.
    """
    if attempt > len(WAITS):
        return None
    wait = WAITS[attempt - 1] * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311  spreads load, keeps no secret
    if asked.isascii() and asked.isdigit() and len(asked) <= 6:
        wait = max(wait, min(timedelta(seconds=int(asked)), LONGEST_ASKED))
    return wait
