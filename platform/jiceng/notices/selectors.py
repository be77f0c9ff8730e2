"""Reads about notices: the inbox, what people want, what became of each notice."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.manifest import NoticeCategory
from jiceng.kernel.module_settings import read as read_settings
from jiceng.kernel.registry import registry
from jiceng.workflow.models import Todo, TodoState

from .errors import NoticeUnknown
from .manifest import TODO
from .models import Delivery, DeliveryState, DutyHours, Entry, Habits, Mute, Notice, NoticeState, Pace, SkipReason
from .times import Shift, Times, parse_time

UNREAD_SHOWN = 99
NIGHT, MORNING = time(22), time(7)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one notice: people, those who read it, and its deliveries by (channel, state, reason)."""

    entries: int
    read: int
    muted: int
    deliveries: dict[tuple[str, str, str], int]


def inbox(user: User, *, show: str = "") -> QuerySet[Entry]:
    """The user's entries, newest first. ``show``: ``""`` all, ``"unread"``, ``"duty"`` (mandatory ones)."""
    found = Entry.objects.filter(user=user).exclude(notice__state=NoticeState.WITHDRAWN)
    if show == "unread":
        found = found.filter(read_at=None)
    elif show == "duty":
        found = found.filter(notice__is_mandatory=True)
    return found.select_related("notice").order_by("-id")


def unread_count(user: User) -> int:
    """How many unread entries that are not muted, counted up to 100: the cost does not grow with a full inbox."""
    unread = Entry.objects.filter(user=user, read_at=None, is_muted=False)
    return unread.exclude(notice__state=NoticeState.WITHDRAWN).order_by()[: UNREAD_SHOWN + 1].count()


def get_notice(notice_id: uuid.UUID) -> Notice:
    """Raises ``NoticeUnknown``."""
    notice = Notice.objects.filter(pk=notice_id).first()
    if notice is None:
        raise NoticeUnknown
    return notice


def sent_notices(*, words: str = "", module: str = "") -> QuerySet[Notice]:
    """All notices, newest first. ``words``: part of the title; ``module``: whose categories."""
    found = Notice.objects.order_by("-id")
    if words:
        found = found.filter(title__icontains=words)
    return found.filter(category__startswith=f"{module}.") if module else found


def figures(notice: Notice) -> Figures:
    """Two queries."""
    people = Entry.objects.filter(notice=notice).aggregate(
        entries=Count("*"), read=Count("read_at"), muted=Count("pk", filter=Q(is_muted=True))
    )
    states = (
        Delivery.objects.filter(entry__notice=notice)
        .order_by()
        .values_list("channel", "state", "reason")
        .annotate(count=Count("*"))
    )
    counted = {(channel, state, reason): count for channel, state, reason, count in states}
    return Figures(people["entries"], people["read"], people["muted"], counted)


def entries_of(notice: Notice, *, show: str = "") -> QuerySet[Entry]:
    """Who got it, with each way out. ``show``: ``"unread"``, ``"failed"`` or ``"skipped"`` narrows."""
    found = Entry.objects.filter(notice=notice)
    if show == "unread":
        found = found.filter(read_at=None)
    elif show in (DeliveryState.FAILED, DeliveryState.SKIPPED):
        found = found.filter(pk__in=Delivery.objects.filter(entry__notice=notice, state=show).values("entry"))
    deliveries = Prefetch("deliveries", queryset=Delivery.objects.order_by("channel"))
    return found.select_related("user").prefetch_related(deliveries).order_by("id")


def unwanted_deliveries(delivery_ids: Collection[int]) -> dict[int, str]:
    """Those of ``delivery_ids`` that need not be pushed any more, with the ``SkipReason``. At most one query."""
    if not delivery_ids:
        return {}
    rows = Delivery.objects.filter(pk__in=delivery_ids).values_list("pk", "entry__read_at", "entry__notice__state")
    found = {}
    for pk, read_at, state in rows:
        if state == NoticeState.WITHDRAWN:
            found[pk] = str(SkipReason.WITHDRAWN)
        elif read_at is not None:
            found[pk] = str(SkipReason.READ_ALREADY)
    return found


def usual_times() -> Times:
    """What holds for people without wishes of their own: the tenant's settings."""
    settings = read_settings("notices")
    return Times(parse_time(settings.quiet_from, NIGHT), parse_time(settings.quiet_to, MORNING))


def own_times(users: QuerySet[User]) -> dict[uuid.UUID, Times]:
    """User id -> times, for those of ``users`` who have habits or shifts. Two queries."""
    shifts: dict[uuid.UUID, list[Shift]] = {}
    for row in DutyHours.objects.filter(user__in=users.values("pk")):
        shifts.setdefault(row.user_id, []).append(Shift(row.weekday, row.starts_at, row.ends_at))
    habits = {row.user_id: row for row in Habits.objects.filter(user__in=users.values("pk"))}
    usual, digest_at = usual_times(), time(read_settings("notices").digest_hour)
    found = {}
    for pk in {*shifts, *habits}:
        own = habits.get(pk)
        found[pk] = Times(
            own.quiet_from if own else usual.quiet_from, own.quiet_to if own else usual.quiet_to,
            digest_at if own and own.pace == Pace.DAILY else None, tuple(shifts.get(pk, ())),
        )  # fmt: skip
    return found


def wishes_of(user: User) -> dict[str, Any]:
    """As ``services.wanting.Wishes`` takes them. Three queries."""
    habits = Habits.objects.filter(user=user).first()
    usual = usual_times()
    return {
        "muted": set(Mute.objects.filter(user=user).values_list("category", flat=True)),
        "quiet_from": habits.quiet_from if habits else usual.quiet_from,
        "quiet_to": habits.quiet_to if habits else usual.quiet_to,
        "pace": habits.pace if habits else Pace.AT_ONCE,
        "uses_email": habits.uses_email if habits else True,
        "uses_wechat": habits.uses_wechat if habits else True,
        "shifts": [Shift(row.weekday, row.starts_at, row.ends_at) for row in DutyHours.objects.filter(user=user)],
    }  # fmt: skip


def categories_for(actor: Actor) -> list[tuple[str, list[NoticeCategory]]]:
    """Names of the modules that are on, each with what it may send."""
    return [
        (str(manifest.name), list(manifest.notices))
        for manifest in registry
        if manifest.notices and (manifest.always_on or actor.modules is None or manifest.code in actor.modules)
    ]


def reminder_days() -> list[int]:
    """How many days before a deadline people are reminded; only sensible ones of what the tenant wrote."""
    written = (text.strip() for text in read_settings("notices").todo_days)
    return sorted({int(text) for text in written if text.isdecimal() and 1 <= int(text) <= 30})


def done_sources(notices: Iterable[Notice]) -> set[str]:
    """Sources of reminders among ``notices`` for which nothing is left to be done. At most one query."""
    asked = {notice.source for notice in notices if notice.category == TODO}
    if not asked:
        return set()
    return asked - set(Todo.objects.filter(owner__in=asked, state=TodoState.OPEN).values_list("owner", flat=True))
