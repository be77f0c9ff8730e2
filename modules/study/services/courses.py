"""Courses: writing, publishing, taking down."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.files import services as files
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import DomainError, FieldError

from .. import errors
from ..manifest.words import TEACH
from ..models import SUMMARY_LENGTH, TITLE_LENGTH, Course, CourseState, Lesson
from . import scoping
from .recording import record_deed

MOST_HOURS = 200
MOST_MONTHS = 120
FLAGS = ("in_order", "is_open", "gives_certificate")


class CourseFields(TypedDict, total=False):
    """``class_hours``: from 0 to 200 in steps of 0.5; ``certificate_months``: 0 (for good) to 120. ``cover_upload``: a picture."""

    title: str
    summary: str
    lecturer: str
    unit_id: uuid.UUID | None
    class_hours: Decimal | str
    in_order: bool
    is_open: bool
    gives_certificate: bool
    certificate_months: int
    cover_upload: UploadedFile | None


@transaction.atomic
def create_course(*, fields: CourseFields, actor: Actor, at: datetime) -> Course:
    """A draft without chapters. Raises ``CourseInvalid``, ``Forbidden``."""
    course = Course(created_at=at, updated_at=at)
    course.unit = scoping.unit_for(fields.get("unit_id"), actor=actor, permission=TEACH)
    _assign(course, {"title": "", **fields}, actor=actor)
    course.save(force_insert=True)
    record_deed("study.course.created", course, actor, after=_facts(course))
    return course


@transaction.atomic
def update_course(
    *, course_id: uuid.UUID, fields: CourseFields, version: int | None = None, actor: Actor, at: datetime
) -> Course:
    """Change the given fields. What people have completed stays completed. Raises as ``create_course``, ``CourseStale``."""
    course = locked(course_id, actor=actor, version=version)
    if course.state == CourseState.WITHDRAWN:
        raise errors.CourseStateWrong
    before = _facts(course)
    _assign(course, fields, actor=actor)
    touch(course, at)
    record_deed("study.course.updated", course, actor, before=before, after=_facts(course))
    return course


@transaction.atomic
def publish_course(*, course_id: uuid.UUID, actor: Actor, at: datetime) -> Course:
    """Offer it to learners. Raises ``CourseEmpty``, ``CourseStateWrong``. Emits ``study.course.published``."""
    course = locked(course_id, actor=actor)
    if course.state == CourseState.PUBLISHED:
        raise errors.CourseStateWrong
    if not Lesson.objects.filter(chapter__course=course, is_required=True).exists():
        raise errors.CourseEmpty
    course.state, course.published_at = CourseState.PUBLISHED, course.published_at or at
    touch(course, at)
    emit("study.course.published", payload={"course_id": str(course.pk), "title": course.title}, actor_id=actor.id)
    record_deed("study.course.published", course, actor)
    return course


@transaction.atomic
def withdraw_course(*, course_id: uuid.UUID, actor: Actor, at: datetime) -> Course:
    """Take it down; progress and hours stay, and publishing it again shows it as it was. Raises ``CourseStateWrong``."""
    course = locked(course_id, actor=actor)
    if course.state != CourseState.PUBLISHED:
        raise errors.CourseStateWrong
    course.state = CourseState.WITHDRAWN
    touch(course, at)
    record_deed("study.course.withdrawn", course, actor)
    return course


@transaction.atomic
def delete_course(*, course_id: uuid.UUID, actor: Actor, at: datetime) -> None:
    """Delete a draft that was never published. Raises ``CourseStateWrong``."""
    course = locked(course_id, actor=actor)
    if course.state != CourseState.DRAFT:
        raise errors.CourseStateWrong
    files.release(owner=owner_of(course), at=at)
    record_deed("study.course.deleted", course, actor)
    course.delete()


def owner_of(course: Course) -> str:
    return f"study.course:{course.pk}"


def locked(course_id: uuid.UUID, *, actor: Actor, version: int | None = None) -> Course:
    """The course, locked, if ``actor`` may change it. Raises ``CourseMissing``, ``Forbidden``, ``CourseStale``."""
    rows = Course.objects.select_for_update(of=("self",)).select_related("unit")
    course = rows.filter(pk=course_id).first()
    if course is None:
        raise errors.CourseMissing
    scoping.require_over(course.unit, actor=actor, permission=TEACH)
    if version is not None and version != course.version:
        raise errors.CourseStale
    return course


def touch(course: Course, at: datetime) -> None:
    """Save it as changed."""
    course.version, course.updated_at = course.version + 1, at
    course.save()


def _assign(course: Course, fields: Mapping[str, Any], *, actor: Actor) -> None:
    cleaner = Cleaner()
    for name, longest in (("title", TITLE_LENGTH), ("summary", SUMMARY_LENGTH), ("lecturer", 50)):
        if name in fields:
            cleaner.text(name, fields[name] or "", longest, needed=name == "title")
    if "certificate_months" in fields:
        cleaner.whole("certificate_months", fields["certificate_months"], 0, MOST_MONTHS)
    if "class_hours" in fields:
        _clean_hours(cleaner, fields["class_hours"])
    cleaner.values.update({name: bool(fields[name]) for name in FLAGS if name in fields})
    for name, value in cleaner.done(errors.CourseInvalid).items():
        setattr(course, name, value)
    if upload := fields.get("cover_upload"):
        course.cover = _cover(course, upload, actor)


def _clean_hours(cleaner: Cleaner, given: Any) -> None:
    try:
        hours = Decimal(str(given if given not in (None, "") else 0))
        fits = 0 <= hours <= MOST_HOURS and hours * 2 == int(hours * 2)
    except (InvalidOperation, ValueError, OverflowError):
        fits = False
    if not fits:
        cleaner.refuse("class_hours", "out_of_range", _("学时应为 0 到 200，以 0.5 为单位。"))
    else:
        cleaner.values["class_hours"] = hours


def _cover(course: Course, upload: UploadedFile, actor: Actor) -> Any:
    try:
        stored = files.store_image(upload=upload, actor=actor)
        return files.attach(file_ids=[stored.pk], owner=owner_of(course), actor=actor)[stored.pk]
    except DomainError as error:
        raise errors.CourseInvalid(fields=(FieldError("/cover_upload", error.code, str(error.detail)),)) from error


def _facts(course: Course) -> dict[str, Any]:
    names = ("title", "summary", "lecturer", *FLAGS, "certificate_months")
    return {**{name: getattr(course, name) for name in names}, "class_hours": str(course.class_hours)}
