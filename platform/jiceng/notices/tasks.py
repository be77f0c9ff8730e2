"""Doors for the background worker."""

from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue

from . import services
from .services import delivering, purging, todos


def deliver() -> None:
    if services.deliver_due(at=now()) >= delivering.BATCH:
        enqueue("notices.deliver")


def remind_of_todos() -> None:
    if services.remind_of_todos(at=now()) == todos.BATCH:
        enqueue("notices.remind_of_todos")


def purge() -> None:
    if services.purge(at=now()) == purging.BATCH:
        enqueue("notices.purge")
