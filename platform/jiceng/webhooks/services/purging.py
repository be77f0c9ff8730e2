"""The log is kept for 30 days."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ..models import Attempt, Delivery
from ..selectors import OPEN
from .replaying import KEPT

AT_ONCE = 1000


@transaction.atomic
def purge(*, at: datetime) -> bool:
    """Remove up to 1,000 finished deliveries that are past their time; returns whether there may be more."""
    old = Delivery.objects.filter(created_at__lt=at - KEPT).exclude(state__in=OPEN).order_by("created_at")
    ids = list(old.values_list("pk", flat=True)[:AT_ONCE])
    Attempt.objects.filter(delivery__in=ids).delete()
    Delivery.objects.filter(pk__in=ids).delete()
    return len(ids) == AT_ONCE
