"""Reads of activities: what is coming, who comes, how many."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from jiceng.access.actor import Actor

from ..errors.activities import ActivityMissing
from ..manifest.words import PUBLISH
from ..models import Activity, Article, ColumnKind, SignUp, SignUpState
from . import articles as reads

PHONE_COUNT = 100
# How long before the beginning those who come are reminded.
BEFORE = timedelta(days=1)
PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """How many joined, wait, have cancelled, and were there."""

    joined: int
    waiting: int
    cancelled: int
    attended: int


@dataclass(frozen=True, slots=True)
class Page:
    """Some articles with their activities, and the cursor of the next ones (``None`` at the end)."""

    articles: list[Article]
    next: str | None


def closes_at(activity: Activity) -> datetime:
    """From when on nobody signs up any more."""
    return activity.sign_up_until or activity.starts_at


def activity_of(article: Article) -> Activity:
    """Raises ``ActivityMissing``."""
    activity = Activity.objects.filter(pk=article.pk).first()
    if activity is None:
        raise ActivityMissing
    return activity


def figures(article: Article) -> Figures:
    rows = SignUp.objects.filter(activity=article.pk)
    return Figures(**rows.aggregate(
        joined=Count("pk", filter=Q(state=SignUpState.JOINED)), waiting=Count("pk", filter=Q(state=SignUpState.WAITING)),
        cancelled=Count("pk", filter=Q(state=SignUpState.CANCELLED)), attended=Count("pk", filter=Q(attended_at__isnull=False)),
    ))  # fmt: skip


def sign_ups(article: Article, *, show: str = "", words: str = "") -> QuerySet[SignUp]:
    """In the order of signing up. ``show``: joined, waiting or cancelled; ``words``: of name, unit and note."""
    found = SignUp.objects.filter(activity=article.pk)
    if show in SignUpState.values:
        found = found.filter(state=show)
    for word in words.split()[:5]:
        found = found.filter(Q(name__icontains=word) | Q(unit_name__icontains=word) | Q(note__icontains=word))
    return found.order_by("number")


def my_sign_up(article: Article, *, actor: Actor) -> SignUp | None:
    return SignUp.objects.filter(activity=article.pk, user=actor.user).first() if actor.user else None


# --- Lists ------------------------------------------------------------------------------------------------------------
def with_counts(found: QuerySet[Article]) -> QuerySet[Article]:
    """``found`` narrowed to activities, with ``joined_count`` and ``waiting_count``."""
    return (
        found.filter(column__kind=ColumnKind.ACTIVITY, activity__isnull=False)
        .select_related("activity")
        .annotate(joined_count=_count(SignUpState.JOINED), waiting_count=_count(SignUpState.WAITING))
    )


def coming(*, actor: Actor, at: datetime) -> list[Article]:
    """What ``actor`` may read and is not over: those signed up for first, then the soonest. With ``my_state``."""
    coming_to = Case(When(my_state=SignUpState.JOINED, then=0), When(my_state=SignUpState.WAITING, then=0), default=1)
    found = _shown(actor, at).filter(activity__ends_at__gt=at)
    return list(found.order_by(coming_to, "activity__starts_at", "id")[:PHONE_COUNT])


def past(*, actor: Actor, at: datetime, cursor: str = "") -> Page:
    """A page of what is over, the latest first. ``cursor``: id of the last one shown; unknown ones begin anew."""
    found = _shown(actor, at).filter(activity__ends_at__lte=at)
    last = Activity.objects.filter(pk=uuid.UUID(cursor)).first() if _is_id(cursor) else None
    if last is not None:
        found = found.filter(
            Q(activity__starts_at__lt=last.starts_at) | Q(activity__starts_at=last.starts_at, pk__lt=last.pk)
        )
    rows = list(found.order_by("-activity__starts_at", "-id")[: PER_PAGE + 1])
    return Page(rows[:PER_PAGE], str(rows[PER_PAGE - 1].pk) if len(rows) > PER_PAGE else None)


def managed_list(*, actor: Actor, at: datetime, show: str = "", words: str = "") -> QuerySet[Article]:
    """The activities that ``actor`` manages, in every state. ``show``: coming or past."""
    found = with_counts(reads.managed(actor=actor))
    if show == "coming":
        found = found.filter(activity__ends_at__gt=at)
    elif show == "past":
        found = found.filter(activity__ends_at__lte=at)
    for word in words.split()[:5]:
        found = found.filter(Q(title__icontains=word) | Q(activity__place__icontains=word))
    return found.defer("body", "search_terms", "activity__result").order_by("-activity__starts_at", "-id")


def _shown(actor: Actor, at: datetime) -> QuerySet[Article]:
    mine = SignUp.objects.filter(activity=OuterRef("pk"), user=actor.user) if actor.user else SignUp.objects.none()
    found = with_counts(reads.readable(actor=actor, at=at)).filter(Q(expires_at=None) | Q(expires_at__gt=at))
    return found.annotate(my_state=Coalesce(Subquery(mine.values("state")[:1]), Value(""))).defer(
        "body", "search_terms", "activity__result"
    )


def _count(state: SignUpState) -> Coalesce:
    rows = SignUp.objects.filter(activity=OuterRef("pk"), state=state).order_by()
    counted = rows.values("activity").annotate(total=Count("*")).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


# --- Beside the article -----------------------------------------------------------------------------------------------
def phone_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """When and where, how many come, what ``actor`` said and may do."""
    activity = Activity.objects.filter(pk=article.pk).first()
    if activity is None:
        return {}
    mine = my_sign_up(article, actor=actor)
    is_coming = mine is not None and mine.state != SignUpState.CANCELLED
    return {
        "activity": activity, "figures": figures(article), "mine": mine, "is_coming": is_coming,
        "ahead": _ahead(mine) if mine else 0, "closes_at": closes_at(activity), "is_over": activity.ends_at <= at,
        "may_sign_up": activity.takes_sign_ups and not is_coming and closes_at(activity) > at and actor.user is not None,
        "may_cancel": is_coming and activity.starts_at > at, "will_remind": activity.starts_at - BEFORE > at,
    }  # fmt: skip


def _ahead(mine: SignUp) -> int:
    """How many wait before."""
    if mine.state != SignUpState.WAITING:
        return 0
    rows = SignUp.objects.filter(activity=mine.activity_id, state=SignUpState.WAITING)
    return rows.filter(number__lt=mine.number).count()


def console_part(article: Article, *, actor: Actor, at: datetime) -> dict[str, Any]:
    """When and where, and how many come."""
    activity = Activity.objects.filter(pk=article.pk).first()
    if activity is None:
        return {}
    may_publish = reads.is_managed(article, actor=actor, permission=PUBLISH)
    return {
        "activity": activity,
        "figures": figures(article),
        "is_over": activity.ends_at <= at,
        "may_publish": may_publish,
    }
