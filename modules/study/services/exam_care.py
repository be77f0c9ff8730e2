"""What may still change about a published exam: more time for somebody, a question found wrong."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TypedDict

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner, clean_moment
from jiceng.kernel.tasks import enqueue

from .. import errors
from ..models import Attempt, AttemptItem, AttemptState, Candidate, ExamState, Question, VoidedQuestion
from .attempts import deadline_of
from .exams import locked_exam
from .recording import record_deed
from .scoring import score_items, settle, voided_of

REASON_LENGTH = 200
HELD = (ExamState.PUBLISHED, ExamState.CLOSED)


class ExtensionFields(TypedDict, total=False):
    """``extra_minutes`` 0–600 in all; ``until_at``: their own end of the window, ``None``: everybody's."""

    extra_minutes: int | None
    until_at: datetime | None
    reason: str


@transaction.atomic
def extend(
    *, exam_id: uuid.UUID, candidate_id: uuid.UUID, fields: ExtensionFields, actor: Actor, at: datetime
) -> Candidate:
    """Give one person more time; a running attempt has it at once. Audited with the reason.

    Raises ``ExamMissing``, ``ExamStateWrong``, ``CandidateMissing``, ``ExamInvalid``.
    """
    exam = locked_exam(exam_id, actor, (ExamState.PUBLISHED,))
    candidate = Candidate.objects.select_for_update().filter(exam=exam, pk=candidate_id).first()
    if candidate is None:
        raise errors.CandidateMissing
    cleaner = Cleaner().text("reason", fields.get("reason"), REASON_LENGTH, needed=True)
    cleaner.whole("extra_minutes", fields.get("extra_minutes"), 0, 600)
    clean_moment(cleaner, {"until_at": fields.get("until_at")}, "until_at")
    until_at = cleaner.values.get("until_at")
    if until_at is not None and until_at < exam.closes_at:
        cleaner.refuse("until_at", "too_early", _("不能早于考试的结束时间。"))
    values = cleaner.done(errors.ExamInvalid)
    candidate.extra_minutes, candidate.until_at = values["extra_minutes"], until_at
    candidate.extension_reason = values["reason"]
    candidate.save(update_fields=("extra_minutes", "until_at", "extension_reason"))
    running = Attempt.objects.select_for_update().filter(candidate=candidate, state=AttemptState.RUNNING).first()
    if running is not None:
        running.deadline_at = max(deadline_of(exam, candidate, running.started_at), at)
        running.save(update_fields=("deadline_at",))
    record_deed("study.exam.extended", exam, actor, after={
        "person": str(candidate.person_id), "extra_minutes": candidate.extra_minutes,
        "until_at": until_at.isoformat() if until_at else None, "reason": values["reason"],
    })  # fmt: skip
    return candidate


@transaction.atomic
def void_question(
    *, exam_id: uuid.UUID, question_id: uuid.UUID, reason: str, actor: Actor, at: datetime
) -> VoidedQuestion:
    """Take a wrong question out of the scoring: everybody who was asked it has its full points.

    A worker scores anew what is handed in. Raises ``ExamMissing``, ``ExamStateWrong``, ``QuestionMissing``,
    ``ExamInvalid`` on ``/reason``, ``AlreadyVoided``.
    """
    exam = locked_exam(exam_id, actor, HELD)
    values = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.ExamInvalid)
    is_asked = AttemptItem.objects.filter(attempt__exam=exam, version__question=question_id).exists()
    if not is_asked and not Question.objects.filter(pk=question_id).exists():
        raise errors.QuestionMissing
    try:
        with transaction.atomic():
            voided = VoidedQuestion.objects.create(
                exam=exam, question_id=question_id, reason=values["reason"], author_name=actor.display_name[:150], created_at=at
            )  # fmt: skip
    except IntegrityError as error:  # by somebody else, a moment ago
        raise errors.AlreadyVoided from error
    enqueue("study.rescore_exam", exam_id=exam.pk)
    record_deed("study.exam.voided", exam, actor, after={"question": str(question_id), "reason": values["reason"]})
    return voided


def attempts_to_rescore(exam_id: uuid.UUID) -> list[uuid.UUID]:
    """Those handed in that were asked a voided question and have not its points yet."""
    states = (AttemptState.MARKING, AttemptState.FINAL)
    asked = AttemptItem.objects.filter(attempt__exam=exam_id, attempt__state__in=states)
    voided = VoidedQuestion.objects.filter(exam=exam_id).values("question")
    found = asked.filter(version__question__in=voided).exclude(awarded=F("points"), is_right=True)
    return list(found.values_list("attempt", flat=True).distinct().order_by("attempt"))


@transaction.atomic
def rescore(*, attempt_id: uuid.UUID, at: datetime) -> None:
    """Give voided questions their points in one attempt; what people have marked stays. Locks candidate and attempt."""
    known = Attempt.objects.only("candidate_id").get(pk=attempt_id)
    candidate = Candidate.objects.select_for_update().get(pk=known.candidate_id)
    rows = Attempt.objects.select_for_update(of=("self",))
    attempt = rows.select_related("exam", "exam__paper", "exam__course", "person").get(pk=attempt_id)
    if attempt.state not in (AttemptState.MARKING, AttemptState.FINAL):
        return
    voided = voided_of(attempt.exam)
    items = AttemptItem.objects.filter(attempt=attempt, version__question__in=voided)
    score_items(attempt, list(items.select_related("version", "version__question")), voided)
    if not AttemptItem.objects.filter(attempt=attempt, needs_marking=True).exists():
        settle(attempt, candidate, at=at)
