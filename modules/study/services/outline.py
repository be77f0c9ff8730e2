"""The order of a course: chapters and lessons, and moving them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..models import (
    TITLE_LENGTH,
    Chapter,
    CompletionRule,
    Course,
    CourseState,
    Lesson,
    Material,
    MaterialKind,
    Progress,
)
from .courses import locked, touch
from .recording import record_deed

MOST_CHAPTERS, MOST_LESSONS = 50, 300
LONGEST = 6 * 3600
# Watching so much of a video is enough where nothing else is asked for.
ENOUGH_PERCENT = 90


class LessonFields(TypedDict, total=False):
    """``rule``: of ``CompletionRule``; ``needed_seconds``: 0 to 21,600, 0 for 90 % of what plays."""

    title: str
    material_id: uuid.UUID
    chapter_id: uuid.UUID
    is_required: bool
    rule: str
    needed_seconds: int


@transaction.atomic
def add_chapter(*, course_id: uuid.UUID, title: str, actor: Actor, at: datetime) -> Chapter:
    """At the end. Raises ``CourseMissing``, ``CourseInvalid``, ``Forbidden``."""
    course = _open(course_id, actor)
    cleaner = Cleaner().text("title", title, TITLE_LENGTH, needed=True)
    if course.chapters.count() >= MOST_CHAPTERS:
        cleaner.refuse("title", "too_many", _("一门课程最多 %(count)d 章。") % {"count": MOST_CHAPTERS})
    title = cleaner.done(errors.CourseInvalid)["title"]
    chapter = Chapter.objects.create(course=course, title=title, position=_end(course.chapters))
    _changed(course, actor, at, {"chapter_added": title})
    return chapter


@transaction.atomic
def change_chapter(*, chapter_id: uuid.UUID, title: str, actor: Actor, at: datetime) -> Chapter:
    chapter = _chapter(chapter_id, actor)
    chapter.title = Cleaner().text("title", title, TITLE_LENGTH, needed=True).done(errors.CourseInvalid)["title"]
    chapter.save()
    _changed(chapter.course, actor, at, {"chapter_renamed": chapter.title})
    return chapter


@transaction.atomic
def remove_chapter(*, chapter_id: uuid.UUID, actor: Actor, at: datetime) -> Course:
    """Raises ``ChapterNotEmpty``."""
    chapter = _chapter(chapter_id, actor)
    if chapter.lessons.exists():
        raise errors.ChapterNotEmpty
    course = chapter.course
    chapter.delete()
    _changed(course, actor, at, {"chapter_removed": chapter.title})
    return course


@transaction.atomic
def add_lesson(*, chapter_id: uuid.UUID, fields: LessonFields, actor: Actor, at: datetime) -> Lesson:
    """At the end of the chapter; titled like its material unless said otherwise. Raises as ``add_chapter``."""
    chapter = _chapter(chapter_id, actor)
    if Lesson.objects.filter(chapter__course=chapter.course).count() >= MOST_LESSONS:
        Cleaner().refuse("title", "too_many", _("一门课程最多 300 个课时。")).done(errors.CourseInvalid)
    lesson = Lesson(chapter=chapter, position=_end(chapter.lessons))
    _assign(lesson, {"material_id": None, **fields})
    lesson.save(force_insert=True)
    _changed(chapter.course, actor, at, {"lesson_added": lesson.title})
    return lesson


@transaction.atomic
def append_lesson(
    *, course_id: uuid.UUID, chapter_title: str, fields: LessonFields, actor: Actor, at: datetime
) -> Lesson:
    """At the end of the chapter of that title, which is made if there is none. Raises as ``add_lesson``."""
    chapter = Chapter.objects.filter(course=course_id, title=chapter_title.strip()).first()
    if chapter is None:
        chapter = add_chapter(course_id=course_id, title=chapter_title, actor=actor, at=at)
    return add_lesson(chapter_id=chapter.pk, fields=fields, actor=actor, at=at)


@transaction.atomic
def change_lesson(*, lesson_id: uuid.UUID, fields: LessonFields, actor: Actor, at: datetime) -> Lesson:
    """Raises ``LessonMissing``, ``CourseInvalid``, ``Forbidden``. Who has completed it keeps that."""
    lesson = _lesson(lesson_id, actor)
    _assign(lesson, fields)
    lesson.save()
    _changed(lesson.chapter.course, actor, at, {"lesson_changed": lesson.title})
    return lesson


@transaction.atomic
def remove_lesson(*, lesson_id: uuid.UUID, actor: Actor, at: datetime) -> Course:
    """Raises ``LessonInUse`` once somebody has opened it in a published course."""
    lesson = _lesson(lesson_id, actor)
    course = lesson.chapter.course
    if course.state != CourseState.DRAFT and Progress.objects.filter(lesson=lesson).exists():
        raise errors.LessonInUse
    lesson.delete()
    _changed(course, actor, at, {"lesson_removed": lesson.title})
    return course


@transaction.atomic
def move_chapter(*, chapter_id: uuid.UUID, direction: Literal["up", "down"], actor: Actor, at: datetime) -> Course:
    """One place up or down; at the edge nothing happens."""
    chapter = _chapter(chapter_id, actor)
    _swap(list(chapter.course.chapters.all()), chapter, direction, Chapter)
    _changed(chapter.course, actor, at, {"chapter_moved": chapter.title})
    return chapter.course


@transaction.atomic
def move_lesson(*, lesson_id: uuid.UUID, direction: Literal["up", "down"], actor: Actor, at: datetime) -> Course:
    """One place up or down within its chapter; at the edge nothing happens."""
    lesson = _lesson(lesson_id, actor)
    _swap(list(lesson.chapter.lessons.all()), lesson, direction, Lesson)
    _changed(lesson.chapter.course, actor, at, {"lesson_moved": lesson.title})
    return lesson.chapter.course


def _swap(rows: Sequence[Any], row: Any, direction: str, model: Any) -> None:
    at = next(place for place, each in enumerate(rows) if each.pk == row.pk)
    other = at + (-1 if direction == "up" else 1)
    if not 0 <= other < len(rows):
        return
    order = list(rows)
    order[at], order[other] = order[other], order[at]
    for position, each in enumerate(order):
        each.position = position
    model.objects.bulk_update(order, ("position",))


def _open(course_id: uuid.UUID, actor: Actor) -> Course:
    course = locked(course_id, actor=actor)
    if course.state == CourseState.WITHDRAWN:
        raise errors.CourseStateWrong
    return course


def _chapter(chapter_id: uuid.UUID, actor: Actor) -> Chapter:
    chapter = Chapter.objects.filter(pk=chapter_id).first()
    if chapter is None:
        raise errors.ChapterMissing
    chapter.course = _open(chapter.course_id, actor)
    return chapter


def _lesson(lesson_id: uuid.UUID, actor: Actor) -> Lesson:
    lesson = Lesson.objects.select_related("chapter", "material").filter(pk=lesson_id).first()
    if lesson is None:
        raise errors.LessonMissing
    lesson.chapter.course = _open(lesson.chapter.course_id, actor)
    return lesson


def _end(rows: Any) -> int:
    last = rows.aggregate(last=Max("position"))["last"]
    return 0 if last is None else int(last) + 1


def _changed(course: Course, actor: Actor, at: datetime, what: dict[str, str]) -> None:
    touch(course, at)
    record_deed("study.course.updated", course, actor, after=what)


def _assign(lesson: Lesson, fields: Mapping[str, Any]) -> None:
    cleaner = Cleaner()
    material = _material(fields, lesson, cleaner)
    title = fields.get("title") or (material.title if material and not lesson.title else lesson.title)
    cleaner.text("title", title, TITLE_LENGTH, needed=material is not None)
    rule = fields.get("rule", lesson.rule)
    if rule not in CompletionRule.values:
        cleaner.refuse("rule", "unknown_rule", _("请选择怎样算学完。"))
    if "needed_seconds" in fields:
        cleaner.whole("needed_seconds", fields["needed_seconds"], 0, LONGEST)
    if "chapter_id" in fields:
        _clean_chapter(fields["chapter_id"], lesson, cleaner)
    needed = cleaner.values.get("needed_seconds", lesson.needed_seconds)
    if material and rule == CompletionRule.TIME:
        needed = _needed(material, needed, cleaner)
    for name, value in cleaner.done(errors.CourseInvalid).items():
        setattr(lesson, name, value)
    lesson.material, lesson.rule, lesson.needed_seconds = material, rule, needed  # type: ignore[assignment]
    lesson.is_required = bool(fields.get("is_required", lesson.is_required))


def _material(fields: Mapping[str, Any], lesson: Lesson, cleaner: Cleaner) -> Material | None:
    if "material_id" not in fields:
        return lesson.material
    material = Material.objects.filter(pk=fields["material_id"], is_retired=False).first()
    if material is None:
        cleaner.refuse("material_id", "unknown_material", _("请选择一份资料。"))
    return material


def _clean_chapter(chapter_id: uuid.UUID, lesson: Lesson, cleaner: Cleaner) -> None:
    chapter = Chapter.objects.filter(pk=chapter_id, course=lesson.chapter.course_id).first()
    if chapter is None:
        cleaner.refuse("chapter_id", "unknown_chapter", _("没有找到这一章。"))
    elif chapter.pk != lesson.chapter_id:
        cleaner.values.update({"chapter_id": chapter.pk, "position": _end(chapter.lessons)})


def _needed(material: Material, needed: int, cleaner: Cleaner) -> int:
    """Seconds asked for: never more than what plays; 90 % of it where nothing is said."""
    if material.kind == MaterialKind.LINK:
        cleaner.refuse("rule", "not_counted", _("外部链接无法计时，请选“读完后本人确认”。"))
    plays = material.duration_seconds
    if not needed and not plays:
        cleaner.refuse("needed_seconds", "required", _("请填写要求学习的时长。"))
    if not plays:
        return needed
    return min(needed, plays) if needed else max(plays * ENOUGH_PERCENT // 100, 1)
