"""What an answer is worth, and what an attempt comes to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import FieldError
from jiceng.workflow import services as workflow

from .. import errors
from ..models import (
    CHOICE_KINDS,
    Attempt,
    AttemptItem,
    AttemptState,
    Candidate,
    Exam,
    PartialCredit,
    QuestionKind,
    QuestionVersion,
    VoidedQuestion,
)
from .completing import reconsider
from .question_content import folded

CENT = Decimal("0.01")
FILL_LENGTH = 200
SHORT_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Worth:
    """``awarded``: ``None`` until somebody has marked it."""

    awarded: Decimal | None
    is_right: bool | None


def worth(version: QuestionVersion, answer: Any, points: Decimal, partial_credit: str) -> Worth:
    """The points of an answer. Blanks of one question share its points; short answers wait for a person."""
    kind = version.question.kind
    if not answer or (kind not in CHOICE_KINDS and not any(answer)):
        return Worth(Decimal(0), False)
    if kind == QuestionKind.SHORT:
        return Worth(None, None)
    if kind == QuestionKind.FILL:
        pairs = zip(version.answer, answer, strict=False)
        right = sum(folded(given) in {folded(one) for one in accepted} for accepted, given in pairs)
        share = (points * right / len(version.answer)).quantize(CENT, ROUND_HALF_UP)
        return Worth(share, right == len(version.answer))
    chosen, wanted = set(answer), set(version.answer)
    if chosen == wanted:
        return Worth(points, True)
    is_partly = kind == QuestionKind.MULTIPLE and chosen < wanted and partial_credit == PartialCredit.HALF
    return Worth((points / 2).quantize(CENT, ROUND_HALF_UP) if is_partly else Decimal(0), False)


def clean_answer(version: QuestionVersion, given: Any) -> list[Any] | None:
    """An answer as it is kept; ``None`` for none. Raises ``AnswerInvalid``."""
    if given in (None, "", [], ()):
        return None
    if not isinstance(given, (list, tuple)):
        raise _fault("invalid_answer", _("答案的写法有误。"))
    kind = version.question.kind
    if kind in CHOICE_KINDS:
        return _places(version, given)
    longest = SHORT_LENGTH if kind == QuestionKind.SHORT else FILL_LENGTH
    blanks = 1 if kind == QuestionKind.SHORT else len(version.answer)
    if len(given) > blanks or not all(isinstance(text, str) for text in given):
        raise _fault("invalid_answer", _("答案的写法有误。"))
    texts = [_text(text, longest) for text in given]
    return texts if any(texts) else None


def score_items(attempt: Attempt, items: Sequence[AttemptItem], voided: Collection[Any]) -> None:
    """Give every answer its worth, those of voided questions their full points. One statement."""
    credit = attempt.exam.paper.partial_credit
    for item in items:
        if item.version.question_id in voided:
            item.awarded, item.is_right, item.needs_marking = item.points, True, False
            continue
        found = worth(item.version, item.answer, item.points, credit)
        item.awarded, item.is_right, item.needs_marking = found.awarded, found.is_right, found.awarded is None
    AttemptItem.objects.bulk_update(items, ("awarded", "is_right", "needs_marking"))


def settle(attempt: Attempt, candidate: Candidate, *, at: datetime) -> None:
    """Add up what every answer got: the score is final. ``attempt`` and ``candidate`` are locked, the candidate first.

    Emits ``study.exam.passed`` the first time somebody passes, ``study.exam.failed`` for a first score below; finishes the
    course that waited for it.
    """
    exam, is_first = attempt.exam, attempt.scored_at is None
    awarded = AttemptItem.objects.filter(attempt=attempt).values_list("awarded", flat=True)
    attempt.score = sum((one or Decimal(0) for one in awarded), Decimal(0))
    attempt.percent = int(100 * attempt.score / attempt.max_score)
    attempt.is_passed = 100 * attempt.score >= exam.pass_percent * attempt.max_score
    attempt.state, attempt.scored_at = AttemptState.FINAL, attempt.scored_at or at
    attempt.save(update_fields=("score", "percent", "is_passed", "state", "scored_at"))
    if candidate.best_score is None or attempt.score > candidate.best_score:
        candidate.best_score, candidate.best_percent = attempt.score, attempt.percent
    passes_now = attempt.is_passed and candidate.passed_at is None
    if passes_now:
        candidate.passed_at = at
    candidate.save(update_fields=("best_score", "best_percent", "passed_at"))
    if passes_now or (is_first and not attempt.is_passed):
        _tell(attempt, exam)
    if passes_now and exam.course is not None:
        reconsider(person=attempt.person, course=exam.course, at=at)


def close_todo(attempt: Attempt, *, at: datetime) -> None:
    """Handing in is what was asked."""
    person = attempt.person
    if person.user_id is not None:
        workflow.close_todos_of(
            owner=f"study.exam:{attempt.exam_id}", user_id=person.user_id, actor=Actor.system(person.name), at=at
        )


def voided_of(exam: Exam) -> set[Any]:
    return set(VoidedQuestion.objects.filter(exam=exam).values_list("question_id", flat=True))


def _tell(attempt: Attempt, exam: Exam) -> None:
    person = attempt.person
    emit(
        "study.exam.passed" if attempt.is_passed else "study.exam.failed",
        actor_id=str(person.user_id) if person.user_id else None,
        payload={
            "exam_id": str(exam.pk), "course_id": str(exam.course_id or ""), "attempt_id": str(attempt.pk),
            "person_id": str(person.pk), "user_id": str(person.user_id or ""), "score_percent": attempt.percent,
        },
    )  # fmt: skip


def _places(version: QuestionVersion, given: Sequence[Any]) -> list[int]:
    count = len(version.options)
    if len(given) > count or not all(type(place) is int and 0 <= place < count for place in given):
        raise _fault("unknown_option", _("没有这个选项。"))
    places = sorted(set(given))
    if version.question.kind != QuestionKind.MULTIPLE and len(places) > 1:
        raise _fault("only_one", _("这道题只能选一项。"))
    return places


def _text(text: str, longest: int) -> str:
    return str(Cleaner().text("answer", text, longest).done(errors.AnswerInvalid)["answer"])


def _fault(code: str, message: str) -> errors.AnswerInvalid:
    return errors.AnswerInvalid(fields=(FieldError("/answer", code, message),))
