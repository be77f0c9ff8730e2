"""A review has ended: the member who handed the article in is told."""

from __future__ import annotations

from jiceng.events.received import ReceivedEvent

from ..services import contributing


def tell_contributor(event: ReceivedEvent) -> None:
    contributing.tell_contributor(case_id=event.payload["case_id"], at=event.happened_at)
