"""Endpoints: registered, changed, switched off and on, given another secret."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.outbound import OutboundRefused, read_url
from jiceng.kernel.text import clean

from .. import selectors, signing
from ..errors import EndpointExists, EndpointUnknown, TooManyEndpoints
from ..models import Delivery, DeliveryState, DisabledReason, Endpoint, EndpointState, Lane

MAX_ENDPOINTS = 20
MAX_DESCRIPTION = 100
_SHOWN = ("url", "description", "events")


@transaction.atomic
def create_endpoint(
    *, url: str, description: str = "", events: Iterable[str] = (), actor: Actor
) -> tuple[Endpoint, str]:
    """Register an address and return it with its secret, which cannot be shown again.

    ``events``: names; none means all, later ones included. Raises ``Invalid``, ``EndpointExists``, ``TooManyEndpoints``.
    """
    endpoint = Endpoint(url=_url(url), description=_description(description), events=_events(events))
    endpoint.created_by = actor.display_name[:150]
    Lane.objects.select_for_update().order_by("pk").first()  # two at a time would both find room
    if Endpoint.objects.count() >= MAX_ENDPOINTS:
        raise TooManyEndpoints
    secret = signing.new_secret()
    signing.put_secret(endpoint, secret)
    _save(endpoint)
    Lane.objects.create(endpoint=endpoint)
    _record("created", endpoint, actor, after=_facts(endpoint))
    return endpoint, secret


@transaction.atomic
def change_endpoint(*, endpoint_id: uuid.UUID, actor: Actor, **changes: Any) -> Endpoint:
    """``changes``: of ``url``, ``description``, ``events``; what waits goes to the new address.

    Raises ``EndpointUnknown``, ``Invalid``, ``EndpointExists``.
    """
    endpoint = locked(endpoint_id)
    before = _facts(endpoint)
    readers = {"url": _url, "description": _description, "events": _events}
    for field, value in changes.items():
        setattr(endpoint, field, readers[field](value))
    after = _facts(endpoint)
    changed = {field for field in _SHOWN if before[field] != after[field]}
    if not changed:
        return endpoint
    _save(endpoint)
    _record(
        "changed", endpoint, actor,
        before={field: before[field] for field in changed}, after={field: after[field] for field in changed},
    )  # fmt: skip
    return endpoint


@transaction.atomic
def enable_endpoint(*, endpoint_id: uuid.UUID, actor: Actor) -> Endpoint:
    """Tell it of what happens from now on. Repeated, nothing changes. Raises ``EndpointUnknown``."""
    endpoint = locked(endpoint_id)
    if endpoint.is_active:
        return endpoint
    endpoint.state, endpoint.disabled_reason, endpoint.failing_since = EndpointState.ACTIVE, "", None
    endpoint.save()
    _record("enabled", endpoint, actor)
    return endpoint


@transaction.atomic
def disable_endpoint(
    *, endpoint_id: uuid.UUID, actor: Actor, at: datetime, reason: DisabledReason = DisabledReason.MANUAL
) -> Endpoint:
    """Tell it nothing any more; what waits is cancelled. Repeated, nothing changes. Raises ``EndpointUnknown``."""
    endpoint = locked(endpoint_id)
    if not endpoint.is_active:
        return endpoint
    endpoint.state, endpoint.disabled_reason = EndpointState.DISABLED, reason
    endpoint.save()
    Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING).update(
        state=DeliveryState.CANCELLED, finished_at=at
    )
    _record("disabled", endpoint, actor, note=str(DisabledReason(reason).label))
    return endpoint


@transaction.atomic
def rotate_secret(*, endpoint_id: uuid.UUID, actor: Actor, at: datetime) -> tuple[Endpoint, str]:
    """A new secret, returned once; for 24 hours the one before signs too. Raises ``EndpointUnknown``."""
    endpoint = locked(endpoint_id)
    secret = signing.new_secret()
    signing.replace_secret(endpoint, secret, at=at)
    endpoint.save()
    _record("rotated", endpoint, actor)
    return endpoint, secret


@transaction.atomic
def remove_endpoint(*, endpoint_id: uuid.UUID, actor: Actor) -> None:
    """Forget it with everything that was sent to it. Raises ``EndpointUnknown``."""
    endpoint = locked(endpoint_id)
    _record("removed", endpoint, actor, before=_facts(endpoint))
    endpoint.delete()


def locked(endpoint_id: uuid.UUID) -> Endpoint:
    """Raises ``EndpointUnknown``."""
    endpoint = Endpoint.objects.select_for_update().filter(pk=endpoint_id).first()
    if endpoint is None:
        raise EndpointUnknown
    return endpoint


def _save(endpoint: Endpoint) -> None:
    try:
        with transaction.atomic():
            endpoint.save()
    except IntegrityError as error:
        raise EndpointExists from error


def _url(raw: str) -> str:
    try:
        return read_url(raw.strip()).url
    except OutboundRefused as error:
        raise Invalid(fields=[FieldError("/url", f"url_{error.reason}", error.detail)]) from error


def _description(raw: str) -> str:
    text = clean(raw)
    if len(text) > MAX_DESCRIPTION:
        raise Invalid(fields=[FieldError("/description", "too_long", f"说明不能超过 {MAX_DESCRIPTION} 个字。")])
    return text


def _events(raw: Iterable[str]) -> list[str]:
    names = sorted(set(raw))
    known = {event.name for event in selectors.offered()}
    for name in names:
        if name not in known:
            raise Invalid(fields=[FieldError("/events", "unknown_event", f"没有“{name[:100]}”这种事件。")])
    return names


def _facts(endpoint: Endpoint) -> dict[str, Any]:
    return {field: getattr(endpoint, field) for field in _SHOWN}


def _record(what: str, endpoint: Endpoint, actor: Actor, **more: Any) -> None:
    record(
        action=f"webhooks.endpoint.{what}", actor=actor, target=str(endpoint.pk),
        target_label=endpoint.description or endpoint.url[:200], **more,
    )  # fmt: skip
