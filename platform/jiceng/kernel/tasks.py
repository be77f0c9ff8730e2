"""Asking for work to be done later, without knowing who does it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string


def enqueue(task: str, /, *, at: datetime | None = None, key: str | None = None, **arguments: Any) -> uuid.UUID | None:
    """Have ``task`` of some manifest run once this transaction has committed, in this schema.

    ``at``: not before this moment (aware). ``key``: while a message with this key is kept, no second one is written and
    ``None`` is returned. ``arguments``: scalars, lists, mappings and UUIDs (arriving as strings); pass ids, not rows.
    The task runs in a transaction together with the mark that it ran, so its database effects happen exactly once.
    Raises ``NotInTransaction``, ``UnknownTask``, ``PayloadMismatch`` (``jiceng.events.errors``).
    """
    return import_string(settings.TASK_WRITER)(task, arguments, at=at, key=key)
