"""Doors for the background worker."""

from __future__ import annotations

import uuid
from datetime import datetime

from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue

from .services import purging, replaying, sending


def send(endpoint_id: str) -> None:
    sending.run(endpoint_id=uuid.UUID(endpoint_id), at=now())


def replay(endpoint_id: str, since: str, after: str) -> None:
    replaying.go_on(endpoint_id=uuid.UUID(endpoint_id), since=datetime.fromisoformat(since), after=after, at=now())


def purge() -> None:
    if purging.purge(at=now()):
        enqueue("webhooks.purge")
