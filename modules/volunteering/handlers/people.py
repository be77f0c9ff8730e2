"""Two entries of the roster were one person: what they did becomes one history."""

from __future__ import annotations

import uuid

from jiceng.events.received import ReceivedEvent

from ..services import merging


def person_merged(event: ReceivedEvent) -> None:
    merging.merge_person(
        keep_id=uuid.UUID(event.payload["person_id"]),
        other_id=uuid.UUID(event.payload["merged_id"]),
        at=event.happened_at,
    )
