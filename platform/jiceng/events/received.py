"""What a listener is given."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """An event as its listeners see it: ``def on_published(event: ReceivedEvent) -> None``.

    ``payload``: keys and types of the manifest's declaration; UUIDs are strings. ``happened_at``: aware, UTC.
    A listener runs in a transaction together with the mark that it ran: its database effects happen exactly once.
    """

    id: uuid.UUID
    name: str
    payload: Mapping[str, Any]
    actor_id: str
    happened_at: datetime
