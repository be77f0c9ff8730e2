"""Who comes: signing up, the waiting list in the order of arrival, withdrawing."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.members.models import Person
from jiceng.notices import services as notices

from .. import errors
from ..manifest.words import ORGANISE
from ..models import COMING, Shift, SignUp, SignUpState
from ..selectors import shifts as reads
from ..selectors.people import require_volunteer
from . import scoping
from .recording import record_deed


@transaction.atomic
def sign_up(*, shift_id: uuid.UUID, actor: Actor, at: datetime, person_id: uuid.UUID | None = None) -> SignUp:
    """Come, or wait where it is full. ``person_id``: somebody else's, which takes the right to organise over the shift.

    Raises ``NotOnRoster``, ``ShiftMissing``, ``SignUpNotOpen``, ``ShiftCancelled``, ``ShiftStarted``, ``SignUpClosed``,
    ``SignUpTwice``, ``SignUpOverlaps``, ``PersonUnknown``, ``ShiftFull`` (once it has begun nobody waits). Emits
    ``volunteering.signup.created``. Locks the person, so that nobody is in two places, then the shift, so that exactly as
    many join as there is room.
    """
    person = _who(shift_id, person_id, actor)
    shift = reads.get_shift(shift_id=shift_id)
    _require_open(shift, at, is_organised=person_id is not None)
    Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
    row = SignUp.objects.filter(shift=shift, person=person).first()
    if row is not None and row.is_coming:
        raise errors.SignUpTwice
    if _overlaps(shift, person):
        raise errors.SignUpOverlaps
    row = row or SignUp(shift=shift, person=person)
    row.signed_up_at, row.ended_at, row.updated_at, row.unit_id = at, None, at, person.unit_id
    _take_place(row, at)
    payload = {**_payload(row, person), "is_waiting": row.state == SignUpState.WAITING}
    emit("volunteering.signup.created", payload=payload, actor_id=actor.id)
    record_deed("signup.created", row, shift.project.title, actor, after={"person": person.name, "state": row.state})
    return row


@transaction.atomic
def withdraw(*, shift_id: uuid.UUID, actor: Actor, at: datetime, sign_up_id: uuid.UUID | None = None) -> SignUp:
    """Not come after all, until the beginning; the first who waits comes in and is told.

    ``sign_up_id``: somebody else's, which takes the right to organise over the shift. Raises ``NotOnRoster``, ``ShiftMissing``,
    ``SignUpMissing``, ``ShiftStarted``. Emits ``volunteering.signup.cancelled``. Locks the shift.
    """
    if sign_up_id is None:
        found = SignUp.objects.filter(person=require_volunteer(actor))
    else:
        reads.get_managed(shift_id=shift_id, actor=actor)
        found = SignUp.objects.filter(pk=sign_up_id)
    shift = locked_shift(shift_id)
    row = found.select_related("person").filter(shift=shift, state__in=COMING).first()
    if row is None:
        raise errors.SignUpMissing
    if shift.starts_at <= at:
        raise errors.ShiftStarted
    if row.state == SignUpState.JOINED:
        shift.joined_count -= 1
    else:
        shift.waiting_count -= 1
    row.state, row.ended_at, row.updated_at, row.checked_in_at, row.checked_out_at = (
        SignUpState.WITHDRAWN, at, at, None, None,
    )  # fmt: skip
    row.save()
    shift.updated_at = at
    shift.save(update_fields=("joined_count", "waiting_count", "updated_at"))
    promote(shift, at=at)
    emit("volunteering.signup.cancelled", payload=_payload(row, row.person), actor_id=actor.id)
    record_deed("signup.cancelled", row, shift.project.title, actor, after={"person": row.person.name})
    return row


def promote(shift: Shift, *, at: datetime) -> int:
    """Let those who wait come in while there is room, in their order, and tell them; returns how many.

    ``shift`` is locked. After it has begun nobody moves any more.
    """
    free = min(shift.free_count, shift.waiting_count) if shift.starts_at > at else 0
    if free <= 0:
        return 0
    waiting = SignUp.objects.filter(shift=shift, state=SignUpState.WAITING).order_by("number")
    chosen = list(waiting.values_list("pk", "person__user")[:free])
    SignUp.objects.filter(pk__in=[pk for pk, _user in chosen]).update(state=SignUpState.JOINED, updated_at=at)
    shift.joined_count, shift.waiting_count = shift.joined_count + len(chosen), shift.waiting_count - len(chosen)
    shift.save(update_fields=("joined_count", "waiting_count"))
    users = [user for _pk, user in chosen if user]
    if users:
        notices.send(
            category="volunteering.shift", title=_("候补成功，您已报名：%(title)s") % {"title": shift.project.title},
            text=_("时间：%(when)s") % {"when": reads.when(shift)}, url=f"/volunteering/shifts/{shift.pk}/",
            source=f"volunteering.shift:{shift.pk}", users=users, at=at, actor=Actor.system(),
        )  # fmt: skip
    return len(chosen)


def locked_shift(shift_id: uuid.UUID) -> Shift:
    """The shift with its project, locked until the transaction ends. Raises ``ShiftMissing``."""
    rows = Shift.objects.select_for_update(of=("self",), no_key=True).select_related("project__unit")
    shift = rows.filter(pk=shift_id).first()
    if shift is None:
        raise errors.ShiftMissing
    return shift


def _who(shift_id: uuid.UUID, person_id: uuid.UUID | None, actor: Actor) -> Person:
    if person_id is None:
        return require_volunteer(actor)
    reads.get_managed(shift_id=shift_id, actor=actor)
    return scoping.person_within(person_id, actor=actor, permission=ORGANISE)


def _require_open(shift: Shift, at: datetime, *, is_organised: bool) -> None:
    """Organisers also add who comes late or without signing up."""
    if shift.cancelled_at is not None:
        raise errors.ShiftCancelled
    if not shift.project.is_published:
        raise errors.SignUpNotOpen
    if is_organised:
        return
    if shift.starts_at <= at:
        raise errors.ShiftStarted
    if shift.closes_at <= at:
        raise errors.SignUpClosed


def _overlaps(shift: Shift, person: Person) -> bool:
    return (
        SignUp.objects.filter(
            person=person, state__in=COMING, shift__starts_at__lt=shift.ends_at, shift__ends_at__gt=shift.starts_at
        )
        .exclude(shift=shift)
        .exists()
    )


def _take_place(row: SignUp, at: datetime) -> None:
    shift = Shift.objects.select_for_update(of=("self",), no_key=True).get(pk=row.shift_id)
    if shift.cancelled_at is not None:
        raise errors.ShiftCancelled
    shift.last_number += 1
    row.number = shift.last_number
    if shift.joined_count < shift.capacity:
        row.state, shift.joined_count = SignUpState.JOINED, shift.joined_count + 1
    elif shift.starts_at <= at:
        raise errors.ShiftFull
    else:
        row.state, shift.waiting_count = SignUpState.WAITING, shift.waiting_count + 1
    shift.updated_at = at
    shift.save(update_fields=("last_number", "joined_count", "waiting_count", "updated_at"))
    row.save()


def _payload(row: SignUp, person: Person) -> dict[str, str]:
    return {
        "shift_id": str(row.shift_id), "sign_up_id": str(row.pk), "person_id": str(person.pk),
        "user_id": str(person.user_id or ""),
    }  # fmt: skip
