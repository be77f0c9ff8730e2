"""Courses as learners and teachers see them. Who may take what is decided here, once, for all surfaces."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.members.models import Person
from jiceng.members.scope import people_in_reach

from .. import errors
from ..manifest.words import ASSIGN, LEARN, TEACH
from ..models import Assignee, AssignmentState, Chapter, Course, CourseState, Enrolment, Lesson, Progress


@dataclass(frozen=True, slots=True)
class Step:
    """A lesson as one learner sees it. ``state``: done, current, open or locked."""

    lesson: Lesson
    progress: Progress | None
    state: str

    @property
    def percent(self) -> int:
        if self.state == "done":
            return 100
        needed = self.lesson.needed_seconds
        return min(99, 100 * self.progress.effective_seconds // needed) if self.progress and needed else 0


@dataclass(frozen=True, slots=True)
class Outline:
    """``chapters``: each with its steps. ``following``: where to go on. ``done``/``needed``: required lessons."""

    chapters: tuple[tuple[Chapter, tuple[Step, ...]], ...]
    following: Step | None
    done: int
    needed: int

    @property
    def percent(self) -> int:
        return 100 * self.done // self.needed if self.needed else 0

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(step for _chapter, steps in self.chapters for step in steps)


def assigned_to(person: Person | None) -> QuerySet[Assignee]:
    """What is asked of somebody now."""
    return Assignee.objects.filter(person=person, assignment__state=AssignmentState.OPEN)


def takeable(person: Person | None) -> QuerySet[Course]:
    """Published courses that are open to all, assigned to ``person``, or begun by them."""
    mine = Q(Exists(assigned_to(person).filter(assignment__course=OuterRef("pk"))))
    begun = Q(Exists(Enrolment.objects.filter(course=OuterRef("pk"), person=person)))
    allowed = Q(is_open=True) if person is None else Q(is_open=True) | mine | begun
    return Course.objects.filter(allowed, state=CourseState.PUBLISHED)


def get_course(*, course_id: uuid.UUID, actor: Actor, person: Person | None) -> Course:
    """A course that ``actor`` may take, or look at as its teacher. Raises ``CourseMissing``, ``CourseWithdrawn``."""
    course = Course.objects.select_related("unit", "cover").filter(pk=course_id).first()
    if course is None:
        raise errors.CourseMissing
    if may_teach(course, actor) and course.state != CourseState.WITHDRAWN:
        return course
    if course.state == CourseState.WITHDRAWN:
        known = person and Enrolment.objects.filter(course=course, person=person).exists()
        raise errors.CourseWithdrawn if known else errors.CourseMissing
    if not policy.may(actor, LEARN) or not takeable(person).filter(pk=course.pk).exists():
        raise errors.CourseMissing
    return course


def get_lesson(*, lesson_id: uuid.UUID, actor: Actor, person: Person | None) -> Lesson:
    """With chapter, course and material. Raises ``LessonMissing``, ``CourseMissing``, ``CourseWithdrawn``."""
    rows = Lesson.objects.select_related("chapter", "material", "material__file")
    lesson = rows.filter(pk=lesson_id).first()
    if lesson is None:
        raise errors.LessonMissing
    lesson.chapter.course = get_course(course_id=lesson.chapter.course_id, actor=actor, person=person)
    return lesson


def is_locked(lesson: Lesson, person: Person) -> bool:
    """Whether required lessons before it, of a course that goes in order, are not done yet."""
    if not lesson.chapter.course.in_order:
        return False
    step = next(step for step in outline(lesson.chapter.course, person).steps if step.lesson.pk == lesson.pk)
    return step.state == "locked"


def outline(course: Course, person: Person | None) -> Outline:
    """The whole course with what ``person`` has done. Three queries."""
    lessons = list(
        Lesson.objects.filter(chapter__course=course).select_related("material", "chapter").order_by(
            "chapter__position", "chapter_id", "position", "id"
        )
    )  # fmt: skip
    rows = Progress.objects.filter(lesson__chapter__course=course, person=person) if person else Progress.objects.none()
    progress = {row.lesson_id: row for row in rows}
    steps, is_blocked, following = [], False, None
    for lesson in lessons:
        own = progress.get(lesson.pk)
        if own is not None and own.completed_at is not None:
            steps.append(Step(lesson, own, "done"))
            continue
        state = "locked" if is_blocked and course.in_order else "open"
        if following is None and state == "open" and (lesson.is_required or not is_blocked):
            state = "current"
        step = Step(lesson, own, state)
        following = step if state == "current" else following
        is_blocked = is_blocked or lesson.is_required
        steps.append(step)
    chapters = [
        (chapter, tuple(step for step in steps if step.lesson.chapter_id == chapter.pk))
        for chapter in Chapter.objects.filter(course=course)
    ]
    required = [step for step in steps if step.lesson.is_required]
    return Outline(tuple(chapters), following, sum(step.state == "done" for step in required), len(required))


def is_through(course: Course, person: Person) -> bool:
    """Whether every required lesson is done."""
    required = Lesson.objects.filter(chapter__course=course, is_required=True)
    done = Progress.objects.filter(lesson=OuterRef("pk"), person=person, completed_at__isnull=False)
    return required.exists() and not required.filter(~Exists(done)).exists()


def enrolment_of(course: Course, person: Person | None) -> Enrolment | None:
    return Enrolment.objects.filter(course=course, person=person).first() if person else None


def managed(actor: Actor) -> QuerySet[Course]:
    """Courses that ``actor`` may teach, with ``lesson_count``, ``learner_count`` and ``completed_count``."""
    paths = policy.unit_paths(actor, TEACH)
    found = Course.objects.select_related("unit")
    if paths is not None:
        reach = Q(pk=None)
        for path in paths:
            reach |= Q(unit__path__startswith=path)
        found = found.filter(reach)
    return with_counts(found)


def with_counts(found: QuerySet[Course]) -> QuerySet[Course]:
    """The same with ``lesson_count``, ``learner_count`` and ``completed_count``."""
    taking = Enrolment.objects.filter(course=OuterRef("pk")).order_by().values("course")
    lessons = Lesson.objects.filter(chapter__course=OuterRef("pk")).order_by().values("chapter__course")
    return found.annotate(
        lesson_count=Coalesce(Subquery(lessons.annotate(n=Count("*")).values("n")), 0),
        learner_count=Coalesce(Subquery(taking.annotate(n=Count("*")).values("n")), 0),
        completed_count=Coalesce(Subquery(taking.annotate(n=Count("completed_at")).values("n")), 0),
    )


def visible(actor: Actor) -> QuerySet[Course]:
    """What a program or a person may read of: all they teach, and published courses open to everybody."""
    everybody = Course.objects.filter(state=CourseState.PUBLISHED, is_open=True).values("pk")
    allowed = Q(pk__in=everybody)
    if policy.may(actor, TEACH):
        allowed |= Q(pk__in=managed(actor).values("pk"))
    return with_counts(Course.objects.select_related("unit").filter(allowed))


def enrolments_in_reach(actor: Actor) -> QuerySet[Enrolment]:
    """Of the people that ``actor`` may assign something to, with ``is_completed``."""
    found = Enrolment.objects.filter(person__in=people_in_reach(actor, ASSIGN).values("pk")).select_related("person")
    return found.annotate(is_completed=Q(completed_at__isnull=False))


def get_managed(*, course_id: uuid.UUID, actor: Actor) -> Course:
    """Raises ``CourseMissing``, also for courses of units out of reach."""
    course = managed(actor).filter(pk=course_id).first()
    if course is None:
        raise errors.CourseMissing
    return course


def get_chapter(*, chapter_id: uuid.UUID, actor: Actor) -> Chapter:
    """Raises ``ChapterMissing``, also for courses out of reach."""
    rows = Chapter.objects.select_related("course").filter(course__in=managed(actor).values("pk"))
    chapter = rows.filter(pk=chapter_id).first()
    if chapter is None:
        raise errors.ChapterMissing
    return chapter


def get_managed_lesson(*, lesson_id: uuid.UUID, actor: Actor) -> Lesson:
    """Raises ``LessonMissing``, also for courses out of reach."""
    rows = Lesson.objects.select_related("chapter", "chapter__course", "material")
    lesson = rows.filter(pk=lesson_id, chapter__course__in=managed(actor).values("pk")).first()
    if lesson is None:
        raise errors.LessonMissing
    return lesson


def learners(course: Course, *, show: str = "") -> QuerySet[Enrolment]:
    """Who takes it, the latest first, with ``done_count``. ``show``: ``done``, ``running`` or everybody."""
    done = Progress.objects.filter(
        lesson__chapter__course=course, lesson__is_required=True, person=OuterRef("person"), completed_at__isnull=False
    )
    count = done.order_by().values("person").annotate(n=Count("*")).values("n")
    found = Enrolment.objects.filter(course=course).select_related("person", "person__unit")
    if show in ("done", "running"):
        found = found.filter(completed_at__isnull=show == "running")
    return found.annotate(done_count=Coalesce(Subquery(count), 0)).order_by("-opened_at", "-id")


def may_teach(course: Course, actor: Actor) -> bool:
    """Whether ``actor`` may change it."""
    return policy.may(actor, TEACH, course.unit.path if course.unit else "")


def has_courses() -> bool:
    return Course.objects.filter(state=CourseState.PUBLISHED).exists()
