"""The inbox that every module feeds."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import CharField, DateTimeField, Func, QuerySet, UUIDField, Value

from jiceng.access.actor import Actor
from jiceng.access.models.users import Id
from jiceng.kernel.bulk import insert_selected

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


@transaction.atomic
def put_todos(
    *, owner: str, kind: str, title: str, url: str, users: QuerySet[Any, Any], at: datetime, due_at: datetime | None = None
) -> int:  # fmt: skip
    """Let something wait for many users at once; returns how many are new. ``users``: a queryset of users, one statement."""
    text = CharField()
    rows = users.order_by().values_list(
        Func(function="gen_random_uuid", output_field=UUIDField()),
        Value(owner, output_field=text), Value(kind, output_field=text), Value(title[:200], output_field=text),
        Value(url, output_field=text), "pk", Value("", output_field=text), Value("", output_field=text),
        Value(TodoState.OPEN.value, output_field=text), Value(at, output_field=DateTimeField()),
        Value(due_at, output_field=DateTimeField()), Value("", output_field=text),
    )  # fmt: skip
    columns = (
        "id", "owner", "kind", "title", "url", "user_id", "permission", "role", "state", "created_at", "due_at", "closed_by_name",
    )  # fmt: skip
    return insert_selected(Todo, columns, rows)


@transaction.atomic
def move_todos(*, owner: str, due_at: datetime | None) -> int:
    """Give every open entry of ``owner`` another deadline; returns how many."""
    return Todo.objects.filter(owner=owner, state=TodoState.OPEN).update(due_at=due_at)


@transaction.atomic
def close_todos_of(*, owner: str, user_id: Id, actor: Actor, at: datetime) -> int:
    """The same for one addressee: done."""
    return Todo.objects.filter(owner=owner, user_id=user_id, state=TodoState.OPEN).update(
        state=TodoState.DONE, closed_at=at, closed_by_name=actor.display_name[:150]
    )
