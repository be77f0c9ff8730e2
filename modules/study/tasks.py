"""Doors for background work: load by id, call one service."""

from __future__ import annotations

import uuid

from jiceng.kernel.clock import now

from .services import attempts, delivering, exam_care, exam_delivery


def deliver_assignment(*, assignment_id: str) -> None:
    """Make the list of an assignment and tell the people on it."""
    delivering.deliver_assignment(assignment_id=assignment_id, at=now())


def deliver_exam(*, exam_id: str) -> None:
    """Make the list of candidates and tell them."""
    exam_delivery.deliver_exam(exam_id=exam_id, at=now())


def hand_in_attempt(*, attempt_id: str) -> None:
    """Hand in what was saved when time is up."""
    attempts.hand_in_due(attempt_id=attempt_id, at=now())


def finish_exam(*, exam_id: str) -> None:
    """End an exam whose time is over."""
    exam_delivery.finish_exam(exam_id=exam_id, at=now())


def rescore_exam(*, exam_id: str) -> None:
    """Give everybody the points of voided questions."""
    for attempt_id in exam_care.attempts_to_rescore(uuid.UUID(exam_id)):
        exam_care.rescore(attempt_id=attempt_id, at=now())
