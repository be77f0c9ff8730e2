"""Every event that some endpoint wants arrives here."""

from __future__ import annotations

from jiceng.events.received import ReceivedEvent
from jiceng.kernel.clock import now

from .services import queueing


def receive(event: ReceivedEvent) -> None:
    queueing.queue(event, at=now())
