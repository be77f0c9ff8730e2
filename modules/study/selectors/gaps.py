"""Who still lacks hours, found by the database: a list of any length costs one page."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Case, DecimalField, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce, Greatest

from jiceng.access.actor import Actor
from jiceng.members.bodies import PARTY_MEMBER_STATES
from jiceng.members.models import Membership, Person, Post, Unit
from jiceng.members.scope import units_in_reach

from ..manifest.words import HOURS
from ..models import HoursEntry, TargetReminder
from .hours import people_in_reach
from .plans import Plan, plan_for
from .targets import OFFICERS

BETWEEN = timedelta(days=7)
ORDERS = {
    "gap": ("-gap_hours", "pinyin", "id"),
    "least": ("gap_hours", "pinyin", "id"),
    "name": ("pinyin", "name", "id"),
}
_HOURS: Any = DecimalField(max_digits=7, decimal_places=1)


def with_gaps(people: QuerySet[Person], *, year: int) -> QuerySet[Person]:
    """``people`` with ``target_hours``, ``done_hours`` and ``gap_hours`` (0 when reached) of the year."""
    plan = plan_for(year)
    done = HoursEntry.objects.filter(person=OuterRef("pk"), year=year).order_by().values("person")
    return people.annotate(
        target_hours=_target(plan),
        done_hours=Coalesce(Subquery(done.annotate(sum=Sum("hours")).values("sum")), Decimal(0), output_field=_HOURS),
    ).annotate(gap_hours=Greatest(F("target_hours") - F("done_hours"), Decimal(0), output_field=_HOURS))


def behind(actor: Actor, *, year: int, unit: Unit | None = None, order: str = "gap") -> QuerySet[Person]:
    """Active people within reach (in the subtree of ``unit``) who have not reached the year's target. ``order``: of ``ORDERS``."""
    found = with_gaps(in_subtree(people_in_reach(actor), unit), year=year).filter(gap_hours__gt=0)  # type: ignore[misc]
    return found.order_by(*ORDERS.get(order, ORDERS["gap"]))


def in_subtree(people: QuerySet[Person], unit: Unit | None) -> QuerySet[Person]:
    """Those with an open membership in the subtree of ``unit``; all where it is ``None``."""
    if unit is None:
        return people
    there = Membership.objects.filter(person=OuterRef("pk"), ended_on=None, unit__path__startswith=unit.path)
    return people.filter(Exists(there))


def unit_in_reach(actor: Actor, unit_id: str) -> Unit | None:
    """The unit of that id, if it is one that ``actor`` looks after; anything strange is as good as nothing."""
    try:
        return units_in_reach(actor, HOURS).filter(pk=uuid.UUID(unit_id)).first()
    except ValueError:
        return None


def units_offered(actor: Actor, *, most: int = 300) -> list[Unit]:
    return list(units_in_reach(actor, HOURS).filter(tree="party", dissolved_on=None).order_by("path")[:most])


def to_remind(actor: Actor, *, year: int, unit: Unit | None, at: datetime) -> QuerySet[Person]:
    """Those behind with a login whom nobody reminded in the last seven days."""
    lately = TargetReminder.objects.filter(person=OuterRef("pk"), sent_at__gt=at - BETWEEN)
    return behind(actor, year=year, unit=unit).filter(~Exists(lately), user__isnull=False, user__is_active=True)


def _target(plan: Plan) -> Any:
    """As ``targets_of``, in SQL: the highest that applies."""
    first, last = date(plan.year, 1, 1), date(plan.year, 12, 31)
    not_over = Q(ended_on=None) | Q(ended_on__gte=first)
    posts = Post.objects.filter(
        not_over, person=OuterRef("pk"), unit__tree="party", kind__in=OFFICERS, started_on__lte=last
    )
    member = Membership.objects.filter(
        not_over, Q(started_on=None) | Q(started_on__lte=last), person=OuterRef("pk"), body="party",
        state__in=PARTY_MEMBER_STATES,
    )  # fmt: skip
    return Greatest(
        Case(
            When(Exists(posts), then=Value(Decimal(plan.officer_hours))), default=Value(Decimal(0)), output_field=_HOURS
        ),
        Case(
            When(Exists(member), then=Value(Decimal(plan.member_hours))), default=Value(Decimal(0)), output_field=_HOURS
        ),
        output_field=_HOURS,
    )
