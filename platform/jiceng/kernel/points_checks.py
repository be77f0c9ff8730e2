"""What a points rule may say, and what no rule may ever reward."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from .manifest import POINTS_METRICS, PointsRule
from .registry import Registry

# Nobody earns points by being there, by attention, or by hours that would become an appraisal. Judged by the words of the
# rule's code, metric and event names, so that a harmless label cannot hide one.
FORBIDDEN_WORDS = frozenset({
    "login", "logins", "logon", "signin", "checkin", "checkins", "punch", "clockin", "online", "presence", "active",
    "duration", "seconds", "minutes", "streak", "like", "likes", "liked", "reaction", "reacted", "share", "shares", "shared",
    "forward", "forwarded", "install", "installs", "installed", "follow", "followed", "invite", "invited", "visit", "visited",
})  # fmt: skip
FORBIDDEN_PAIRS = frozenset({
    ("logged", "in"), ("log", "in"), ("signed", "in"), ("sign", "in"), ("checked", "in"), ("check", "in"),
    ("clocked", "in"), ("study", "hours"), ("hours", "studied"), ("learning", "hours"),
})  # fmt: skip


def problems(module: str, rule: PointsRule, registry: Registry) -> Iterator[str]:
    """Every fault of one rule, as sentences."""
    named = f"points rule {rule.code!r}"
    event = registry.events.get(rule.event)
    if event is None:
        yield f"{named} waits for unknown event {rule.event!r}"
        return
    if not rule.code.startswith(f"{module}."):
        yield f"{named} must begin with {module!r}"
    if rule.undone_by and rule.undone_by not in registry.events:
        yield f"{named} is undone by unknown event {rule.undone_by!r}"
    elif rule.undone_by:
        yield from _payload_problems(named, rule, registry.events[rule.undone_by].payload)
    yield from _payload_problems(named, rule, event.payload)
    yield from _number_problems(named, rule)
    if rule.metric not in POINTS_METRICS:
        yield f"{named} rewards {rule.metric!r}, which is none of {sorted(POINTS_METRICS)}"
    for text in (rule.code, rule.metric, rule.event):
        if word := forbidden_word(text):
            yield f"{named} must not reward {word!r}"


def forbidden_word(text: str) -> str:
    """What of ``text``, a code or an event's name, no rule may reward; ``""`` when it is harmless."""
    words = [word for word in re.split(r"[^a-z]+", text.lower()) if word]
    for word in words:
        if word in FORBIDDEN_WORDS:
            return word
    pairs = [pair for pair in pairwise(words) if pair in FORBIDDEN_PAIRS]
    return " ".join(pairs[0]) if pairs else ""


def _payload_problems(named: str, rule: PointsRule, payload: object) -> Iterator[str]:
    keys = set(payload) if isinstance(payload, dict) else set()
    if not keys & {rule.person, "user_id"}:
        yield f"{named}: the payload names nobody, neither {rule.person!r} nor 'user_id'"
    if rule.subject not in keys:
        yield f"{named}: the payload has no {rule.subject!r} to count once for"
    for key in re.findall(r"{(\w+)}", rule.link):
        if key not in keys:
            yield f"{named}: the payload has no {key!r} for the link"


def _number_problems(named: str, rule: PointsRule) -> Iterator[str]:
    if not 1 <= rule.minimum <= rule.points <= rule.maximum:
        yield f"{named}: points must lie within 1 <= minimum <= points <= maximum"
    if rule.daily_cap < rule.points:
        yield f"{named}: the cap of a day must hold at least one award"
    if rule.yearly_cap is not None and rule.yearly_cap < rule.daily_cap:
        yield f"{named}: the cap of a year must hold at least that of a day"
