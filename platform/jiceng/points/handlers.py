"""The events that rules name arrive here; which those are, the registry says."""

from __future__ import annotations

from jiceng.events.received import ReceivedEvent

from .services import awarding


def receive(event: ReceivedEvent) -> None:
    awarding.receive(event)
