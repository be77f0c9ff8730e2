"""Who was there, from when until when: by code, or entered later by the organiser."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..models import HoursEntry, Shift, SignUp, SignUpState
from ..selectors import shifts as reads
from ..selectors.people import require_volunteer
from . import codes
from .recording import record_deed
from .signing import locked_shift

EARLY, LATE = timedelta(hours=2), timedelta(hours=4)
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Entered:
    """One line of the list: ``None`` where nothing is known."""

    sign_up_id: uuid.UUID
    checked_in_at: datetime | None
    checked_out_at: datetime | None


def code_for(*, shift_id: uuid.UUID, kind: str, actor: Actor, at: datetime) -> str:
    """A fresh code to show. Raises ``ShiftMissing``, ``NotYourShift``, ``ShiftCancelled``."""
    shift = reads.get_shift(shift_id=shift_id)
    if not reads.may_run(shift, actor):
        raise errors.NotYourShift
    if shift.cancelled_at is not None:
        raise errors.ShiftCancelled
    return codes.make(shift.pk, codes.OUT if kind == codes.OUT else codes.IN, at=at)


@transaction.atomic
def check(*, word: str, actor: Actor, at: datetime, whereabouts: str = "") -> SignUp:
    """Check in or out by a word from ``codes.word_for``. Doing it again changes nothing.

    Raises ``NotOnRoster``, ``CodeUnknown``, ``CodeExpired``, ``ShiftMissing``, ``ShiftCancelled``, ``NotJoined``, ``NotCheckedIn``,
    ``CheckTooEarly``, ``CheckTooLate``, ``AttendanceInvalid``. Locks the sign-up.
    """
    person = require_volunteer(actor)
    code = codes.read_word(word, person, at=at)
    shift = reads.get_shift(shift_id=code.shift_id)
    if shift.cancelled_at is not None:
        raise errors.ShiftCancelled
    words = Cleaner().text("whereabouts", whereabouts, 60).done(errors.AttendanceInvalid)["whereabouts"]
    row = SignUp.objects.select_for_update(of=("self",)).filter(shift=shift, person=person).first()
    if row is None or row.state != SignUpState.JOINED:
        raise errors.NotJoined
    name = "checked_out_at" if code.kind == codes.OUT else "checked_in_at"
    if code.kind == codes.OUT and row.checked_in_at is None:
        raise errors.NotCheckedIn
    if getattr(row, name) is not None:
        return row
    _require_in_time(shift, code.kind, at)
    setattr(row, name, at)
    row.whereabouts, row.updated_at = words or row.whereabouts, at
    row.save()
    record_deed("attendance.checked", row, shift.project.title, actor, after={name: at.isoformat()})
    return row


@transaction.atomic
def mark(*, shift_id: uuid.UUID, sign_up_id: uuid.UUID, kind: str, actor: Actor, at: datetime) -> None:
    """Check somebody in or out who has no phone at hand, now. Doing it again changes nothing. Raises as ``enter_attendance``."""
    row = SignUp.objects.filter(shift=shift_id, pk=sign_up_id).first()
    start, end = (row.checked_in_at, row.checked_out_at) if row else (None, None)
    line = Entered(sign_up_id, start, end or at) if kind == codes.OUT else Entered(sign_up_id, start or at, end)
    enter_attendance(shift_id=shift_id, rows=[line], actor=actor, at=at)


@transaction.atomic
def enter_attendance(*, shift_id: uuid.UUID, rows: Sequence[Entered], actor: Actor, at: datetime) -> int:
    """Put down times that the organiser knows; returns how many lines changed. All or nothing.

    Raises ``ShiftMissing``, ``NotYourShift``, ``ShiftCancelled``, ``AttendanceInvalid`` with a fault by line,
    ``AttendanceVerified``. Locks the shift.
    """
    shift = locked_shift(shift_id)
    if not reads.may_run(shift, actor):
        raise errors.NotYourShift
    if shift.cancelled_at is not None:
        raise errors.ShiftCancelled
    cleaner = Cleaner()
    wanted = {row.sign_up_id: row for row in rows[:MOST_ROWS]}
    found = SignUp.objects.select_for_update(of=("self",)).filter(shift=shift, pk__in=wanted, state=SignUpState.JOINED)
    changed = []
    for row in found.select_related("person"):
        line = wanted.pop(row.pk)
        if (row.checked_in_at, row.checked_out_at) == (line.checked_in_at, line.checked_out_at):
            continue
        _check_times(cleaner, shift, line, row.person.name, at)
        row.checked_in_at, row.checked_out_at = line.checked_in_at, line.checked_out_at
        row.is_entered, row.updated_at = True, at
        changed.append(row)
    for pk in wanted:
        cleaner.refuse(str(pk), "unknown_sign_up", _("名单里没有这个人，或他没有报名成功。"))
    cleaner.done(errors.AttendanceInvalid)
    _require_unverified(shift, changed)
    SignUp.objects.bulk_update(changed, ("checked_in_at", "checked_out_at", "is_entered", "updated_at"))
    for row in changed:
        facts: dict[str, Any] = {
            "person": row.person.name,
            "in": str(row.checked_in_at),
            "out": str(row.checked_out_at),
        }
        record_deed("attendance.entered", row, shift.project.title, actor, after=facts)
    return len(changed)


def _require_in_time(shift: Shift, kind: str, at: datetime) -> None:
    if at < shift.starts_at - EARLY:
        raise errors.CheckTooEarly
    if at > shift.ends_at + (LATE if kind == codes.OUT else timedelta(0)):
        raise errors.CheckTooLate


def _check_times(cleaner: Cleaner, shift: Shift, line: Entered, name: str, at: datetime) -> None:
    start, end, field = line.checked_in_at, line.checked_out_at, str(line.sign_up_id)
    if start is None and end is not None:
        cleaner.refuse(field, "out_without_in", _("%(name)s：没有签到时间，不能只填签退时间。") % {"name": name})
    elif start is not None and end is not None and end <= start:
        cleaner.refuse(field, "out_before_in", _("%(name)s：签退时间要晚于签到时间。") % {"name": name})
    elif (start and start > at) or (end and end > at):
        cleaner.refuse(field, "in_the_future", _("%(name)s：时间不能晚于现在。") % {"name": name})
    elif start is not None and not shift.starts_at - EARLY <= start <= shift.ends_at:
        cleaner.refuse(field, "outside", _("%(name)s：签到时间不在这个班次的时段内。") % {"name": name})
    elif end is not None and end > shift.ends_at + LATE:
        cleaner.refuse(field, "outside", _("%(name)s：签退时间不在这个班次的时段内。") % {"name": name})


def _require_unverified(shift: Shift, rows: Sequence[SignUp]) -> None:
    people = [row.person_id for row in rows]
    if HoursEntry.objects.filter(shift=shift, person__in=people, reverses=None, reversal=None).exists():
        raise errors.AttendanceVerified
