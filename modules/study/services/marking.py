"""Marking short answers by hand: blind if the exam says so, by two people where it sets a limit."""

from __future__ import annotations

import uuid
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..manifest.words import MARK
from ..models import Attempt, AttemptItem, AttemptState, Candidate, Exam, Mark
from ..selectors import exams, results
from .recording import record_deed
from .scoring import CENT, settle

COMMENT_LENGTH = 300


@transaction.atomic
def mark_answer(
    *, exam_id: uuid.UUID, item_id: int, points: Any, comment: str = "", actor: Actor, at: datetime
) -> AttemptItem:
    """Give one answer its points. The attempt has its score once its last answer is marked.

    Raises ``ExamMissing``, ``NothingToMark``, ``OwnAnswer``, ``AlreadyMarked``, ``ExamInvalid`` on ``/points``. Locks the
    candidate, the attempt and the answer.
    """
    exam = exams.get_managed(exam_id=exam_id, actor=actor, permission=MARK)
    known = AttemptItem.objects.filter(pk=item_id, attempt__exam=exam).select_related("attempt").first()
    if known is None:
        raise errors.NothingToMark
    candidate = Candidate.objects.select_for_update().get(pk=known.attempt.candidate_id)
    rows = Attempt.objects.select_for_update(of=("self",))
    attempt = rows.select_related("exam", "exam__course", "person").get(pk=known.attempt_id)
    item = AttemptItem.objects.select_for_update(of=("self",)).select_related("version").get(pk=known.pk)
    _require_markable(item, attempt, actor)
    given = _points(points, item.points)
    values = Cleaner().text("comment", comment, COMMENT_LENGTH).done(errors.ExamInvalid)
    marks = list(item.marks.all())
    marks.append(Mark.objects.create(
        item=item, marker=actor.user, marker_name=actor.display_name[:150], stage=len(marks) + 1, points=given,
        comment=values["comment"], created_at=at,
    ))  # fmt: skip
    agreed = agreed_points([mark.points for mark in marks], exam)
    if agreed is not None:
        item.awarded, item.needs_marking, item.is_right = agreed, False, agreed == item.points
        item.save(update_fields=("awarded", "needs_marking", "is_right"))
        if not AttemptItem.objects.filter(attempt=attempt, needs_marking=True).exists():
            settle(attempt, candidate, at=at)
    record_deed("study.exam.marked", exam, actor, after={"answer": item.pk, "points": str(given), "stage": len(marks)})
    return item


@transaction.atomic
def export_results(*, exam_id: uuid.UUID, actor: Actor) -> tuple[Exam, list[tuple[str, ...]]]:
    """Scores as text; the export is recorded. Raises ``ExamMissing``."""
    exam = exams.get_managed(exam_id=exam_id, actor=actor, permission=MARK)
    rows = results.table_of(exam)
    record_deed("study.exam.exported", exam, actor, after={"person_count": len(rows)})
    return exam, rows


def agreed_points(points: list[Decimal], exam: Exam) -> Decimal | None:
    """What the marks so far come to; ``None``: one more person is to mark.

    One mark without a limit. With one: the mean of two that differ by no more; else the mean of the third and the nearer.
    """
    if exam.second_limit is None:
        return points[0]
    if len(points) < 2 or (len(points) == 2 and abs(points[0] - points[1]) > exam.second_limit):
        return None
    pair = points[:2]
    if len(points) > 2:
        pair = [points[2], min(points[:2], key=lambda one: (abs(one - points[2]), -one))]
    return (sum(pair, Decimal(0)) / 2).quantize(CENT, ROUND_HALF_UP)


def _require_markable(item: AttemptItem, attempt: Attempt, actor: Actor) -> None:
    if attempt.state != AttemptState.MARKING or not item.needs_marking:
        raise errors.AlreadyMarked
    if actor.user is not None and attempt.person.user_id == actor.user.pk:
        raise errors.OwnAnswer
    if actor.user is not None and item.marks.filter(marker=actor.user).exists():
        raise errors.AlreadyMarked


def _points(given: Any, most: Decimal) -> Decimal:
    try:
        points = Decimal(str(given))
        if 0 <= points <= most and points * 2 == int(points * 2):
            return points
    except (InvalidOperation, ValueError, OverflowError):
        pass
    cleaner = Cleaner().refuse("points", "out_of_range", _("得分应在 0 到 %(most)s 之间，以 0.5 为单位。") % {
        "most": f"{most.normalize():f}",
    })  # fmt: skip
    raise errors.ExamInvalid(fields=tuple(cleaner.faults))
