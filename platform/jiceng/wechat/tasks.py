"""Doors for the background worker."""

from __future__ import annotations

import uuid
from typing import Any

from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue

from .services import handling, purging, reports, sending, tending, unbinding


def handle(message_id: str) -> None:
    handling.handle(message_id=message_id, at=now())


def push(account_id: str, channel: str) -> None:
    sending.run(account_id=uuid.UUID(account_id), channel=channel, at=now())


def settle_report(account_id: str, msgid: str) -> None:
    reports.settle_report(account_id=account_id, msgid=msgid, at=now())


def keep_authorizations() -> None:
    tending.keep_authorizations(at=now())


def purge() -> None:
    if purging.purge(at=now()):
        enqueue("wechat.purge")


def person_merged(event: Any) -> None:
    """Two roster entries became one."""
    unbinding.follow_merge(person_id=event.payload["person_id"], merged_id=event.payload["merged_id"])
