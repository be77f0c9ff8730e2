"""Exams: written, published with a frozen paper, closed, extended for those who need it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner, clean_moment
from jiceng.kernel.errors import DomainError, FieldError
from jiceng.kernel.tasks import enqueue
from jiceng.members import audiences
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from .. import errors
from ..manifest.words import EXAMINE
from ..models import TITLE_LENGTH, Attempt, AttemptState, Course, CourseState, Exam, ExamState, Paper, ShowAnswers
from ..selectors import courses, questions
from . import papers, scoping
from .recording import record_deed

WORDS_LENGTH = 500
NAMES = (
    "title", "words", "course_id", "paper_id", "audience", "opens_at", "closes_at", "minutes", "attempts_allowed",
    "pass_percent", "show_answers", "is_blind", "second_limit",
)  # fmt: skip


class ExamFields(TypedDict, total=False):
    """``course_id``: whose final exam it is. ``audience``: as ``audiences.parse`` takes it, ``None``: everybody may.

    ``minutes`` 1–600, ``attempts_allowed`` 1–20, ``pass_percent`` 1–100. ``second_limit``: points, ``None``: one marker.
    """

    title: str
    words: str
    course_id: uuid.UUID | None
    unit_id: uuid.UUID | None
    paper_id: uuid.UUID
    audience: Mapping[str, Any] | None
    opens_at: datetime
    closes_at: datetime
    minutes: int
    attempts_allowed: int
    pass_percent: int
    show_answers: str
    is_blind: bool
    second_limit: Decimal | str | None


@transaction.atomic
def create_exam(*, fields: ExamFields, actor: Actor, at: datetime) -> Exam:
    """A draft. Raises ``ExamInvalid`` with a fault by field, ``Forbidden``."""
    unit = scoping.unit_for(fields.get("unit_id"), actor=actor, permission=EXAMINE)
    values = _cleaned(fields, actor, at)
    exam = Exam.objects.create(**values, unit=unit, author_name=actor.display_name[:150], created_at=at, updated_at=at)
    record_deed("study.exam.created", exam, actor, after=_facts(exam))
    return exam


@transaction.atomic
def update_exam(
    *, exam_id: uuid.UUID, fields: ExamFields, version: int | None = None, actor: Actor, at: datetime
) -> Exam:
    """Change a draft. Raises ``ExamMissing``, ``ExamStateWrong``, ``ExamStale``, ``ExamInvalid``."""
    exam = locked_exam(exam_id, actor, (ExamState.DRAFT,))
    if version is not None and version != exam.version:
        raise errors.ExamStale
    before = _facts(exam)
    known = {name: getattr(exam, name) for name in NAMES if name != "audience"}
    for name, value in _cleaned({**known, **fields}, actor, at, keeps_audience="audience" not in fields).items():  # type: ignore[typeddict-item]
        setattr(exam, name, value)
    _save(exam, at)
    record_deed("study.exam.updated", exam, actor, before=before, after=_facts(exam))
    return exam


@transaction.atomic
def publish_exam(*, exam_id: uuid.UUID, actor: Actor, at: datetime) -> Exam:
    """Freeze its paper, open it in its window; a worker tells the audience and closes it.

    Raises ``ExamMissing``, ``ExamStateWrong``, ``WindowOver``, ``PaperEmpty``, ``QuestionsTooFew``, ``CourseHasExam``.
    """
    exam = locked_exam(exam_id, actor, (ExamState.DRAFT,))
    if exam.closes_at <= at:
        raise errors.WindowOver
    papers.freeze(exam.paper, at=at)
    exam.state, exam.published_at = ExamState.PUBLISHED, at
    try:
        with transaction.atomic():
            _save(exam, at)
    except IntegrityError as error:  # of several at once, one is its course's exam
        raise errors.CourseHasExam from error
    enqueue("study.deliver_exam", exam_id=exam.pk)
    enqueue("study.finish_exam", exam_id=exam.pk, at=exam.closes_at)
    emit("study.exam.published", actor_id=actor.id, payload={
        "exam_id": str(exam.pk), "title": exam.title, "course_id": str(exam.course_id or ""),
    })  # fmt: skip
    record_deed("study.exam.published", exam, actor, after=_facts(exam))
    return exam


@transaction.atomic
def close_exam(*, exam_id: uuid.UUID, actor: Actor, at: datetime) -> Exam:
    """End it before its time: what was answered is handed in. Raises ``ExamMissing``, ``ExamStateWrong``."""
    exam = locked_exam(exam_id, actor, (ExamState.PUBLISHED,))
    exam.state = ExamState.CLOSED
    _end(exam, actor, at)
    Attempt.objects.filter(exam=exam, state=AttemptState.RUNNING).update(deadline_at=at)
    enqueue("study.finish_exam", exam_id=exam.pk)
    record_deed("study.exam.closed", exam, actor)
    return exam


@transaction.atomic
def withdraw_exam(*, exam_id: uuid.UUID, actor: Actor, at: datetime) -> Exam:
    """Take it back, as if it had not been: running attempts are void, nobody sees it. Raises as ``close_exam``."""
    exam = locked_exam(exam_id, actor, (ExamState.PUBLISHED, ExamState.DRAFT))
    exam.state = ExamState.WITHDRAWN
    _end(exam, actor, at)
    Attempt.objects.filter(exam=exam, state=AttemptState.RUNNING).update(state=AttemptState.CANCELLED)
    record_deed("study.exam.withdrawn", exam, actor)
    return exam


def owner_of(exam: Exam) -> str:
    return f"study.exam:{exam.pk}"


def address_of(exam: Exam) -> str:
    """Workers have no URLs of tenants; tests hold this to the routes."""
    return f"/study/exams/{exam.pk}/"


def locked_exam(exam_id: uuid.UUID, actor: Actor, states: tuple[str, ...]) -> Exam:
    """Raises ``ExamMissing``, ``Forbidden``, and ``ExamStateWrong`` unless it is in one of ``states``."""
    rows = Exam.objects.select_for_update(of=("self",)).select_related("unit", "paper", "course")
    exam = rows.filter(pk=exam_id).first()
    if exam is None:
        raise errors.ExamMissing
    scoping.require_over(exam.unit, actor=actor, permission=EXAMINE)
    if exam.state not in states:
        raise errors.ExamStateWrong
    return exam


def _end(exam: Exam, actor: Actor, at: datetime) -> None:
    _save(exam, at)
    workflow.close_todos(owner=owner_of(exam), actor=actor, at=at, is_done=False)
    notices.withdraw(source=owner_of(exam), at=at)


def _save(exam: Exam, at: datetime) -> None:
    exam.version += 1
    exam.updated_at = at
    exam.save()


def _cleaned(fields: ExamFields, actor: Actor, at: datetime, *, keeps_audience: bool = False) -> dict[str, Any]:
    cleaner = Cleaner().text("title", fields.get("title"), TITLE_LENGTH, needed=True)
    cleaner.text("words", fields.get("words") or "", WORDS_LENGTH)
    for name in ("opens_at", "closes_at"):
        clean_moment(cleaner, {name: fields.get(name)}, name, needed=True)
    opens_at, closes_at = cleaner.values.get("opens_at"), cleaner.values.get("closes_at")
    if opens_at and closes_at and closes_at <= opens_at:
        cleaner.refuse("closes_at", "before_opening", _("结束时间要晚于开始时间。"))
    for name, most, usual in (("minutes", 600, 60), ("attempts_allowed", 20, 1), ("pass_percent", 100, 60)):
        cleaner.whole(name, usual if fields.get(name) in (None, "") else fields.get(name), 1, most)
    show_answers = fields.get("show_answers") or ShowAnswers.AFTER_CLOSE
    if show_answers not in ShowAnswers.values:
        cleaner.refuse("show_answers", "unknown_rule", _("请选择何时公布答案。"))
    limit = _limit(cleaner, fields.get("second_limit"))
    paper, course = _paper(cleaner, fields, actor), _course(cleaner, fields, actor)
    faults = [] if keeps_audience else _audience_faults(fields.get("audience"), actor)
    cleaner.faults.extend(faults)
    values = cleaner.done(errors.ExamInvalid)
    values |= {"show_answers": show_answers, "second_limit": limit, "paper": paper, "course": course}
    values["is_blind"] = bool(fields.get("is_blind", True))
    if not keeps_audience:
        values["audience"] = _kept_audience(fields.get("audience"), at)
    return values


def _limit(cleaner: Cleaner, given: Any) -> Decimal | None:
    if given in (None, ""):
        return None
    try:
        limit = Decimal(str(given))
        if 0 <= limit <= 100 and limit * 2 == int(limit * 2):
            return limit
    except (InvalidOperation, ValueError, OverflowError):
        pass
    cleaner.refuse("second_limit", "out_of_range", _("分差应在 0 到 100 之间，以 0.5 为单位。"))
    return None


def _paper(cleaner: Cleaner, fields: ExamFields, actor: Actor) -> Paper | None:
    paper = Paper.objects.filter(
        questions.within(actor, EXAMINE), pk=fields.get("paper_id") or uuid.UUID(int=0)
    ).first()
    if paper is None:
        cleaner.refuse("paper_id", "unknown_paper", _("请选择一份试卷。"))
    return paper


def _course(cleaner: Cleaner, fields: ExamFields, actor: Actor) -> Course | None:
    """Whoever teaches a course gives it its exam."""
    wanted = fields.get("course_id")
    if not wanted:
        return None
    course = Course.objects.select_related("unit").filter(pk=wanted).first()
    if course is None or course.state == CourseState.WITHDRAWN or not courses.may_teach(course, actor):
        cleaner.refuse("course_id", "unknown_course", _("请选择一门您管理的课程。"))
        return None
    return course


def _audience_faults(wanted: Mapping[str, Any] | None, actor: Actor) -> list[FieldError]:
    try:
        if wanted is not None:
            audiences.require_within(audiences.parse(wanted), actor=actor, permission=EXAMINE)
    except DomainError as error:
        return list(error.fields) or [FieldError("/audience", error.code, str(error.detail))]
    return []


def _kept_audience(wanted: Mapping[str, Any] | None, at: datetime) -> Any:
    return None if wanted is None else audiences.keep(audiences.parse(wanted), at=at)


def _facts(exam: Exam) -> dict[str, Any]:
    return {
        "title": exam.title, "paper": str(exam.paper_id), "opens_at": exam.opens_at.isoformat(),
        "closes_at": exam.closes_at.isoformat(), "minutes": exam.minutes, "pass_percent": exam.pass_percent,
    }  # fmt: skip
