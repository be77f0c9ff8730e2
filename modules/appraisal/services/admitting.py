"""Who may answer: devices, forms that count once, and how many answers are taken. No address is ever kept.

* A *device* is a random word in a signed cookie; the database keeps only its digest with the point and the day in it, and
  only as long as the device may not answer again.
* A *form* carries a word of its own, signed for point and device with the moment it was made: too young looks automatic,
  too old has expired, used before is the same answer again.
* Counters per network and per point live in Redis for an hour. A network is known there by a digest with the day in it.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from datetime import date, datetime, timedelta

from jiceng.kernel.clock import local_zone
from jiceng.kernel.crypto import blind_index
from jiceng.kernel.errors import TooMany, Unavailable
from jiceng.kernel.limits import tally

from ..errors import survey as refusals

FORM_HOURS, HOUR = 2, 3600
LOOK_UPS, LOOK_UP_SECONDS = 10, 600


def new_device() -> str:
    """The value of a new device's cookie."""
    word = secrets.token_urlsafe(16)
    return f"{word}.{_seal('device', word)}"


def device_of(cookie: str) -> str:
    """The device's word; ``""`` for a cookie that is not ours."""
    word, _dot, mark = cookie.rpartition(".")
    return word if word and len(cookie) < 200 and _is_sealed("device", word, mark) else ""


def new_form(*, code: str, device: str, at: datetime) -> str:
    """The hidden word of a form for the point with ``code``, shown to ``device`` at ``at``."""
    body = f"{secrets.token_urlsafe(12)}.{int(at.timestamp())}"
    return f"{body}.{_seal('form', f'{code}|{device}|{body}')}"


def form_digest(token: str, *, code: str, device: str) -> bytes:
    """What a form is remembered by. Raises ``FormExpired`` for one that was not made for this point and device."""
    body, _dot, mark = token.rpartition(".")
    if not device or len(token) > 200 or not _is_sealed("form", f"{code}|{device}|{body}", mark):
        raise refusals.FormExpired
    return blind_index(body, purpose="appraisal.token")


def form_age(token: str, *, at: datetime) -> timedelta:
    """How long ago a form whose seal has been checked was shown."""
    return at - datetime.fromtimestamp(int(token.split(".")[-2]), tz=at.tzinfo)


def trace_of(device: str, *, point_id: object, day: date) -> bytes:
    """What is kept of a device for a day: useless for another point, and for another day."""
    return blind_index(f"{day}|{point_id}|{device}", purpose="appraisal.trace")


def network_of(address: str, *, at: datetime) -> str:
    """A network's name among the counters: the /24 or /56 around ``address``, digested with the day."""
    try:
        given = ipaddress.ip_address(address)
        given = getattr(given, "ipv4_mapped", None) or given  # ::ffff:203.0.113.7 is not in one /56 with everybody else
        wide = ipaddress.ip_network((given, 24 if given.version == 4 else 56), strict=False)
        name = str(wide.network_address)
    except ValueError:
        name = "unknown"
    day = at.astimezone(local_zone()).date()
    return blind_index(f"{day}|{name}", purpose="appraisal.network").hex()[:32]


def count_answer(*, point_id: object, network: str, point_limit: int, network_limit: int) -> bool:
    """Count one answer; whether it is within the limits. Raises ``Unavailable`` where nobody can count.

    What a network sends beyond its limit is not counted for the point: else one could shut it for everybody.
    """
    for name, limit in ((f"network:{network}", network_limit), (f"point:{point_id}", point_limit)):
        found = tally(f"appraisal:{name}", window_seconds=HOUR)
        if found is None:
            raise Unavailable
        if found.count > limit:
            return False
    return True


def count_look_up(*, network: str, receipt: str) -> None:
    """Ten look-ups in ten minutes, from a network and for a number. Raises ``TooMany``, ``Unavailable``."""
    name = blind_index(receipt, purpose="appraisal.look_up").hex()[:32]
    for key in (f"appraisal:look:{network}", f"appraisal:receipt:{name}"):
        found = tally(key, window_seconds=LOOK_UP_SECONDS)
        if found is None:
            raise Unavailable
        if found.count > LOOK_UPS:
            raise TooMany(retry_after=found.reset_seconds)


def _seal(purpose: str, value: str) -> str:
    return blind_index(value, purpose=f"appraisal.{purpose}").hex()[:40]


def _is_sealed(purpose: str, value: str, mark: str) -> bool:
    return hmac.compare_digest(_seal(purpose, value).encode(), mark.encode())
