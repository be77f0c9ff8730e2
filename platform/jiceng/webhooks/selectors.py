"""Reads of the webhooks."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiceng.kernel.manifest import Event
from jiceng.kernel.registry import registry

from .errors import DeliveryUnknown, EndpointUnknown
from .models import Delivery, DeliveryState, Endpoint, EndpointState

OPEN = (DeliveryState.WAITING, DeliveryState.SENDING)


def is_wanted(event: str) -> bool:
    """Whether any endpoint of this tenant is to be told of ``event`` (one query on a table of at most 20 rows)."""
    return wanting(event).exists()


def wanting(event: str) -> QuerySet[Endpoint]:
    return Endpoint.objects.filter(Q(events=[]) | Q(events__contains=[event]), state=EndpointState.ACTIVE)


def offered(modules: Iterable[str] | None = None) -> list[Event]:
    """The events that can be subscribed to; with ``modules`` only theirs."""
    chosen = None if modules is None else frozenset(modules)
    return [
        event for manifest in registry for event in manifest.emits
        if event.webhook and (chosen is None or manifest.code in chosen)
    ]  # fmt: skip


def list_endpoints() -> QuerySet[Endpoint]:
    """With ``waiting_count``: what is still to be sent."""
    return Endpoint.objects.annotate(waiting_count=_count(Q(state__in=OPEN)))


def list_endpoints_with_figures(*, at: datetime) -> QuerySet[Endpoint]:
    """Also ``day_delivered`` and ``day_failed``: what became of the events of the last 24 hours."""
    recent = Q(created_at__gte=at - timedelta(days=1))
    return list_endpoints().annotate(
        day_delivered=_count(recent & Q(state=DeliveryState.DELIVERED)), day_failed=_count(recent & Q(state=DeliveryState.FAILED))
    )  # fmt: skip


def _count(condition: Q) -> Coalesce:
    """Of an endpoint's deliveries, each count by an index of its own rather than over all that is kept."""
    rows = Delivery.objects.filter(condition, endpoint=OuterRef("pk")).order_by().values("endpoint")
    return Coalesce(Subquery(rows.annotate(number=Count("pk")).values("number")), 0)


def get_endpoint(endpoint_id: uuid.UUID) -> Endpoint:
    """Raises ``EndpointUnknown``."""
    endpoint = list_endpoints().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointUnknown
    return endpoint


def list_deliveries(endpoint: Endpoint | None = None) -> QuerySet[Delivery]:
    """Newest first, with their endpoint."""
    found = Delivery.objects.select_related("endpoint").order_by("-created_at", "-id")
    return found.filter(endpoint=endpoint) if endpoint else found


def get_delivery(delivery_id: uuid.UUID) -> Delivery:
    """Raises ``DeliveryUnknown``."""
    delivery = list_deliveries().prefetch_related("tries").filter(pk=delivery_id).first()
    if delivery is None:
        raise DeliveryUnknown
    return delivery
