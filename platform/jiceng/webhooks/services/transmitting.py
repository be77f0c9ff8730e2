"""One attempt. No transaction is open while it runs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from jiceng.kernel.clock import now
from jiceng.kernel.outbound import Failed, OutboundRefused, post, read_url

from .. import signing
from ..models import Delivery, DeliveryState

AGENT = "Jiceng-Webhooks/1.0"
KEPT_CHARACTERS = 2048


@dataclass(frozen=True, slots=True)
class Outcome:
    """``status``: ``None`` where no answer came; ``error``: then its kind. ``answer``: the beginning of what came."""

    began_at: datetime
    milliseconds: int
    status: int | None = None
    error: str = ""
    answer: str = ""
    retry_after: str = ""

    @property
    def is_silent(self) -> bool:
        """Nobody answered: whatever is wrong is wrong for the next one too."""
        return self.status is None


def transmit(delivery_id: uuid.UUID) -> Outcome | None:
    """Try once; ``None`` when there is nothing to try any more (removed, or the endpoint was switched off)."""
    began_at = now()
    with transaction.atomic():
        delivery = _wanted(delivery_id, at=began_at)
    if delivery is None:
        return None
    headers = {
        "Content-Type": "application/json; charset=utf-8", "User-Agent": AGENT, "Accept": "*/*", "Connection": "close",
        **signing.headers(delivery.endpoint, delivery, at=began_at),
    }  # fmt: skip
    try:
        answer = post(read_url(delivery.endpoint.url), body=delivery.body.encode(), headers=headers)
    except OutboundRefused as refusal:
        return Outcome(began_at, 0, error="address", answer=refusal.detail)
    except Failed as failure:
        return Outcome(began_at, failure.milliseconds, error=failure.kind)
    return Outcome(
        began_at, answer.milliseconds, status=answer.status, answer=_text(answer.body),
        retry_after=answer.headers.get("retry-after", ""),
    )  # fmt: skip


def _wanted(delivery_id: uuid.UUID, *, at: datetime) -> Delivery | None:
    mine = Delivery.objects.filter(pk=delivery_id, state=DeliveryState.SENDING)
    delivery = mine.select_related("endpoint").first()
    if delivery is None or delivery.endpoint.is_active:
        return delivery
    mine.update(state=DeliveryState.CANCELLED, lease_until=None, finished_at=at)
    return None


def _text(content: bytes) -> str:
    """Readable, storable: whatever came, it comes from outside."""
    return (
        content[: 4 * KEPT_CHARACTERS]
        .decode("utf-8", "replace")
        .replace("\x00", "\N{REPLACEMENT CHARACTER}")[:KEPT_CHARACTERS]
    )
