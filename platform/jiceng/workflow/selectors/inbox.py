"""What waits for somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from jiceng.access.actor import Actor
from jiceng.kernel import clock

from ..addressing import principals, reaching
from ..models import Assignment, AssignmentState, Todo, TodoState

ON_HOME = 3


def inbox(*, actor: Actor, at: datetime) -> QuerySet[Todo]:
    """Open entries that ``actor`` may act on, for themselves or in somebody's stead; the nearest deadline first.

    One query for the rows with their assignment and case, one for stand-ins, two for each principal's roles.
    """
    if actor.user is None or not actor.user.is_active:
        return Todo.objects.none()
    wanted = Q()
    for principal in principals(actor, at=at):
        wanted |= reaching(principal) & ~Q(assignment__case__applicant=principal.user)
    rows = Todo.objects.filter(wanted, ~Q(assignment__case__applicant=actor.user), state=TodoState.OPEN)
    return rows.select_related("assignment__case").order_by(F("due_at").asc(nulls_last=True), "created_at", "id")


def inbox_count(*, actor: Actor, at: datetime) -> int:
    return inbox(actor=actor, at=at).count()


def decided_by(*, actor: Actor) -> QuerySet[Assignment]:
    """What ``actor`` has decided, newest first."""
    if actor.user is None:
        return Assignment.objects.none()
    closed = Assignment.objects.filter(decided_by=actor.user).exclude(state=AssignmentState.OPEN)
    return closed.select_related("case").order_by("-decided_at", "-id")


def home_card(*, actor: Actor) -> dict[str, Any] | None:
    """For the phone's home page: the most urgent entries and how many there are; nothing where nothing waits."""
    at = clock.now()
    waiting = inbox(actor=actor, at=at)
    first = list(waiting[: ON_HOME + 1])
    if not first:
        return None
    return {"todos": first[:ON_HOME], "count": waiting.count() if len(first) > ON_HOME else len(first), "at": at}
