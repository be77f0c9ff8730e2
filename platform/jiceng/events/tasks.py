"""Doors for the background worker."""

from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue

from . import services


def remove_finished() -> None:
    if services.remove_finished(at=now()) == services.REMOVE_BATCH:
        enqueue("events.remove_finished")
