"""Asking people to learn something by a day, reminding them with measure, seeing who is behind."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner, clean_moment
from jiceng.kernel.errors import DomainError, FieldError
from jiceng.kernel.module_settings import read as read_settings
from jiceng.kernel.tasks import enqueue
from jiceng.members import audiences
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from .. import errors
from ..manifest.words import ASSIGN
from ..models import TITLE_LENGTH, Assignment, AssignmentState, Course, CourseState, Material
from ..selectors import assignments as reads
from ..selectors import courses as course_reads
from . import scoping, short_courses
from .recording import record_deed

WORDS_LENGTH = 300
BETWEEN = timedelta(hours=24)


class AssignmentFields(TypedDict, total=False):
    """``course_id`` or ``material_id`` (which becomes a course of one lesson). ``audience``: as ``audiences.parse`` takes it,
    ``None`` for everybody. ``title``: the course's where it is left out.
    """

    title: str
    course_id: uuid.UUID | None
    material_id: uuid.UUID | None
    unit_id: uuid.UUID | None
    audience: Mapping[str, Any] | None
    due_at: datetime | None
    is_mandatory: bool
    words: str


@transaction.atomic
def create_assignment(*, fields: AssignmentFields, actor: Actor, at: datetime) -> Assignment:
    """Ask an audience. A worker makes the list and tells them (``deliver_assignment``).

    Raises ``AssignmentInvalid`` with a fault by field, ``Forbidden``. Emits ``study.assignment.created``.
    """
    unit = scoping.unit_for(fields.get("unit_id"), actor=actor, permission=ASSIGN)
    course = _course(fields, actor, at)
    cleaner = Cleaner().text("title", fields.get("title") or course.title, TITLE_LENGTH, needed=True)
    cleaner.text("words", fields.get("words") or "", WORDS_LENGTH)
    clean_moment(cleaner, {"due_at": fields.get("due_at")}, "due_at")
    if (due_at := cleaner.values.get("due_at")) and due_at <= at:
        cleaner.refuse("due_at", "in_the_past", _("截止时间要晚于现在。"))
    values = cleaner.done(errors.AssignmentInvalid)
    assignment = Assignment.objects.create(
        **values, course=course, unit=unit, audience=_audience(fields.get("audience"), actor, at),
        is_mandatory=bool(fields.get("is_mandatory", True)), author_name=actor.display_name, created_at=at, updated_at=at,
    )  # fmt: skip
    enqueue("study.deliver_assignment", assignment_id=assignment.pk)
    emit(
        "study.assignment.created", actor_id=actor.id,
        payload={"assignment_id": str(assignment.pk), "course_id": str(course.pk), "title": assignment.title},
    )  # fmt: skip
    record_deed("study.assignment.created", assignment, actor, after=_facts(assignment))
    return assignment


@transaction.atomic
def move_deadline(*, assignment_id: uuid.UUID, due_at: datetime | None, actor: Actor, at: datetime) -> Assignment:
    """Another deadline, or none. Raises ``AssignmentMissing``, ``AssignmentClosed``, ``AssignmentInvalid``."""
    assignment = _locked(assignment_id, actor)
    cleaner = Cleaner()
    clean_moment(cleaner, {"due_at": due_at}, "due_at")
    if cleaner.values.get("due_at") and cleaner.values["due_at"] <= at:
        cleaner.refuse("due_at", "in_the_past", _("截止时间要晚于现在。"))
    before = _facts(assignment)
    assignment.due_at, assignment.updated_at = cleaner.done(errors.AssignmentInvalid)["due_at"], at
    assignment.save()
    workflow.move_todos(owner=owner_of(assignment), due_at=assignment.due_at)
    record_deed("study.assignment.moved", assignment, actor, before=before, after=_facts(assignment))
    return assignment


@transaction.atomic
def cancel_assignment(*, assignment_id: uuid.UUID, actor: Actor, at: datetime) -> Assignment:
    """It leaves inboxes; what was learned stays. Raises ``AssignmentMissing``, ``AssignmentClosed``, ``Forbidden``."""
    assignment = _locked(assignment_id, actor)
    assignment.state, assignment.updated_at = AssignmentState.CANCELLED, at
    assignment.save()
    workflow.close_todos(owner=owner_of(assignment), actor=actor, at=at, is_done=False)
    notices.withdraw(source=owner_of(assignment), at=at)
    record_deed("study.assignment.cancelled", assignment, actor)
    return assignment


@transaction.atomic
def remind_behind(*, assignment_id: uuid.UUID, actor: Actor, at: datetime) -> int:
    """One word to those with a login who are not through; at most once in 24 hours and a few times in all.

    Returns how many. Raises ``NobodyBehind``, ``RemindedLately``, ``RemindedEnough``, and as ``cancel_assignment``.
    """
    assignment = _locked(assignment_id, actor)
    if assignment.reminded_at and assignment.reminded_at > at - BETWEEN:
        raise errors.RemindedLately
    if assignment.reminder_count >= read_settings("study").reminders_per_assignment:
        raise errors.RemindedEnough
    users = reads.users_behind(assignment)
    count = users.count()
    if not count:
        raise errors.NobodyBehind
    assignment.reminder_count, assignment.reminded_at = assignment.reminder_count + 1, at
    assignment.save()
    notices.send(
        category="study.reminder", title=_("请完成学习：%(title)s") % {"title": assignment.title[:80]}, at=at, actor=actor,
        url=address_of(assignment), source=owner_of(assignment), users=users.values("pk"),
        key=f"study.reminder:{assignment.pk}:{assignment.reminder_count}",
    )  # fmt: skip
    record_deed("study.assignment.reminded", assignment, actor, after={"person_count": count})
    return count


@transaction.atomic
def export_people(*, assignment_id: uuid.UUID, actor: Actor) -> tuple[Assignment, list[tuple[str, str, str, str, str]]]:
    """Name, unit, whether there is a login, lessons done, completed at. Audited. Raises ``AssignmentMissing``."""
    assignment = reads.get_assignment(assignment_id=assignment_id, actor=actor)
    rows = reads.table_of(assignment)
    record_deed("study.assignment.exported", assignment, actor, after={"person_count": len(rows)})
    return assignment, rows


def owner_of(assignment: Assignment) -> str:
    return f"study.assignment:{assignment.pk}"


def address_of(assignment: Assignment) -> str:
    """Workers have no URLs of tenants; tests hold this to the routes."""
    return f"/study/courses/{assignment.course_id}/"


def _locked(assignment_id: uuid.UUID, actor: Actor) -> Assignment:
    rows = Assignment.objects.select_for_update(of=("self",)).select_related("unit", "course")
    assignment = rows.filter(pk=assignment_id).first()
    if assignment is None:
        raise errors.AssignmentMissing
    scoping.require_over(assignment.unit, actor=actor, permission=ASSIGN)
    if not assignment.is_open:
        raise errors.AssignmentClosed
    return assignment


def _course(fields: AssignmentFields, actor: Actor, at: datetime) -> Course:
    """The published course, or a course of one lesson around the material."""
    if fields.get("course_id") and fields.get("material_id"):
        raise _fault("material_id", "only_one", _("课程和资料只能选一种。"))
    if fields.get("material_id"):
        material = Material.objects.filter(pk=fields["material_id"] or uuid.UUID(int=0), is_retired=False).first()
        if material is None:
            raise _fault("material_id", "unknown_material", _("请选择一份资料。"))
        return short_courses.course_around(material, at=at)
    course = Course.objects.filter(pk=fields.get("course_id") or uuid.UUID(int=0), state=CourseState.PUBLISHED).first()
    if course is None or not (course.is_open or course_reads.may_teach(course, actor)):
        raise _fault("course_id", "unknown_course", _("请选择一门已发布的课程。"))
    return course


def _audience(wanted: Mapping[str, Any] | None, actor: Actor, at: datetime) -> Any:
    try:
        definition = audiences.Definition(everyone=True) if wanted is None else audiences.parse(wanted)
        audiences.require_within(definition, actor=actor, permission=ASSIGN)
    except DomainError as error:
        fields = error.fields or (FieldError("/audience", error.code, str(error.detail)),)
        raise errors.AssignmentInvalid(fields=fields) from error
    return None if definition.everyone else audiences.keep(definition, at=at)


def _facts(assignment: Assignment) -> dict[str, Any]:
    return {
        "title": assignment.title, "course": str(assignment.course_id),
        "due_at": assignment.due_at.isoformat() if assignment.due_at else None, "is_mandatory": assignment.is_mandatory,
    }  # fmt: skip


def _fault(name: str, code: str, message: str) -> errors.AssignmentInvalid:
    return errors.AssignmentInvalid(fields=(FieldError(f"/{name}", code, message),))
