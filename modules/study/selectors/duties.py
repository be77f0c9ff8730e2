"""Trainings that begin with an office or with joining, and whether they were had."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from jiceng.kernel.months import months_after
from jiceng.members.bodies import PARTY_MEMBER_STATES
from jiceng.members.models import Membership, Person, Post, PostKind

from ..models import HoursEntry, HoursKind
from .plans import Plan

TRAINING = (HoursKind.OFFLINE, HoursKind.MANUAL)


@dataclass(frozen=True, slots=True)
class Duty:
    """A training due from ``since`` to ``until``, both included. ``state``: met, open or late."""

    label: str
    since: date
    until: date
    state: str


def duties_of(people: Sequence[Person], *, plan: Plan, on: date) -> dict[uuid.UUID, tuple[Duty, ...]]:
    """Those whose time touches the plan's year; three queries for any number of people.

    A secretary's is met by a centralised training, a new member's by any training in a room or entered by hand.
    """
    wanted = [*_of_secretaries(people, plan), *_of_members(people, plan)]
    entries = HoursEntry.objects.filter(
        Q(is_centralised=True) | Q(kind__in=TRAINING),
        person__in=[row[0] for row in wanted],
        reverses=None,
        reversal=None,
    )
    held: dict[uuid.UUID, list[tuple[date, bool]]] = {}
    for person_id, day, is_central in entries.values_list("person", "date", "is_centralised"):
        held.setdefault(person_id, []).append((day, is_central))
    found: dict[uuid.UUID, tuple[Duty, ...]] = {}
    for person_id, label, since, until, needs_central in wanted:
        days = held.get(person_id, ())
        met = any(since <= day <= until and (is_central or not needs_central) for day, is_central in days)
        duty = Duty(label, since, until, "met" if met else "late" if until < on else "open")
        found[person_id] = (*found.get(person_id, ()), duty)
    return found


def _of_secretaries(people: Sequence[Person], plan: Plan) -> list[tuple[uuid.UUID, str, date, date, bool]]:
    first, last = date(plan.year, 1, 1), date(plan.year, 12, 31)
    posts = Post.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=first), person__in=people, unit__tree="party", kind=PostKind.SECRETARY,
        started_on__lte=last,
    ).select_related("unit")  # fmt: skip
    rows = []
    for post in posts:
        until = months_after(post.started_on, plan.new_secretary_months)
        if until >= first:
            label = _("新任%(unit)s%(post)s，%(count)d 个月内参加集中培训") % {
                "unit": post.unit.name, "post": post.name, "count": plan.new_secretary_months,
            }  # fmt: skip
            rows.append((post.person_id, label, post.started_on, until, True))
    return rows


def _of_members(people: Sequence[Person], plan: Plan) -> list[tuple[uuid.UUID, str, date, date, bool]]:
    first, last = date(plan.year, 1, 1), date(plan.year, 12, 31)
    joined = Membership.objects.filter(
        Q(ended_on=None) | Q(ended_on__gte=first), person__in=people, body="party", state__in=PARTY_MEMBER_STATES
    )
    rows = []
    for membership in joined:
        since = membership.confirmed_on or membership.started_on
        if since is None or since > last:
            continue
        until = months_after(since, plan.new_member_months)
        if until >= first:
            label = _("新党员，%(count)d 个月内参加培训") % {"count": plan.new_member_months}
            rows.append((membership.person_id, label, since, until, False))
    return rows
