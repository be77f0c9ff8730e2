"""The inbox that every module feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models.users import Id

from ..models import Todo, TodoState


@transaction.atomic
def put_todo(
    *,
    owner: str,
    kind: str,
    title: str,
    url: str,
    at: datetime,
    due_at: datetime | None = None,
    user_id: Id | None = None,
    permission: str = "",
    role: str = "",
    unit_path: str | None = None,
) -> Todo:
    """Let something wait for one user, or for whoever holds ``permission`` or ``role`` at ``unit_path``.

    Exactly one of the three; ``unit_path``: ``None`` anywhere, ``""`` over everything, or a unit's path. An open entry with
    the same ``owner`` and addressee is brought up to date instead. ``owner``: ``<module>.<object>:<id>``. ``url``: a path on
    the tenant's host. No personal data beyond a name in ``title``.
    """
    changeable: dict[str, Any] = {"kind": kind, "title": title[:200], "url": url, "due_at": due_at}
    same: dict[str, Any] = {
        "owner": owner, "user_id": user_id, "permission": permission, "role": role, "unit_path": unit_path,
        "state": TodoState.OPEN,
    }  # fmt: skip
    todo, _is_new = Todo.objects.update_or_create(
        **same, defaults=changeable, create_defaults={**changeable, "created_at": at}
    )
    return todo


@transaction.atomic
def close_todos(*, owner: str, actor: Actor, at: datetime, is_done: bool = True) -> int:
    """Close every open entry of ``owner``; returns how many. ``is_done``: done, or no longer wanted."""
    return Todo.objects.filter(owner=owner, state=TodoState.OPEN).update(
        state=TodoState.DONE if is_done else TodoState.CANCELLED, closed_at=at,
        closed_by_name=actor.display_name[:150],
    )  # fmt: skip
