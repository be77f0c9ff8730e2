"""What a channel is."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db.models import Q


@dataclass(frozen=True, slots=True)
class Line:
    """One notice as a channel shows it. ``url``: a path on the tenant's host."""

    notice_id: uuid.UUID

    title: str
    text: str
    url: str
    category: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to one address. ``key``: the same for every attempt, so that receivers can drop repetitions.

    Several ``lines`` are a digest. ``delivery_id``: for ``services.settle_handed``, where the answer is ``HANDED``.
    """

    key: str
    delivery_id: int
    is_urgent: bool
    user_id: uuid.UUID
    address: str
    lines: tuple[Line, ...]


class Answer(enum.Enum):
    SENT = "sent"
    REFUSED = "refused"  # for good: a wrong address, a blocked account
    LATER = "later"  # try again
    NO_WAY = "no_way"  # the channel has no way to this person just now
    HANDED = "handed"  # taken over, in this transaction: the channel tells the outcome by services.settle_handed


@dataclass(frozen=True, slots=True)
class Result:
    """``detail``: what the other side said; no addresses, no personal data."""

    answer: Answer
    detail: str = ""


class Channel(Protocol):
    """A way to reach people outside the inbox. ``code`` is stored with each delivery and never changes."""

    code: str
    label: Any

    def is_on(self) -> bool:
        """Whether the tenant at hand uses it. Cheap: asked once for every notice."""
        ...

    def reachable(self) -> Q:
        """Which entries (``notices.Entry``) have somebody with an address."""
        ...

    def unwanted(self) -> Q:
        """Which entries belong to somebody who switched this channel off."""
        ...

    def addresses(self, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        """User id -> address, for those who have one. One query."""
        ...

    def push(self, messages: Sequence[Message]) -> list[Result]:
        """Send; one result for each message, in order. Must not raise, and must be done within a minute for 100."""
        ...

    def recall(self, notice_ids: Collection[uuid.UUID]) -> None:
        """Give up what was handed over of these notices and has not gone yet: they were withdrawn."""
        ...
