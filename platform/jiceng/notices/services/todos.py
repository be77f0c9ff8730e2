"""Reminding of to-dos before their deadline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.workflow import addressees
from jiceng.workflow.models import Todo, TodoState

from .. import selectors
from ..manifest import TODO
from ..models import TodoReminder
from .sending import send

BATCH = 200


@transaction.atomic
def remind_of_todos(*, at: datetime) -> int:
    """Remind of up to 200 open to-dos whose deadline has come near; returns how many.

    On the days set by the tenant, each once. Only the nearest of the days counts: whoever gets a to-do two days before its
    deadline is reminded for "1 day", not for "3" and "7" as well. Nothing is sent about what is done. Locks the to-dos.
    """
    days = selectors.reminder_days()
    if not days:
        return 0
    near = Todo.objects.filter(state=TodoState.OPEN, due_at__gt=at, due_at__lte=at + timedelta(days=max(days) + 1))
    told = set(TodoReminder.objects.filter(todo__in=near.values("pk")).values_list("todo_id", "days_before"))
    steps = {row.pk: _step(row, days, at) for row in near.only("pk", "due_at", "created_at")}
    wanted = [pk for pk, step in steps.items() if step is not None and (pk, step) not in told][:BATCH]
    locked = Todo.objects.select_for_update(skip_locked=True).filter(pk__in=wanted, state=TodoState.OPEN)
    return sum(_remind(todo, days, at) for todo in locked)


def _step(todo: Todo, days: Iterable[int], at: datetime) -> int | None:
    """The smallest of ``days`` that the deadline is no further away than; ``None`` if that was so when the to-do was made."""
    if todo.due_at is None:
        return None
    left = _days(at, todo.due_at)
    step = min((day for day in days if left <= day), default=None)
    return step if step is not None and _days(todo.created_at, todo.due_at) > step else None


def _days(start: datetime, end: datetime) -> int:
    """Midnights between the two, where the people are."""
    zone = clock.local_zone()
    return (end.astimezone(zone).date() - start.astimezone(zone).date()).days


def _remind(todo: Todo, days: Iterable[int], at: datetime) -> bool:
    step = _step(todo, days, at)
    if step is None or todo.due_at is None:
        return False
    _row, is_new = TodoReminder.objects.get_or_create(todo=todo, days_before=step, defaults={"sent_at": at})
    if is_new:
        due = todo.due_at.astimezone(clock.local_zone())
        words = {"month": due.month, "day": due.day, "time": f"{due:%H:%M}"}
        send(
            category=TODO, title=_("快到期了：%(title)s") % {"title": todo.title}, url=todo.url, source=todo.owner,
            text=_("请在 %(month)d 月 %(day)d 日 %(time)s 前办理。") % words,
            users=addressees.users_of(todo, at=at), at=at, key=f"todo:{todo.pk}:{step}",
        )  # fmt: skip
    return is_new
