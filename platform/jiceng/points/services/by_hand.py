"""Points that people give and take back, always with the reason."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import clock
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.module_settings import read as read_settings

from .. import errors
from ..manifest import MANAGE
from ..models import BY_HAND, Entry
from ..selectors import ledger as reads
from .awarding import keep, locked_person, reverse

LABEL_LENGTH = 100
REASON_LENGTH = 200


class GivenFields(TypedDict, total=False):
    """``points``: 1 to the setting's limit. ``label``: for what; ``reason``: what shows it."""

    points: int
    label: str
    reason: str


@transaction.atomic
def give(
    *, person_id: uuid.UUID, fields: GivenFields, actor: Actor, at: datetime, entry_id: uuid.UUID | None = None
) -> Entry:
    """Give points for what no rule sees. ``entry_id``: of the form; sending it twice gives once.

    Raises ``PersonMissing``, ``Forbidden``, ``PointsOff``, ``PointsInvalid``. Audited.
    """
    _require_on()
    person = reads.get_person(person_id=person_id, actor=actor)
    policy.require(actor, MANAGE, person.unit.path if person.unit else "")
    locked_person(person.pk)
    cleaner = Cleaner().whole("points", fields.get("points"), 1, read_settings("points").most_by_hand, needed=True)
    cleaner.text("label", fields.get("label"), LABEL_LENGTH, needed=True)
    cleaner.text("reason", fields.get("reason"), REASON_LENGTH, needed=True)
    values = cleaner.done(errors.PointsInvalid)
    subject = str(entry_id or uuid.uuid4())
    known = Entry.objects.filter(rule=BY_HAND, person=person, subject=subject, reverses=None).first()
    if known is not None:
        return known
    entry = Entry(
        person=person, unit_id=person.unit_id, rule=BY_HAND, day=at.astimezone(clock.local_zone()).date(), subject=subject,
        happened_at=at, author_name=actor.display_name[:150], created_at=at, **values,
    )  # fmt: skip
    keep(entry, person)
    _record("points.given", entry, actor)
    return entry


@transaction.atomic
def take_back(*, entry_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> Entry:
    """Reverse one entry. Raises ``EntryMissing``, ``Forbidden``, ``EntryReversed``, ``PointsInvalid``. Audited."""
    entry = reads.get_entry(entry_id=entry_id, actor=actor)
    policy.require(actor, MANAGE, entry.unit.path if entry.unit else "")
    locked_person(entry.person_id)
    values = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.PointsInvalid)
    if entry.is_reversal or Entry.objects.filter(reverses=entry).exists():
        raise errors.EntryReversed
    opposite = reverse(entry, reason=values["reason"], actor=actor, at=at)
    _record("points.taken_back", opposite, actor)
    return opposite


@transaction.atomic
def export_entries(*, criteria: dict[str, Any], actor: Actor) -> list[tuple[str, ...]]:
    """Name, unit, points, for what, reason, day, version, by whom: as text, at most 50,000. The export is recorded."""
    rows: list[tuple[str, ...]] = [
        (
            entry.person.name, entry.unit.name if entry.unit else "", str(entry.points), entry.label, entry.reason,
            str(entry.day), str(entry.version) if entry.rule != BY_HAND else _("手工"), entry.author_name,
        )
        for entry in reads.managed(actor, **criteria)[:50_000]
    ]  # fmt: skip
    record(action="points.exported", actor=actor, after={"entry_count": len(rows)})
    return rows


def _require_on() -> None:
    if not read_settings("points").is_on:
        raise errors.PointsOff


def _record(action: str, entry: Entry, actor: Actor) -> None:
    facts = {"points": entry.points, "label": entry.label, "reason": entry.reason, "person": str(entry.person_id)}
    record(action=action, actor=actor, target=str(entry.pk), target_label=entry.label, after=facts)
