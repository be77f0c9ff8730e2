"""Classes held in a room: made, changed, credited, taken back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date as day
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.cleaning import Cleaner, clean_day
from jiceng.kernel.clock import local_zone
from jiceng.kernel.module_settings import read as read_settings

from .. import errors
from ..manifest.words import HOURS
from ..models import TITLE_LENGTH, Attendance, AttendanceState, ClassState, DurationKind, HoursKind, OfflineClass
from . import hours, scoping

TEXTS = (("title", TITLE_LENGTH), ("place", 100), ("lecturer", 50))
REASON_LENGTH = 100
MOST_COUNT = Decimal(99)


class ClassFields(TypedDict, total=False):
    """``duration_count``: so many of ``duration_kind``, in steps of 0.5. ``last_date``: the first one where left out."""

    title: str
    place: str
    lecturer: str
    unit_id: uuid.UUID | None
    first_date: day | str
    last_date: day | str | None
    duration_kind: str
    duration_count: Decimal | str
    is_centralised: bool


@transaction.atomic
def create_class(*, fields: ClassFields, actor: Actor, at: datetime) -> OfflineClass:
    """Raises ``Forbidden``, ``CourseInvalid`` on ``/unit_id``, ``ClassInvalid`` with a fault by field."""
    unit = scoping.unit_for(fields.get("unit_id"), actor=actor, permission=HOURS)
    made = OfflineClass(unit=unit, author_name=actor.display_name, created_at=at, updated_at=at)
    _assign(made, fields)
    made.save(force_insert=True)
    _record("created", made, actor, after=_facts(made))
    return made


@transaction.atomic
def update_class(*, class_id: uuid.UUID, fields: ClassFields, version: int, actor: Actor, at: datetime) -> OfflineClass:
    """What is not given stays, the unit always. Raises ``ClassMissing``, ``Forbidden``, ``ClassStale``, ``ClassConfirmed``,
    ``ClassCancelled``, ``ClassInvalid``.
    """
    found = locked_open(class_id, actor)
    if version != found.version:
        raise errors.ClassStale
    before = _facts(found)
    _assign(found, fields)
    _touch(found, at)
    _record("updated", found, actor, before=before, after=_facts(found))
    return found


@transaction.atomic
def cancel_class(*, class_id: uuid.UUID, actor: Actor, at: datetime) -> OfflineClass:
    """Raises ``ClassMissing``, ``Forbidden``, ``ClassConfirmed``, ``ClassCancelled``."""
    found = locked_open(class_id, actor)
    found.state = ClassState.CANCELLED
    _touch(found, at)
    _record("cancelled", found, actor)
    return found


@transaction.atomic
def confirm_class(*, class_id: uuid.UUID, actor: Actor, at: datetime) -> OfflineClass:
    """Credit the hours of everybody present, all or nobody.

    Raises ``ClassMissing``, ``Forbidden``, ``ClassConfirmed``, ``ClassCancelled``, ``ClassNotOver``, ``NobodyPresent``.
    """
    found = locked_open(class_id, actor)
    require_over_by(found, at)
    rows = list(_attendances(found).filter(state=AttendanceState.PRESENT))
    if not rows:
        raise errors.NobodyPresent
    found.state = ClassState.CONFIRMED
    _touch(found, at)
    for row in rows:
        credit(row, found, actor, at)
    _record("confirmed", found, actor, after={"person_count": len(rows), "hours": str(found.hours)})
    return found


@transaction.atomic
def take_back_class(*, class_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> OfflineClass:
    """Take the hours of everybody back and open the class for corrections.

    Raises ``ClassMissing``, ``Forbidden``, ``ClassNotConfirmed``, ``ClassInvalid`` on ``/reason``.
    """
    found = locked(class_id, actor)
    cleaned = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.ClassInvalid)
    if found.state != ClassState.CONFIRMED:
        raise errors.ClassNotConfirmed
    found.state = ClassState.OPEN
    _touch(found, at)
    rows = list(_attendances(found).filter(entry__isnull=False))
    for row in rows:
        uncredit(row, cleaned["reason"], actor, at)
    _record("taken_back", found, actor, after={"person_count": len(rows), "reason": cleaned["reason"]})
    return found


def credit(row: Attendance, offline_class: OfflineClass, actor: Actor, at: datetime) -> None:
    """The class's hours to one person. Counted, because hours that were taken back may be credited again."""
    row.credit_count += 1
    row.entry = hours.credit(
        person=row.person, hours=offline_class.hours, kind=HoursKind.OFFLINE, source_kind="study.class",
        source_id=f"{row.pk}:{row.credit_count}", label=offline_class.title, rule=rule_of(offline_class),
        date=offline_class.last_date, is_centralised=offline_class.is_centralised, actor=actor, at=at,
    )  # fmt: skip
    row.updated_at = at
    row.save(update_fields=("entry", "credit_count", "updated_at"))


def uncredit(row: Attendance, reason: str, actor: Actor, at: datetime) -> None:
    """One person's hours back, unless somebody took them back in the ledger already."""
    entry, row.entry, row.updated_at = row.entry, None, at
    row.save(update_fields=("entry", "updated_at"))
    if entry is not None and not type(entry).objects.filter(reverses=entry).exists():
        hours.take_back(entry=entry, reason=reason, actor=actor, at=at)


def rule_of(offline_class: OfflineClass) -> str:
    """``线下培训：2 个全天，共 16 学时``."""
    facts = {"count": f"{float(offline_class.duration_count):g}", "hours": f"{float(offline_class.hours):g}"}
    sentences = {
        DurationKind.DAYS: _("线下培训：%(count)s 个全天，共 %(hours)s 学时。"),
        DurationKind.HALF_DAYS: _("线下培训：%(count)s 个半天，共 %(hours)s 学时。"),
        DurationKind.HOURS: _("线下培训：%(count)s 小时，共 %(hours)s 学时。"),
    }
    return sentences[DurationKind(offline_class.duration_kind)] % facts


def locked(class_id: uuid.UUID, actor: Actor) -> OfflineClass:
    """Raises ``ClassMissing``, ``Forbidden``, ``ClassCancelled``."""
    found = OfflineClass.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=class_id).first()
    if found is None:
        raise errors.ClassMissing
    scoping.require_over(found.unit, actor=actor, permission=HOURS)
    if found.state == ClassState.CANCELLED:
        raise errors.ClassCancelled
    return found


def locked_open(class_id: uuid.UUID, actor: Actor) -> OfflineClass:
    """As ``locked``. Raises ``ClassConfirmed`` too."""
    found = locked(class_id, actor)
    if found.state == ClassState.CONFIRMED:
        raise errors.ClassConfirmed
    return found


def require_over_by(offline_class: OfflineClass, at: datetime) -> None:
    """Raise ``ClassNotOver`` before its last day, in the tenant's zone."""
    if offline_class.last_date > at.astimezone(local_zone()).date():
        raise errors.ClassNotOver


def _attendances(offline_class: OfflineClass) -> Any:
    return Attendance.objects.filter(offline_class=offline_class).select_related("person", "entry").order_by("pk")


def _assign(found: OfflineClass, fields: Mapping[str, Any]) -> None:
    cleaner, is_new = Cleaner(), found.hours is None
    for name, longest in TEXTS:
        if is_new or name in fields:
            cleaner.text(name, fields.get(name) or "", longest, needed=name == "title")
    _clean_dates(cleaner, found, fields)
    kind = fields.get("duration_kind", found.duration_kind)
    if kind not in DurationKind.values:
        cleaner.refuse("duration_kind", "unknown_kind", _("请选择全天、半天或小时。"))
    else:
        _clean_duration(cleaner, kind, fields.get("duration_count", found.duration_count))
    if "is_centralised" in fields:
        cleaner.values["is_centralised"] = bool(fields["is_centralised"])
    for name, value in cleaner.done(errors.ClassInvalid).items():
        setattr(found, name, value)


def _clean_dates(cleaner: Cleaner, found: OfflineClass, fields: Mapping[str, Any]) -> None:
    given = {
        "first_date": fields.get("first_date", found.first_date),
        "last_date": fields.get("last_date", found.last_date),
    }
    for name in given:
        clean_day(cleaner, given, name)
    if not {"first_date", "last_date"} <= cleaner.values.keys():
        return
    first = cleaner.values["first_date"]
    if first is None:
        cleaner.refuse("first_date", "required", _("此项不能为空。"))
        return
    last = cleaner.values["last_date"] = cleaner.values["last_date"] or first
    if not 2000 <= first.year <= 2200:
        cleaner.refuse("first_date", "out_of_range", _("日期应在 2000 年到 2200 年之间。"))
    elif last < first or (last - first).days > 365:
        cleaner.refuse("last_date", "out_of_range", _("结束日期不能早于开始日期，也不能晚一年以上。"))


def _clean_duration(cleaner: Cleaner, kind: str, given: Any) -> None:
    """The hours that it makes, by the conversion of the module's settings as they are now."""
    settings = read_settings("study")
    each = {"days": settings.hours_per_day, "half_days": settings.hours_per_half_day, "hours": 1}[kind]
    try:
        count = Decimal(str(given))
        fits = 0 < count <= MOST_COUNT and count * 2 == int(count * 2) and count * each <= hours.MOST_HOURS
    except (InvalidOperation, ValueError, OverflowError):
        fits = False
    if not fits:
        cleaner.refuse("duration_count", "out_of_range", _("应大于 0，以 0.5 为单位，折算后不超过 200 学时。"))
        return
    cleaner.values |= {"duration_kind": kind, "duration_count": count, "hours": count * each}


def _touch(found: OfflineClass, at: datetime) -> None:
    found.version, found.updated_at = found.version + 1, at
    found.save()


def _facts(found: OfflineClass) -> dict[str, Any]:
    return {
        "title": found.title, "first_date": str(found.first_date), "last_date": str(found.last_date),
        "hours": str(found.hours), "is_centralised": found.is_centralised,
    }  # fmt: skip


def _record(deed: str, found: OfflineClass, actor: Actor, **more: Any) -> None:
    record(action=f"study.class.{deed}", actor=actor, target=str(found.pk), target_label=found.title, **more)
