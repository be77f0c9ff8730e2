"""That something was read. One statement each."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiceng.access.models import User

from ..errors import NoticeUnknown
from ..models import Entry, NoticeState


@transaction.atomic
def mark_read(*, user: User, entry_id: int, at: datetime) -> Entry:
    """The entry of the user's own inbox, read from now on. Raises ``NoticeUnknown``; withdrawn ones are unknown."""
    entry = (
        Entry.objects.select_related("notice")
        .filter(pk=entry_id, user=user)
        .exclude(notice__state=NoticeState.WITHDRAWN)
        .first()
    )
    if entry is None:
        raise NoticeUnknown
    if entry.read_at is None:
        Entry.objects.filter(pk=entry.pk, read_at=None).update(read_at=at)
    return entry


@transaction.atomic
def mark_all_read(*, user: User, at: datetime, module: str = "") -> int:
    """Everything in the inbox, or what ``module`` sent; returns how many were unread."""
    unread = Entry.objects.filter(user=user, read_at=None)
    if module:
        unread = unread.filter(notice__category__startswith=f"{module}.")
    return unread.update(read_at=at)


@transaction.atomic
def mark_source_read(*, user: User, source: str, at: datetime) -> int:
    """Whatever the inbox of ``user`` holds about ``source`` has been read: the person is looking at it."""
    return Entry.objects.filter(user=user, notice__source=source, read_at=None).update(read_at=at)
