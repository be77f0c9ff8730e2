"""What came of an attempt: on record, delivered, again later, given up; and what it says of the endpoint."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.notices.services import send
from jiceng.workflow import addressees
from jiceng.workflow.models import Todo

from .. import retrying
from ..manifest import MANAGE, TROUBLE
from ..models import Attempt, Delivery, DeliveryState, DisabledReason, Endpoint
from ..retrying import Verdict
from . import endpoints
from .replaying import TESTED
from .transmitting import Outcome


@transaction.atomic
def store(delivery_id: uuid.UUID, outcome: Outcome, *, at: datetime) -> None:
    """Keep ``outcome`` and act on it. A delivery removed or decided otherwise meanwhile stays as it is.

    The endpoint first, then the delivery: in the order in which everybody locks them.
    """
    found = retrying.verdict(outcome.status)
    known = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.SENDING).values("endpoint_id", "event").first()
    if known is None:
        return
    is_test = known["event"] == TESTED
    if found is Verdict.DELIVERED:
        Endpoint.objects.filter(pk=known["endpoint_id"], failing_since__isnull=False).update(failing_since=None)
    endpoint = None
    if found is not Verdict.DELIVERED and not is_test:
        endpoint = Endpoint.objects.select_for_update().filter(pk=known["endpoint_id"]).first()
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id, state=DeliveryState.SENDING).first()
    if delivery is None:
        return
    Attempt.objects.create(
        delivery=delivery, number=delivery.attempts, began_at=outcome.began_at, milliseconds=outcome.milliseconds,
        status=outcome.status, error=outcome.error, answer=outcome.answer,
    )  # fmt: skip
    delivery.status, delivery.error, delivery.lease_until = outcome.status, outcome.error, None
    _decide(delivery, found, outcome, at)
    if endpoint is not None and not endpoint.is_active and delivery.state == DeliveryState.WAITING:
        delivery.state, delivery.finished_at = DeliveryState.CANCELLED, at  # switched off while it was on its way
    delivery.save()
    if endpoint is not None and endpoint.is_active:
        _judge(endpoint, found, at)


def _decide(delivery: Delivery, found: Verdict, outcome: Outcome, at: datetime) -> None:
    if found is Verdict.DELIVERED:
        delivery.state, delivery.finished_at = DeliveryState.DELIVERED, at
        return
    wait = None
    if found is Verdict.AGAIN and delivery.event != TESTED:
        wait = retrying.wait_after(delivery.attempts, asked=outcome.retry_after)
    if wait is None:
        delivery.state, delivery.finished_at = DeliveryState.FAILED, at
    else:
        delivery.state, delivery.due_at = DeliveryState.WAITING, at + wait


def _judge(endpoint: Endpoint, found: Verdict, at: datetime) -> None:
    """410 and five days of failures switch the endpoint off, and people are told; after one day they are warned."""
    if endpoint.failing_since is None:
        endpoint.failing_since = at
        endpoint.save(update_fields=["failing_since"])
    if found is Verdict.GONE:
        _switch_off(endpoint, DisabledReason.GONE, at)
    elif at - endpoint.failing_since >= retrying.FAILING_MOST:
        _switch_off(endpoint, DisabledReason.FAILING, at)
    elif at - endpoint.failing_since >= retrying.WARN_AFTER:
        _tell(endpoint, _("事件推送已连续失败一天"), "warned", at)


def _switch_off(endpoint: Endpoint, reason: DisabledReason, at: datetime) -> None:
    endpoints.disable_endpoint(endpoint_id=endpoint.pk, actor=Actor.system(), at=at, reason=reason)
    _tell(endpoint, _("事件推送已停用：%(why)s") % {"why": reason.label}, reason.value, at)


def _tell(endpoint: Endpoint, title: str, what: str, at: datetime) -> None:
    since = endpoint.failing_since or at
    send(
        category=TROUBLE, title=title, text=endpoint.description or endpoint.url, source=f"webhooks.endpoint:{endpoint.pk}",
        url=reverse("console-webhooks-endpoint", urlconf=settings.URLCONF_TENANT, kwargs={"endpoint_id": endpoint.pk}),
        users=addressees.users_of(Todo(permission=MANAGE, unit_path=""), at=at), at=at,
        key=f"webhooks:{endpoint.pk}:{what}:{since:%Y%m%d%H%M%S}",
    )  # fmt: skip
