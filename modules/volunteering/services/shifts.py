"""Shifts of a project: made, moved, cancelled."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner, clean_moment
from jiceng.notices import services as notices

from .. import errors
from ..models import COMING, Project, Shift, SignUp
from ..selectors import projects as project_reads
from ..selectors import shifts as reads
from . import calling_off, reminding, signing
from .projects import REASON_LENGTH
from .recording import mark_changed, record_deed

LONGEST = timedelta(hours=24)
MOST_PEOPLE = 10_000
MOMENTS = ("starts_at", "ends_at", "closes_at")


class ShiftFields(TypedDict, total=False):
    """``closes_at``: until when people sign up; the beginning where it is left out."""

    starts_at: datetime
    ends_at: datetime
    capacity: int
    closes_at: datetime | None
    meeting_point: str


@transaction.atomic
def create_shift(*, project_id: uuid.UUID, fields: ShiftFields, actor: Actor, at: datetime) -> Shift:
    """Raises ``ProjectMissing``, ``ProjectEnded``, ``ShiftInvalid`` with a fault by field. Locks the project."""
    project_reads.get_managed(project_id=project_id, actor=actor)
    project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project_id)
    if project.state in project_reads.ENDED:
        raise errors.ProjectEnded
    values = _cleaned({"starts_at": None, "ends_at": None, "capacity": None, "closes_at": None, **fields}, None, at)
    shift = Shift.objects.create(project=project, **values, created_at=at, updated_at=at)
    if project.is_published:
        reminding.plan(shift, at=at)
    mark_changed()
    record_deed("shift.created", shift, project.title, actor, after=_facts(shift))
    return shift


@transaction.atomic
def update_shift(*, shift_id: uuid.UUID, fields: ShiftFields, actor: Actor, at: datetime) -> Shift:
    """Move it, or give it other room; who waits comes in, and those signed up hear of another time or place.

    Raises ``ShiftMissing``, ``ShiftCancelled``, ``ShiftStarted``, ``ShiftInvalid``. Locks the shift.
    """
    shift = _locked(shift_id, actor, at)
    before = _facts(shift)
    for name, value in _cleaned(fields, shift, at).items():
        setattr(shift, name, value)
    if shift.capacity < shift.joined_count:
        cleaner = Cleaner()
        message = _("已有 %(count)d 人报名成功，名额不能少于这个数。") % {"count": shift.joined_count}
        cleaner.refuse("capacity", "below_joined", message).done(errors.ShiftInvalid)
    shift.updated_at = at
    shift.save()
    signing.promote(shift, at=at)
    project: Project = shift.project
    after = _facts(shift)
    if project.is_published and any(before[name] != after[name] for name in ("starts_at", "ends_at", "meeting_point")):
        reminding.plan(shift, at=at)
        _tell_moved(shift, actor, at)
    mark_changed()
    record_deed("shift.updated", shift, project.title, actor, before=before, after=after)
    return shift


@transaction.atomic
def cancel_shift(*, shift_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Shift:
    """It does not take place; everybody signed up hears of it. Raises as ``update_shift``, ``ShiftInvalid`` on ``/reason``."""
    shift = _locked(shift_id, actor, at)
    words = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.ShiftInvalid)["reason"]
    calling_off.cancel_shifts(shift.project, reason=words, actor=actor, at=at, only=shift)
    mark_changed()
    record_deed("shift.cancelled", shift, shift.project.title, actor, note=words)
    return reads.get_managed(shift_id=shift_id, actor=actor)


def _locked(shift_id: uuid.UUID, actor: Actor, at: datetime) -> Shift:
    reads.get_managed(shift_id=shift_id, actor=actor)
    shift = Shift.objects.select_for_update(of=("self",), no_key=True).select_related("project").get(pk=shift_id)
    if shift.cancelled_at is not None:
        raise errors.ShiftCancelled
    if shift.starts_at <= at:
        raise errors.ShiftStarted
    return shift


def _cleaned(fields: Any, shift: Shift | None, at: datetime) -> dict[str, Any]:
    cleaner = Cleaner()
    for name in MOMENTS:
        clean_moment(cleaner, fields, name, needed=name != "closes_at")
    if "capacity" in fields:
        cleaner.whole("capacity", fields["capacity"], 1, MOST_PEOPLE, needed=True)
    if "meeting_point" in fields:
        cleaner.text("meeting_point", fields["meeting_point"] or "", 100)
    if not cleaner.faults:
        _check_order(cleaner, shift, at)
    return cleaner.done(errors.ShiftInvalid)


def _check_order(cleaner: Cleaner, shift: Shift | None, at: datetime) -> None:
    """The moments as they will be, given and kept ones together."""
    start, end, closes = (cleaner.values.get(name, getattr(shift, name, None)) for name in MOMENTS)
    if start is None or end is None:
        return
    if closes is None or ("closes_at" not in cleaner.values and closes > start):
        closes = start
    cleaner.values["closes_at"] = closes
    if start <= at:
        cleaner.refuse("starts_at", "in_the_past", _("开始时间要晚于现在。"))
    if end <= start:
        cleaner.refuse("ends_at", "before_start", _("结束时间必须晚于开始时间。"))
    elif end - start > LONGEST:
        cleaner.refuse("ends_at", "too_long", _("一个班次最长 24 小时，更长的请分成几个班次。"))
    if closes > start:
        cleaner.refuse("closes_at", "after_start", _("报名截止不能晚于开始时间。"))


def _tell_moved(shift: Shift, actor: Actor, at: datetime) -> None:
    rows = SignUp.objects.filter(shift=shift, state__in=COMING, person__user__isnull=False)
    if not rows.exists():
        return
    text = _("时间：%(when)s；集合地点：%(where)s") % {"when": reads.when(shift), "where": shift.meeting_point or "—"}
    notices.send(
        category="volunteering.shift", title=_("志愿服务有变动：%(title)s") % {"title": shift.project.title}, text=text,
        url=f"/volunteering/shifts/{shift.pk}/", source=f"volunteering.shift:{shift.pk}",
        users=rows.order_by().values("person__user"), at=at, actor=actor,
    )  # fmt: skip


def _facts(shift: Shift) -> dict[str, Any]:
    return {
        "starts_at": shift.starts_at.isoformat(), "ends_at": shift.ends_at.isoformat(), "capacity": shift.capacity,
        "closes_at": shift.closes_at.isoformat(), "meeting_point": shift.meeting_point,
    }  # fmt: skip
