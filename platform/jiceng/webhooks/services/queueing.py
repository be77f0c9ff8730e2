"""Events become deliveries: one for each endpoint that wants to know, once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from jiceng.events.models import OutboxMessage
from jiceng.events.received import ReceivedEvent
from jiceng.events.services import number_events

from .. import selectors
from ..models import Delivery, Endpoint
from . import lanes


def queue(event: ReceivedEvent, *, at: datetime) -> None:
    """Write a delivery for each endpoint that wants ``event``, and have somebody send it. Repeated, nothing changes."""
    endpoints = list(selectors.wanting(event.name))
    if not endpoints:
        return
    number_events()
    position = OutboxMessage.objects.values_list("position", flat=True).get(pk=event.id) or 0
    rows = [
        delivery(
            endpoint, event_id=event.id, event=event.name, happened_at=event.happened_at, payload=event.payload,
            position=position, at=at,
        )
        for endpoint in endpoints
    ]  # fmt: skip
    add(rows)
    for endpoint in endpoints:
        lanes.wake(endpoint.pk, at=at)


def delivery(
    endpoint: Endpoint, *, event_id: uuid.UUID, event: str, happened_at: datetime, payload: Mapping[str, Any], position: int,
    at: datetime,
) -> Delivery:  # fmt: skip
    """An unsaved delivery, due now."""
    return Delivery(
        endpoint=endpoint, event_id=event_id, event=event, position=position, due_at=at, created_at=at,
        body=body_of(event, happened_at=happened_at, payload=payload, position=position),
    )  # fmt: skip


def add(rows: Iterable[Delivery]) -> None:
    """Those whose event their endpoint has already are left out."""
    Delivery.objects.bulk_create(list(rows), ignore_conflicts=True)


def body_of(event: str, *, happened_at: datetime, payload: Mapping[str, Any], position: int) -> str:
    """What is sent, to the byte: ``{"type", "timestamp", "position", "data"}``; ``data`` holds ids, not people."""
    told = happened_at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    content = {"type": event, "timestamp": told, "position": position, "data": dict(payload)}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
