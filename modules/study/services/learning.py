"""Opening lessons, counting time, finishing. The server's clock counts; what terminals report can only make it less."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.clock import local_zone
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import Person

from .. import errors
from ..models import Attention, CompletionRule, Course, Enrolment, Lesson, Progress
from ..selectors import courses as reads
from ..selectors.learners import require_learner
from .completing import reconsider

# Players report every 15 seconds. A longer silence means that nobody was there, whatever is reported after it.
LONGEST_SILENCE = timedelta(seconds=40)


@transaction.atomic
def open_lesson(*, lesson_id: uuid.UUID, actor: Actor, at: datetime) -> Progress:
    """Begin or go on; every terminal resumes here. A lesson with rule ``open`` is done by it.

    Raises ``LessonMissing``, ``CourseMissing``, ``CourseWithdrawn``, ``LessonLocked``, ``NotOnRoster``.
    """
    person = require_learner(actor)
    lesson = reads.get_lesson(lesson_id=lesson_id, actor=actor, person=person)
    course = lesson.chapter.course
    if reads.is_locked(lesson, person):
        raise errors.LessonLocked
    Enrolment.objects.update_or_create(
        course=course, person=person, defaults={"lesson": lesson, "opened_at": at},
        create_defaults={"lesson": lesson, "opened_at": at, "started_at": at},
    )  # fmt: skip
    Attention.objects.bulk_create([_fresh_attention(person, at)], ignore_conflicts=True)
    Progress.objects.bulk_create(
        [Progress(lesson=lesson, person=person, started_at=at, updated_at=at)], ignore_conflicts=True
    )
    progress = Progress.objects.select_for_update(of=("self",)).get(lesson=lesson, person=person)
    if lesson.rule == CompletionRule.OPEN:
        _complete(progress, lesson, course, person, actor, at)
    return progress


@transaction.atomic
def report_time(*, lesson_id: uuid.UUID, position: int, watched: int, actor: Actor, at: datetime) -> Progress:
    """``actor`` is at ``position`` (seconds) and was with the lesson for ``watched`` seconds since the last report.

    Counts at most the time since anything of this person was counted, on whatever terminal, and at most 40 seconds; nothing
    before the lesson was opened, and nothing beyond the daily limit. Raises as ``open_lesson``. Locks the person's row of
    ``Attention`` first, so that two terminals queue.
    """
    person = require_learner(actor)
    lesson = reads.get_lesson(lesson_id=lesson_id, actor=actor, person=person)
    attention = Attention.objects.select_for_update().filter(person=person).first()
    progress = _find(lesson, person) if attention else None
    if attention is None or progress is None:
        raise errors.LessonMissing
    counted = _counted(attention, max(watched, 0), at)
    progress.effective_seconds += counted
    plays = lesson.material.duration_seconds
    progress.position_seconds = max(min(position, plays or 10 * 3600), 0)
    progress.updated_at = max(at, progress.updated_at)
    progress.save(update_fields=("effective_seconds", "position_seconds", "updated_at"))
    if lesson.rule == CompletionRule.TIME and progress.effective_seconds >= lesson.needed_seconds:
        _complete(progress, lesson, lesson.chapter.course, person, actor, at)
    return progress


@transaction.atomic
def confirm_lesson(*, lesson_id: uuid.UUID, actor: Actor, at: datetime) -> Progress:
    """The learner says that it is read. Doing so twice is the same as once.

    Raises ``LessonNotReady`` before ``needed_seconds`` have passed since it was opened (rule ``confirm``) or were counted
    (rule ``time``), and as ``open_lesson``.
    """
    person = require_learner(actor)
    lesson = reads.get_lesson(lesson_id=lesson_id, actor=actor, person=person)
    progress = _find(lesson, person)
    if progress is None:
        raise errors.LessonNotReady
    passed = (
        int((at - progress.started_at).total_seconds())
        if lesson.rule == CompletionRule.CONFIRM
        else progress.effective_seconds
    )
    if progress.completed_at is None and passed < lesson.needed_seconds:
        raise errors.LessonNotReady
    _complete(progress, lesson, lesson.chapter.course, person, actor, at)
    return progress


def _find(lesson: Lesson, person: Person) -> Progress | None:
    """The row, locked."""
    return Progress.objects.select_for_update(of=("self",)).filter(lesson=lesson, person=person).first()


def _complete(
    progress: Progress, lesson: Lesson, course: Course, person: Person, actor: Actor, at: datetime
) -> None:  # fmt: skip
    """Once. Emits ``study.lesson.completed``, and finishes the course if that was the last of it."""
    if progress.completed_at is not None:
        return
    progress.completed_at = at
    progress.save(update_fields=("completed_at",))
    emit(
        "study.lesson.completed", actor_id=actor.id,
        payload={
            "lesson_id": str(lesson.pk), "course_id": str(course.pk), "person_id": str(person.pk),
            "user_id": str(person.user_id or ""),
        },
    )  # fmt: skip
    reconsider(person=person, course=course, at=at)


def _fresh_attention(person: Person, at: datetime) -> Attention:
    return Attention(person=person, counted_until=at, day=at.astimezone(local_zone()).date())


def _counted(attention: Attention, watched: int, at: datetime) -> int:
    """Seconds that count now; moves the person's clock on."""
    today = at.astimezone(local_zone()).date()
    if attention.day != today:
        attention.day, attention.day_seconds = max(today, attention.day), 0
    passed = min(at - attention.counted_until, LONGEST_SILENCE)
    left = read_settings("study").daily_effective_hours * 3600 - attention.day_seconds
    counted = max(min(watched, int(passed.total_seconds()), left), 0)
    attention.day_seconds += counted
    attention.counted_until = max(at, attention.counted_until)
    attention.save()
    return counted
