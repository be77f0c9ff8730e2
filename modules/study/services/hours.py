"""Crediting class hours, and taking them back by another entry."""

from __future__ import annotations

import uuid
from datetime import date as day
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import clock
from jiceng.kernel.cleaning import Cleaner, clean_day
from jiceng.members.models import Person

from .. import errors
from ..manifest.words import HOURS
from ..models import HoursEntry, HoursKind
from ..selectors import hours as reads
from .scoping import require_over

MOST_HOURS = Decimal(200)
REASON_LENGTH = 100
LABEL_LENGTH = 60


class ManualFields(TypedDict, total=False):
    """``hours``: above 0 to 200, one decimal place. ``date``: today or earlier, in the tenant's zone."""

    label: str
    reason: str
    hours: Decimal | str
    date: day | str
    is_centralised: bool


@transaction.atomic
def credit(
    *, person: Person, hours: Decimal, kind: str, source_kind: str, source_id: str, label: str, rule: str, date: day,
    actor: Actor, at: datetime, is_centralised: bool = False,
) -> HoursEntry | None:  # fmt: skip
    """Credit hours once for each person and source; ``None`` where it was done before.

    The caller answers for the permission. Raises ``HoursInvalid`` on ``/hours`` and ``/kind``.
    """
    cleaner = Cleaner()
    _clean_hours(cleaner, hours)
    if kind not in HoursKind.values or kind == HoursKind.CORRECTION:
        cleaner.refuse("kind", "unknown_kind", _("没有这种学时。"))
    cleaned = cleaner.done(errors.HoursInvalid)
    entry = HoursEntry(
        person=person, unit_id=person.unit_id, year=date.year, date=date, hours=cleaned["hours"], kind=kind,
        is_centralised=is_centralised, source_kind=source_kind, source_id=source_id, label=label, rule=rule,
        author_name=actor.display_name, created_at=at,
    )  # fmt: skip
    return entry if _added(entry, "study.hours.credited", actor) else None


@transaction.atomic
def record_manual(
    *, person_id: uuid.UUID, fields: ManualFields, actor: Actor, at: datetime, entry_id: uuid.UUID | None = None
) -> HoursEntry:
    """Enter hours by hand, with the reason. ``entry_id``: of the form, so that sending it twice enters once.

    Raises ``LearnerMissing``, ``Forbidden``, ``HoursInvalid``.
    """
    person = reads.get_learner(person_id=person_id, actor=actor)
    require_over(person.unit, actor=actor, permission=HOURS)
    cleaned = _cleaned(fields, at)
    source = str(entry_id or uuid.uuid4())
    made = credit(
        person=person, hours=cleaned["hours"], kind=HoursKind.MANUAL, source_kind="manual", source_id=source,
        label=cleaned["label"], rule=_("手工登记：%(reason)s") % {"reason": cleaned["reason"]}, date=cleaned["date"],
        is_centralised=bool(fields.get("is_centralised")), actor=actor, at=at,
    )  # fmt: skip
    return made or HoursEntry.objects.get(person=person, source_kind="manual", source_id=source)


@transaction.atomic
def reverse(*, entry_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> HoursEntry:
    """Take an entry back by one of the same day and year with the opposite hours.

    Raises ``HoursMissing``, ``Forbidden``, ``HoursInvalid`` on ``/reason``, ``HoursReversed``.
    """
    entry = reads.get_entry(entry_id=entry_id, actor=actor)
    require_over(entry.person.unit, actor=actor, permission=HOURS)
    cleaned = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.HoursInvalid)
    if entry.reverses_id is not None:
        raise errors.HoursReversed
    opposite = HoursEntry(
        person=entry.person, unit_id=entry.unit_id, year=entry.year, date=entry.date, hours=-entry.hours,
        kind=HoursKind.CORRECTION, is_centralised=entry.is_centralised, source_kind="reversal", source_id=str(entry.pk),
        label=entry.label, rule=_("冲销：%(reason)s") % {"reason": cleaned["reason"]}, reverses=entry,
        author_name=actor.display_name, created_at=at,
    )  # fmt: skip
    if not _added(opposite, "study.hours.reversed", actor):
        raise errors.HoursReversed
    return opposite


@transaction.atomic
def export_hours(*, year: int, actor: Actor) -> list[tuple[str, ...]]:
    """Done, target and gap of everybody within reach, as text; the export is recorded."""
    rows = reads.table_of(year=year, actor=actor)
    record(action="study.hours.exported", actor=actor, target_label=str(year), after={"person_count": len(rows)})
    return rows


def _added(entry: HoursEntry, action: str, actor: Actor) -> bool:
    """Whether the entry is the first of its source; of several at once, one is."""
    HoursEntry.objects.bulk_create([entry], ignore_conflicts=True)
    if not HoursEntry.objects.filter(pk=entry.pk).exists():
        return False
    facts = {"hours": str(entry.hours), "date": str(entry.date), "rule": entry.rule}
    record(action=action, actor=actor, target=str(entry.pk), target_label=entry.label, after=facts)
    return True


def _cleaned(fields: ManualFields, at: datetime) -> dict[str, Any]:
    cleaner = Cleaner().text("label", fields.get("label"), LABEL_LENGTH, needed=True)
    cleaner.text("reason", fields.get("reason"), REASON_LENGTH, needed=True)
    _clean_hours(cleaner, fields.get("hours"))
    clean_day(cleaner, {"date": fields.get("date")}, "date")
    if "date" in cleaner.values:
        when, today = cleaner.values["date"], at.astimezone(clock.local_zone()).date()
        if when is None:
            cleaner.refuse("date", "required", _("此项不能为空。"))
        elif when.year < 2000 or when > today:
            cleaner.refuse("date", "out_of_range", _("日期不能晚于今天，也不能早于 2000 年。"))
    return cleaner.done(errors.HoursInvalid)


def _clean_hours(cleaner: Cleaner, given: Any) -> None:
    try:
        hours = Decimal(str(given))
        fits = 0 < hours <= MOST_HOURS and hours * 10 == int(hours * 10)
    except (InvalidOperation, ValueError, OverflowError):
        fits = False
    if fits:
        cleaner.values["hours"] = hours
    else:
        cleaner.refuse("hours", "out_of_range", _("学时应大于 0、不超过 200，最多一位小数。"))
