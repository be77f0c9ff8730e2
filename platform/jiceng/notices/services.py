"""Sending and withdrawing, reading and wanting."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet, UUIDField, Value

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.models.users import Id
from jiceng.kernel.bulk import insert_selected
from jiceng.kernel.registry import registry

from .models import Entry, Notice, NoticeState


@transaction.atomic
def send(
    *, category: str, title: str, url: str, source: str, users: QuerySet | Iterable[Id], at: datetime,
    actor: Actor | None = None, text: str = "", key: str | None = None, is_mandatory: bool | None = None,
) -> Notice | None:  # fmt: skip
    """Put a notice into the inboxes of ``users``, a queryset of user ids or the ids. ``None`` where ``key`` was used before."""
    declared = registry.notice_categories[category]
    if key is not None and Notice.objects.filter(key=key).exists():
        return None
    notice = Notice.objects.create(
        category=category, title=title[:100], text=text[:300], url=url, source=source, key=key,
        is_mandatory=declared.is_mandatory if is_mandatory is None else is_mandatory, is_urgent=declared.is_urgent,
        state=NoticeState.SENT, sender_id=(actor.id or "") if actor else "", sender_name=actor.display_name if actor else "",
        created_at=at, spread_at=at,
    )  # fmt: skip
    reached = User.objects.filter(pk__in=users if isinstance(users, QuerySet) else list(users), is_active=True)
    rows = reached.order_by().values_list(Value(notice.pk, output_field=UUIDField()), "pk", Value(False), named=False)
    count = insert_selected(Entry, ("notice_id", "user_id", "is_muted"), rows)
    Notice.objects.filter(pk=notice.pk).update(entry_count=count)
    return notice


@transaction.atomic
def withdraw(*, source: str, at: datetime) -> int:
    """Take all notices about ``source`` out of the inboxes; returns how many."""
    found = Notice.objects.filter(source=source).exclude(state=NoticeState.WITHDRAWN)
    return found.update(state=NoticeState.WITHDRAWN, withdrawn_at=at)


@transaction.atomic
def mark_source_read(*, user: User, source: str, at: datetime) -> int:
    """Whatever the inbox of ``user`` holds about ``source`` has been read."""
    return Entry.objects.filter(user=user, notice__source=source, read_at=None).update(read_at=at)
