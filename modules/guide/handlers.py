"""What happened elsewhere ticks members' steps."""

from __future__ import annotations

from jiceng.events.received import ReceivedEvent

from .services import progress


def tick(event: ReceivedEvent) -> None:
    progress.tick_by_event(name=event.name, payload=event.payload, actor_id=event.actor_id, at=event.happened_at)
