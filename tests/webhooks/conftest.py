"""A receiver on loopback, endpoints of 红旗 that point there, and a worker played by the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.events import delivering
from jiceng.events.models import Delivery as Handed
from jiceng.events.services import emit
from jiceng.kernel.ids import uuid7
from jiceng.webhooks import services
from jiceng.webhooks.services import sending
from tenants.context import tenant_scope
from tests.support.receiver import Receiver, receiving

SYSTEM = Actor.system()
MOMENT = datetime(2031, 5, 6, 3, 0, tzinfo=UTC)
EVENT = "members.person.created"


@pytest.fixture
def receiver(settings) -> Iterator[Receiver]:
    settings.OUTBOUND_LOOPBACK = True
    settings.WEBHOOKS_THREADS = 0
    with receiving() as running:
        yield running


@pytest.fixture
def office(db, hongqi, receiver, clock):
    """In the tenant's scope, with the clock standing still; gives the clock."""
    with tenant_scope(hongqi), clock(MOMENT) as standing:
        yield standing


@pytest.fixture
def endpoint(office, receiver) -> Callable:
    """``endpoint("/hook", events=[…])``: made, and its secret."""

    def make(path: str = "/hook", *, url: str = "", events=()):
        return services.create_endpoint(url=url or receiver.url(path), events=events, actor=SYSTEM)

    return make


def happen(name: str = EVENT) -> str:
    """Something happens, and the webhooks hear of it; the event's id."""
    with transaction.atomic():
        event_id = emit(name, payload={"person_id": uuid7()})
    hear()
    return str(event_id)


def hear() -> None:
    """What a worker does with deliveries for the webhooks' listener."""
    for one in Handed.objects.filter(state="pending", handler="jiceng.webhooks.handlers.receive"):
        one.sent_count += 1
        one.save()
        attempt = delivering.begin(one.pk, name=one.handler)
        delivering.perform(one.pk, attempt=attempt, modules=None)


def send(endpoint, *, at: datetime) -> int:
    """One look at the lane; how many deliveries were in hand."""
    claimed = sending.claim(endpoint_id=endpoint.pk, at=at)
    if claimed:
        sending.send_claimed(endpoint.pk, claimed)
    return len(claimed)
