"""How many hours a year asks of somebody, and why: the highest of what applies to them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from jiceng.kernel import module_settings
from jiceng.members.bodies import PARTY_MEMBER_STATES
from jiceng.members.models import Membership, Person, Post, PostKind

OFFICERS = (
    PostKind.SECRETARY, PostKind.DEPUTY_SECRETARY, PostKind.ORGANISATION, PostKind.PUBLICITY, PostKind.DISCIPLINE,
    PostKind.YOUTH, PostKind.COMMITTEE_MEMBER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """``hours``: 0 where nothing is asked. ``centralised_count``: centralised trainings asked for."""

    hours: int
    reason: str
    centralised_count: int = 0


def targets_of(people: Sequence[Person], year: int) -> dict[uuid.UUID, Target]:
    """The target of each; two queries for any number. Posts and memberships held on any day of the year count."""
    settings = module_settings.read("study")
    first, last = date(year, 1, 1), date(year, 12, 31)
    not_over = Q(ended_on=None) | Q(ended_on__gte=first)
    posts = Post.objects.filter(
        not_over, person__in=people, unit__tree="party", kind__in=OFFICERS, started_on__lte=last
    ).select_related("unit")
    officers = {post.person_id: post for post in posts}
    begun = Q(started_on=None) | Q(started_on__lte=last)
    members = set(
        Membership.objects.filter(not_over, begun, person__in=people, body="party", state__in=PARTY_MEMBER_STATES)
        .values_list("person_id", flat=True)
    )  # fmt: skip
    found: dict[uuid.UUID, Target] = {}
    for person in people:
        choices = [Target(0, _("本年没有学时要求"))]
        if person.pk in members:
            choices.append(Target(settings.member_target_hours, _("党员")))
        if post := officers.get(person.pk):
            reason = _("%(unit)s%(post)s") % {"unit": post.unit.name, "post": post.name}
            choices.append(Target(settings.officer_target_hours, reason, settings.officer_centralised_count))
        found[person.pk] = max(choices, key=lambda choice: choice.hours)
    return found
