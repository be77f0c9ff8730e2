"""Outcomes of what a channel has taken over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from ..models import Delivery, DeliveryState, SkipReason


@dataclass(frozen=True, slots=True)
class Outcome:
    """``state``: of ``DeliveryState``. ``reason``: of ``SkipReason`` where it was skipped. ``detail``: no personal data."""

    state: str
    reason: str = ""
    detail: str = ""


@transaction.atomic
def settle_handed(outcomes: Mapping[int, Outcome], *, at: datetime) -> int:
    """Store what became of deliveries (by id) that were handed over; returns how many there were.

    A later word replaces an earlier one: sent, then reported as not delivered. Withdrawn ones stay skipped.
    """
    rows = list(Delivery.objects.select_for_update().filter(pk__in=list(outcomes)).exclude(state=DeliveryState.SKIPPED))
    for row in rows:
        outcome = outcomes[row.pk]
        row.state, row.detail, row.finished_at = outcome.state, outcome.detail[:200], at
        row.reason = (outcome.reason or SkipReason.NO_WAY) if outcome.state == DeliveryState.SKIPPED else ""
    Delivery.objects.bulk_update(rows, ("state", "reason", "detail", "finished_at"))
    return len(rows)
