"""Letting old notices go."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from jiceng.kernel.module_settings import read as read_settings

from ..models import Delivery, Entry, Notice

BATCH = 5


@transaction.atomic
def purge(*, at: datetime) -> int:
    """Delete up to 5 notices that are older than the tenant keeps them, with all entries; returns how many."""
    before = at - timedelta(days=read_settings("notices").keep_days)
    old = list(Notice.objects.filter(created_at__lt=before).order_by("id").values_list("pk", flat=True)[:BATCH])
    entries = Entry.objects.filter(notice__in=old)
    Delivery.objects.filter(entry__in=entries.values("pk")).delete()
    # Nothing refers to them any more: one statement, where ``delete()`` would read every row first.
    entries._raw_delete(entries.db)
    Notice.objects.filter(pk__in=old).delete()
    return len(old)
