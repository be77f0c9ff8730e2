"""Doors for the background worker."""

from jiceng.kernel.clock import now
from jiceng.kernel.tasks import enqueue

from .services import deadlines, escalate_overdue


def remind_of_overdue() -> None:
    if escalate_overdue(at=now()) == deadlines.BATCH:
        enqueue("workflow.escalate_overdue")
