"""Reading the audit trail."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from jiceng.kernel.errors import Invalid

from .models import AuditEntry

PAGE_SIZE = 50
MAX_PAGE_SIZE = 200


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Newest first. ``next_cursor``: pass it back for older entries; ``None`` at the end."""

    entries: tuple[AuditEntry, ...]
    next_cursor: str | None


def list_entries(
    *,
    actor: str = "",
    action: str = "",
    target: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> EntryPage:
    """Entries matching all filters.

    ``actor``: part of a name, or an id. ``action``: an action or the beginning of one (``"access."``).
    ``since``/``until``: aware, half-open. Raises ``Invalid`` for a broken cursor. One query.
    """
    found = AuditEntry.objects.all()
    if actor:
        found = found.filter(Q(actor_id=actor) | Q(actor_name__icontains=actor))
    if action:
        found = found.filter(action__startswith=action)
    if target:
        found = found.filter(target=target)
    if since:
        found = found.filter(happened_at__gte=since)
    if until:
        found = found.filter(happened_at__lt=until)
    if cursor:
        found = found.filter(id__lt=_cursor_id(cursor))
    size = max(1, min(limit, MAX_PAGE_SIZE))
    rows = tuple(found.order_by("-id")[: size + 1])
    return EntryPage(rows[:size], str(rows[size - 1].id) if len(rows) > size else None)


def list_actions() -> list[str]:
    """The actions that occur in the trail, for a filter's choices."""
    return list(AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct())


def _cursor_id(cursor: str) -> uuid.UUID:
    try:
        return uuid.UUID(cursor)
    except ValueError as error:
        raise Invalid("翻页位置无效，请从第一页开始。") from error
