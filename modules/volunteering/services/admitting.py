"""Who may ask for help without an account: forms that count once, and how many are taken. No address is ever kept.

A form carries a word of its own, signed for the tenant with the moment it was made: too young looks automatic, too old has
expired, used before is the same request again. Counters live in Redis; a network is known there by a digest with the day in it.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from datetime import datetime, timedelta

from jiceng.kernel.clock import local_zone
from jiceng.kernel.crypto import blind_index
from jiceng.kernel.errors import TooMany, Unavailable
from jiceng.kernel.limits import tally
from jiceng.kernel.module_settings import read as read_settings

from .. import errors

VALID, HOUR = timedelta(hours=2), 3600
LOOK_UPS, LOOK_UP_SECONDS = 10, 600


def new_form(*, at: datetime) -> str:
    """The hidden word of a form shown at ``at``."""
    body = f"{secrets.token_urlsafe(12)}.{int(at.timestamp())}"
    return f"{body}.{_mark(body)}"


def form_digest(token: str) -> bytes:
    """What a form is remembered by. Raises ``FormExpired`` for one that was not made here."""
    body, _dot, mark = token.rpartition(".")
    if not body or len(token) > 200 or not hmac.compare_digest(_mark(body).encode(), mark.encode("utf-8", "replace")):
        raise errors.FormExpired
    return blind_index(body, purpose="volunteering.token")


def require_human(token: str, trap: str, *, at: datetime) -> None:
    """Raises ``FormExpired``, ``LooksAutomatic``. The form's mark has been checked."""
    age = at - datetime.fromtimestamp(int(token.split(".")[-2]), tz=at.tzinfo)
    if age > VALID:
        raise errors.FormExpired
    if trap or age < timedelta(seconds=read_settings("volunteering").help_form_seconds):
        raise errors.LooksAutomatic


def network_of(address: str, *, at: datetime) -> str:
    """A network's name among the counters: the /24 or /56 around ``address``, digested with the day."""
    try:
        given = ipaddress.ip_address(address)
        wide = ipaddress.ip_network((given, 24 if given.version == 4 else 56), strict=False)
        name = str(wide.network_address)
    except ValueError:
        name = "unknown"
    day = at.astimezone(local_zone()).date()
    return blind_index(f"{day}|{name}", purpose="volunteering.network").hex()[:32]


def count_request(address: str, *, at: datetime) -> None:
    """Count one request. Raises ``TooManyRequests`` beyond the limits, ``Unavailable`` where nobody can count."""
    rules = read_settings("volunteering")
    limits = {
        f"volunteering:network:{network_of(address, at=at)}": rules.help_per_network,
        "volunteering:help": rules.help_per_hour,
    }
    for key, limit in limits.items():  # the network first: what it sends too much uses up nothing of the others
        found = tally(key, window_seconds=HOUR)
        if found is None:
            raise Unavailable
        if found.count > limit:
            raise errors.TooManyRequests(retry_after=found.reset_seconds)


def count_look_up(address: str, number: str, *, at: datetime) -> None:
    """Ten look-ups in ten minutes, from a network and for a number. Raises ``TooMany``, ``Unavailable``."""
    name = blind_index(number, purpose="volunteering.look_up").hex()[:32]
    for key in (f"volunteering:look:{network_of(address, at=at)}", f"volunteering:receipt:{name}"):
        found = tally(key, window_seconds=LOOK_UP_SECONDS)
        if found is None:
            raise Unavailable
        if found.count > LOOK_UPS:
            raise TooMany(retry_after=found.reset_seconds)


def _mark(body: str) -> str:
    return blind_index(body, purpose="volunteering.form").hex()[:40]
