"""Verifying hours, correcting them by further entries, and never more than a day has."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel import clock
from jiceng.kernel.cleaning import Cleaner
from jiceng.members.models import Person
from jiceng.notices import services as notices

from .. import errors
from ..manifest.words import HOURS
from ..models import HoursEntry, Shift, SignUp, SignUpState
from ..selectors import hours as reads
from ..selectors import shifts as shift_reads
from . import certificates
from .recording import record_deed

REASON_LENGTH = 200
A_DAY = Decimal(24)
MOST_ROWS = 200


@transaction.atomic
def verify_hours(
    *, shift_id: uuid.UUID, hours: Mapping[uuid.UUID, Any], reason: str, actor: Actor, at: datetime
) -> list[HoursEntry]:
    """Put hours into the ledger. ``hours``: sign-up → hours, ``None`` for what the times come to. All or nothing.

    ``reason``: needed where the hours differ from the times. Raises ``ShiftMissing``, ``NothingToVerify``, ``HoursInvalid`` with a
    fault by sign-up, ``HoursTwice``, ``TooManyHours``. Emits ``volunteering.hours.verified`` for each. Locks the people.
    """
    shift = shift_reads.get_managed(shift_id=shift_id, actor=actor, permission=HOURS)
    if not hours:
        raise errors.NothingToVerify
    cleaner = Cleaner().text("reason", reason, REASON_LENGTH)
    if len(hours) > MOST_ROWS:
        cleaner.refuse("hours", "too_many", _("一次最多核实 %(count)d 人。") % {"count": MOST_ROWS})
        cleaner.done(errors.HoursInvalid)
    rows = SignUp.objects.filter(shift=shift, pk__in=list(hours), state=SignUpState.JOINED).select_related("person")
    known = {row.pk: row for row in rows}
    entries = []
    for pk, given in hours.items():
        row = known.get(pk)
        if row is None:
            cleaner.refuse(str(pk), "unknown_sign_up", _("名单里没有这个人，或他没有报名成功。"))
        elif shift.ends_at > at and row.checked_out_at is None:
            cleaner.refuse(str(pk), "too_early", _("%(name)s：班次还没有结束。") % {"name": row.person.name})
        else:
            entries.append((row, _hours_for(cleaner, row, shift, given, reason)))
    words = cleaner.done(errors.HoursInvalid)["reason"]
    _lock_people(row.person_id for row, _hours in entries)
    day = shift.starts_at.astimezone(clock.local_zone()).date()
    _require_day(day, {row.person_id: amount for row, amount in entries})
    return [_add(shift, row.person, row.unit_id, amount, words, day, actor, at) for row, amount in entries]


@transaction.atomic
def correct_hours(*, entry_id: uuid.UUID, hours: Any, reason: str, actor: Actor, at: datetime) -> HoursEntry:
    """Take an entry back and put another one in its place. Returns the new one.

    Raises ``HoursMissing``, ``HoursReversed``, ``HoursInvalid``, ``TooManyHours``. Emits both events. Locks the person.
    """
    entry = _locked_entry(entry_id, actor)
    cleaner = Cleaner().text("reason", reason, REASON_LENGTH, needed=True)
    amount = _clean_hours(cleaner, "hours", hours)
    if amount == entry.hours:
        cleaner.refuse("hours", "unchanged", _("时长没有变化。"))
    words = cleaner.done(errors.HoursInvalid)["reason"]
    _take_back(entry, words, actor, at)
    _require_day(entry.date, {entry.person_id: amount})
    shift: Shift = entry.shift
    made = _add(shift, entry.person, entry.unit_id, amount, words, entry.date, actor, at, deed="hours.corrected")
    certificates.revoke_exceeding(entry.person, at=at)
    return made


@transaction.atomic
def reverse_hours(*, entry_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> HoursEntry:
    """Take an entry back by one with the opposite hours. Raises ``HoursMissing``, ``HoursReversed``, ``HoursInvalid``."""
    entry = _locked_entry(entry_id, actor)
    words = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.HoursInvalid)["reason"]
    opposite = _take_back(entry, words, actor, at)
    certificates.revoke_exceeding(entry.person, at=at)
    return opposite


def _hours_for(cleaner: Cleaner, row: SignUp, shift: Shift, given: Any, reason: str) -> Decimal:
    """What counts: the times', or what the organiser says with a reason."""
    name, of_times = str(row.pk), reads.proposed(row, shift)
    amount = of_times if given in (None, "") else _clean_hours(cleaner, name, given)
    if given in (None, "") and of_times is None:
        cleaner.refuse(
            name, "no_times", _("%(name)s：没有完整的签到签退，请填写时长和原因。") % {"name": row.person.name}
        )
    elif amount and amount != of_times and not str(reason or "").strip():
        cleaner.refuse("reason", "required", _("时长和签到签退不一致，请写明原因。"))
    return amount or Decimal(0)


def _clean_hours(cleaner: Cleaner, name: str, given: Any) -> Decimal:
    """Above 0 to 24, in halves; 0 where that is refused."""
    try:
        amount = Decimal(str(given)[:10])
        fits = 0 < amount <= A_DAY and amount * 2 == int(amount * 2)
    except (InvalidOperation, ValueError, OverflowError):
        fits = False
    if not fits:
        cleaner.refuse(name, "out_of_range", _("时长应大于 0、不超过 24 小时，以 0.5 为单位。"))
        return Decimal(0)
    return amount.quantize(Decimal("0.1"))


def _lock_people(ids: Iterable[uuid.UUID]) -> None:
    """In one order, so that two who verify at once wait for each other."""
    rows = Person.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(ids)).order_by("pk")
    list(rows.values_list("pk", flat=True))


def _require_day(day: date, more: Mapping[uuid.UUID, Decimal]) -> None:
    """The people are locked."""
    sums = reads.sums_by_day(list(more), day)
    if any(sums.get(pk, Decimal(0)) + amount > A_DAY for pk, amount in more.items()):
        raise errors.TooManyHours


def _add(
    shift: Shift, person: Person, unit_id: Any, amount: Decimal, reason: str, day: date, actor: Actor, at: datetime,
    *, deed: str = "hours.verified",
) -> HoursEntry:  # fmt: skip
    earlier = HoursEntry.objects.filter(shift=shift, person=person, reverses=None)
    if earlier.filter(reversal=None).exists():
        raise errors.HoursTwice
    last = earlier.aggregate(last=Max("revision"))["last"]
    entry = HoursEntry.objects.create(
        person=person, unit_id=unit_id, team_id=shift.project.team_id, shift=shift, date=day, hours=amount,
        revision=0 if last is None else last + 1, label=shift.project.title, reason=reason,
        author_name=actor.display_name, created_at=at,
    )  # fmt: skip
    payload = {
        "hours_id": str(entry.pk), "person_id": str(person.pk), "user_id": str(person.user_id or ""),
        "shift_id": str(shift.pk), "hours": str(entry.hours),
    }  # fmt: skip
    emit("volunteering.hours.verified", payload=payload, actor_id=actor.id)
    facts = {"person": person.name, "hours": str(entry.hours), "date": str(day)}
    record_deed(deed, entry, shift.project.title, actor, after=facts, note=reason)
    if person.user_id:
        title = _("志愿服务时长已核实：%(hours)s 小时") % {"hours": f"{entry.hours.normalize():f}"}
        notices.send(
            category="volunteering.hours", title=title, text=shift.project.title, url="/volunteering/hours/",
            source=f"volunteering.hours:{entry.pk}", users=[person.user_id], at=at, actor=actor,
        )  # fmt: skip
    return entry


def _locked_entry(entry_id: uuid.UUID, actor: Actor) -> HoursEntry:
    entry = reads.get_entry(entry_id=entry_id, actor=actor)
    _lock_people([entry.person_id])
    if entry.reverses_id is not None or HoursEntry.objects.filter(reverses=entry).exists():
        raise errors.HoursReversed
    return entry


def _take_back(entry: HoursEntry, reason: str, actor: Actor, at: datetime) -> HoursEntry:
    opposite = HoursEntry.objects.create(
        person=entry.person, unit_id=entry.unit_id, team_id=entry.team_id, shift=entry.shift, date=entry.date,
        hours=-entry.hours, revision=entry.revision, label=entry.label, reason=reason, reverses=entry,
        author_name=actor.display_name, created_at=at,
    )  # fmt: skip
    payload = {
        "hours_id": str(opposite.pk), "reverses_id": str(entry.pk), "person_id": str(entry.person_id),
        "user_id": str(entry.person.user_id or ""), "shift_id": str(entry.shift_id), "hours": str(opposite.hours),
    }  # fmt: skip
    emit("volunteering.hours.reversed", payload=payload, actor_id=actor.id)
    facts = {"person": entry.person.name, "hours": str(opposite.hours), "date": str(entry.date)}
    record_deed("hours.reversed", opposite, entry.label, actor, after=facts, note=reason)
    return opposite
