"""What one person has to learn, is learning and has learned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet

from jiceng.members.models import Person

from ..models import Assignee, Course, Enrolment, Lesson, Note, Progress
from .courses import assigned_to, takeable

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shelf:
    """``asked``: open assignments, the most urgent first. ``running``: begun and not through. ``done``: how many are."""

    asked: tuple[Assignee, ...]
    running: tuple[Enrolment, ...]
    done: int


def shelf(person: Person | None) -> Shelf:
    """The learner's start page."""
    if person is None:
        return Shelf((), (), 0)
    asked = (
        assigned_to(person)
        .filter(completed_at=None)
        .select_related("assignment", "assignment__course")
        .order_by(F("assignment__due_at").asc(nulls_last=True), "-id")[:SHOWN]
    )
    mine = Enrolment.objects.filter(person=person)
    running = (
        mine.filter(completed_at=None, course__state="published")
        .select_related("course", "lesson")
        .order_by("-opened_at")
    )
    return Shelf(tuple(asked), tuple(running[:SHOWN]), mine.filter(completed_at__isnull=False).count())


def offered(person: Person | None, *, words: str = "") -> QuerySet[Course]:
    """Courses to choose from, the newest first, with ``is_done`` and ``is_begun``."""
    mine = Enrolment.objects.filter(course=OuterRef("pk"), person=person)
    found = takeable(person).filter(material_alone=None).annotate(
        is_begun=Exists(mine), is_done=Exists(mine.filter(completed_at__isnull=False))
    )  # fmt: skip
    if words:
        found = found.filter(title__icontains=words)
    return found.select_related("cover").order_by("-published_at", "-id")


def completed(person: Person) -> QuerySet[Enrolment]:
    return (
        Enrolment.objects.filter(person=person, completed_at__isnull=False)
        .select_related("course")
        .order_by("-completed_at")
    )


def progress_of(lesson: Lesson, person: Person | None) -> Progress | None:
    return Progress.objects.filter(lesson=lesson, person=person).first() if person else None


def notes_of(person: Person | None, *, lesson: Lesson | None = None) -> QuerySet[Note]:
    """One's own notes, the newest first."""
    found = Note.objects.filter(person=person).select_related("lesson", "lesson__chapter__course")
    return found.filter(lesson=lesson) if lesson else found


def neighbours(lesson: Lesson) -> tuple[Lesson | None, Lesson | None]:
    """The lessons before and after it in its course."""
    course = lesson.chapter.course_id
    rows = list(
        Lesson.objects.filter(chapter__course=course).order_by("chapter__position", "chapter_id", "position", "id")
    )
    place = next(number for number, row in enumerate(rows) if row.pk == lesson.pk)
    return (rows[place - 1] if place else None), (rows[place + 1] if place + 1 < len(rows) else None)


def is_overdue(assignee: Assignee, at: datetime) -> bool:
    due = assignee.assignment.due_at
    return due is not None and due <= at and assignee.completed_at is None
