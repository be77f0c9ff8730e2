"""Doing it again: one delivery, everything since a moment, or a test."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.models import MessageKind, OutboxMessage
from jiceng.events.services import number_events
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.ids import uuid7
from jiceng.kernel.tasks import enqueue

from .. import selectors
from ..errors import DeliveryUnderWay, DeliveryUnknown, EndpointDisabled
from ..models import Delivery, DeliveryState, Endpoint
from . import lanes, queueing
from .endpoints import locked

TESTED = "webhooks.endpoint.tested"
KEPT = timedelta(days=30)
AT_ONCE = 500


@transaction.atomic
def send_test(*, endpoint_id: uuid.UUID, actor: Actor, at: datetime) -> Delivery:
    """Send a test event to this endpoint alone; tried once. Raises ``EndpointUnknown``, ``EndpointDisabled``."""
    endpoint = _active(endpoint_id)
    delivery = queueing.delivery(
        endpoint, event_id=uuid7(), event=TESTED, happened_at=at, payload={"endpoint_id": str(endpoint.pk)}, position=0, at=at
    )  # fmt: skip
    delivery.save(force_insert=True)
    lanes.wake(endpoint.pk, at=at)
    _record("endpoint.tested", endpoint, actor)
    return delivery


@transaction.atomic
def replay_delivery(*, delivery_id: uuid.UUID, actor: Actor, at: datetime) -> Delivery:
    """Send one again, with its id and all its attempts before it.

    Raises ``DeliveryUnknown``, ``DeliveryUnderWay``, ``EndpointDisabled``.
    """
    endpoint_id = Delivery.objects.filter(pk=delivery_id).values_list("endpoint_id", flat=True).first()
    if endpoint_id is None:
        raise DeliveryUnknown
    endpoint = _active(endpoint_id)
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.state == DeliveryState.SENDING:
        raise DeliveryUnderWay
    delivery.state, delivery.attempts, delivery.due_at, delivery.finished_at = DeliveryState.WAITING, 0, at, None
    delivery.save()
    lanes.wake(endpoint.pk, at=at)
    _record("delivery.replayed", endpoint, actor, note=f"{delivery.event} {delivery.event_id}")
    return delivery


@transaction.atomic
def replay_since(*, endpoint_id: uuid.UUID, since: datetime, actor: Actor, at: datetime) -> Endpoint:
    """Send again, in the background, what happened since ``since`` (up to 30 days ago) and was not delivered.

    Also what happened while the endpoint was off or did not exist: the outbox remembers.
    Raises ``EndpointUnknown``, ``EndpointDisabled``, ``Invalid``.
    """
    endpoint = _active(endpoint_id)
    if not at - KEPT <= since <= at:
        raise Invalid(fields=[FieldError("/since", "range", "起始时间须在最近 30 天之内。")])
    enqueue("webhooks.replay", endpoint_id=endpoint.pk, since=since.isoformat(), after="")
    _record("endpoint.replayed", endpoint, actor, note=since.isoformat(timespec="seconds"))
    return endpoint


def go_on(*, endpoint_id: uuid.UUID, since: datetime, after: str, at: datetime) -> None:
    """The task: up to 500 events after the message ``after``, then the next ones."""
    endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
    if endpoint is None or not endpoint.is_active:
        return
    number_events()
    messages = _messages(endpoint, since, after)
    queueing.add(
        queueing.delivery(
            endpoint, event_id=message.pk, event=message.name, happened_at=message.created_at, payload=message.payload,
            position=message.position or 0, at=at,
        )
        for message in messages
    )  # fmt: skip
    again = Delivery.objects.filter(endpoint=endpoint, event_id__in=[message.pk for message in messages])
    again.filter(state__in=(DeliveryState.FAILED, DeliveryState.CANCELLED)).update(
        state=DeliveryState.WAITING, attempts=0, due_at=at, finished_at=None
    )
    if len(messages) == AT_ONCE:
        enqueue("webhooks.replay", endpoint_id=endpoint.pk, since=since.isoformat(), after=str(messages[-1].pk))
    lanes.wake(endpoint.pk, at=at)


def _messages(endpoint: Endpoint, since: datetime, after: str) -> list[OutboxMessage]:
    names = endpoint.events or [event.name for event in selectors.offered()]
    found = OutboxMessage.objects.filter(kind=MessageKind.EVENT, name__in=names, created_at__gte=since)
    if after:
        found = found.filter(pk__gt=uuid.UUID(after))
    return list(found.order_by("pk")[:AT_ONCE])


def _active(endpoint_id: uuid.UUID) -> Endpoint:
    endpoint = locked(endpoint_id)
    if not endpoint.is_active:
        raise EndpointDisabled
    return endpoint


def _record(what: str, endpoint: Endpoint, actor: Actor, note: str = "") -> None:
    record(
        action=f"webhooks.{what}", actor=actor, target=str(endpoint.pk), note=note,
        target_label=endpoint.description or endpoint.url[:200],
    )  # fmt: skip
