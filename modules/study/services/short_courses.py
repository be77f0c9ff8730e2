"""A single file to be read is a course of one lesson, so that everything else knows one thing only."""

from __future__ import annotations

from datetime import datetime

from ..models import Chapter, CompletionRule, Course, CourseState, Lesson, Material, MaterialKind


def course_around(material: Material, *, at: datetime) -> Course:
    """A published course of one required lesson, made once for each material; only those it is assigned to see it."""
    Material.objects.select_for_update(of=("self",)).get(pk=material.pk)  # two at once make one
    known = Course.objects.filter(
        material_alone=material, state=CourseState.PUBLISHED
    ).first()  # fmt: skip
    if known is not None:
        return known
    course = Course.objects.create(
        title=material.title, unit=material.unit, state=CourseState.PUBLISHED, is_open=False, material_alone=material,
        published_at=at, created_at=at, updated_at=at,
    )  # fmt: skip
    chapter = Chapter.objects.create(course=course, title=material.title)
    is_video = material.kind == MaterialKind.VIDEO and material.duration_seconds
    Lesson.objects.create(
        chapter=chapter, material=material, title=material.title,
        rule=CompletionRule.TIME if is_video else CompletionRule.CONFIRM,
        needed_seconds=max(material.duration_seconds * 9 // 10, 1) if is_video else 0,
    )  # fmt: skip
    return course
