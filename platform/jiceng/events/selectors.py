"""Reading the outbox of the current schema."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from jiceng.kernel.registry import registry

from .models import Delivery, DeliveryState, MessageKind, OutboxMessage


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """``pending``/``dead``: deliveries; ``oldest_due_at``: since when the most overdue one waits."""

    pending: int
    dead: int
    oldest_due_at: datetime | None


def figures() -> OutboxFigures:
    """How the outbox stands (one query)."""
    row = Delivery.objects.filter(state__in=(DeliveryState.PENDING, DeliveryState.DEAD)).aggregate(
        pending=Count("pk", filter=Q(state=DeliveryState.PENDING)),
        dead=Count("pk", filter=Q(state=DeliveryState.DEAD)),
        oldest_due_at=Min("due_at", filter=Q(state=DeliveryState.PENDING)),
    )
    return OutboxFigures(**row)


def messages(*, name: str | None = None) -> QuerySet[OutboxMessage]:
    """Messages, newest first, with their deliveries."""
    found = OutboxMessage.objects.prefetch_related("deliveries").order_by("-id")
    return found.filter(name=name) if name else found


def next_due_at() -> datetime | None:
    """When the earliest pending delivery may be handed out; ``None`` when nothing is pending (one query)."""
    pending = Delivery.objects.filter(state=DeliveryState.PENDING)
    row = pending.aggregate(
        free=Min("due_at", filter=Q(lease_until=None)), leased=Min("lease_until", filter=Q(lease_until__isnull=False))
    )
    return min((moment for moment in row.values() if moment), default=None)


def feed() -> QuerySet[OutboxMessage]:
    """Events offered to other systems that have a position, in its order. Call ``services.number_events`` before."""
    offered = [event.name for event in registry.events.values() if event.webhook]
    numbered = OutboxMessage.objects.filter(kind=MessageKind.EVENT, name__in=offered, position__isnull=False)
    return numbered.order_by("position")
