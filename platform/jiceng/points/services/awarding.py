"""Points out of events: given once for each cause, within caps, taken back when the cause is undone."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.received import ReceivedEvent
from jiceng.events.services import emit
from jiceng.kernel import clock
from jiceng.kernel.manifest import PointsRule
from jiceng.kernel.module_settings import read as read_settings
from jiceng.kernel.registry import registry
from jiceng.members.models import Person, PersonState

from ..models import BY_HAND, Entry, Undone
from ..selectors import rules as reads
from ..selectors.rules import Rule
from . import caps
from .standings import bump


def receive(event: ReceivedEvent) -> None:
    """Everything that rules make of an event. Nothing is stored before a tenant has switched points on."""
    if not read_settings("points").is_on:
        return
    for declared in registry.points_rules.values():
        if declared.undone_by == event.name:
            undo(declared, event.payload, at=event.happened_at)
    version = reads.version_at(event.happened_at)
    for rule in reads.rules_of(version):
        if rule.declared.event == event.name and rule.is_on:
            award(rule, event.payload, version=version.number if version else 0, at=event.happened_at)


@transaction.atomic
def award(rule: Rule, payload: Mapping[str, Any], *, version: int, at: datetime) -> Entry | None:
    """Give a rule's points for what happened at ``at``; ``None`` where nothing is due.

    Not twice for one cause, not beyond caps, not to people who have left, not for what is longer ago than the setting
    allows. Locks the person, so that awards of one person queue. Emits ``points.awarded``.
    """
    declared, subject = rule.declared, str(payload.get(rule.declared.subject, ""))
    person = _person(declared, payload)
    if person is None or not subject or clock.now() - at > timedelta(days=read_settings("points").days_late):
        return None
    rows = Entry.objects.filter(rule=rule.code, person=person, subject=subject, reverses=None)
    latest = rows.order_by("-round").first()
    if latest is not None and not Entry.objects.filter(reverses=latest).exists():
        return None
    if Undone.objects.filter(person=person, rule=rule.code, subject=subject, at__gte=at).exists():
        return None
    day = at.astimezone(clock.local_zone()).date()
    room = caps.take(
        person_id=person.pk, rule=rule.code, day=day, points=rule.points, daily=rule.daily_cap, yearly=rule.yearly_cap
    )
    if not room:
        return None
    entry = Entry(
        person=person, unit_id=person.unit_id, rule=rule.code, version=version, points=rule.points, day=day, subject=subject,
        round=latest.round + 1 if latest else 1, label=_label(rule, payload), link=_link(declared, payload), happened_at=at,
        created_at=clock.now(),
    )  # fmt: skip
    keep(entry, person)
    return entry


@transaction.atomic
def undo(declared: PointsRule, payload: Mapping[str, Any], *, at: datetime) -> Entry | None:
    """Take back what the cause has given, whatever the rules say by now; ``None`` where nothing was given.

    The two events may arrive in either order: a cause that was undone after it happened gives nothing any more.
    """
    person, subject = _person(declared, payload, also_left=True), str(payload.get(declared.subject, ""))
    if person is None:
        return None
    same = {"person": person, "rule": declared.code, "subject": subject}
    undone, _is_new = Undone.objects.get_or_create(**same, defaults={"at": at})
    Undone.objects.filter(pk=undone.pk, at__lt=at).update(at=at)
    rows = Entry.objects.filter(rule=declared.code, person=person, subject=subject, reverses=None)
    latest = rows.order_by("-round").first()
    if latest is None or Entry.objects.filter(reverses=latest).exists():
        return None
    return reverse(latest, reason=_("起因已取消"), actor=Actor.system(), at=at)


def reverse(entry: Entry, *, reason: str, actor: Actor, at: datetime) -> Entry:
    """The opposite entry, on the day of the first. Call it with the person locked and the entry not reversed yet."""
    person = Person.objects.get(pk=entry.person_id)
    opposite = Entry(
        person=person, unit_id=entry.unit_id, rule=entry.rule, version=entry.version, points=-entry.points, day=entry.day,
        subject=entry.subject, round=entry.round, label=entry.label, reason=reason, link=entry.link, reverses=entry,
        happened_at=at, author_name=actor.display_name[:150], created_at=clock.now(),
    )  # fmt: skip
    if entry.rule != BY_HAND:
        caps.give_back(person_id=person.pk, rule=entry.rule, day=entry.day, points=entry.points)
    keep(opposite, person)
    return opposite


def keep(entry: Entry, person: Person) -> None:
    """Write an entry with what follows from it. Emits ``points.awarded`` or ``points.reversed``."""
    entry.save(force_insert=True)
    bump(entry)
    emit("points.reversed" if entry.is_reversal else "points.awarded", payload={
        "entry_id": str(entry.pk), "person_id": str(person.pk), "user_id": str(person.user_id or ""), "rule": entry.rule,
        "points": entry.points, "label": entry.label,
    })  # fmt: skip


def locked_person(person_id: uuid.UUID) -> Person:
    """Awards, reversals and corrections of one person queue here."""
    return Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person_id)


def _person(declared: PointsRule, payload: Mapping[str, Any], *, also_left: bool = False) -> Person | None:
    """Whom it is about, locked."""
    people = Person.objects.select_for_update(of=("self",), no_key=True)
    people = people if also_left else people.filter(state=PersonState.ACTIVE)
    if declared.person != "user_id" and payload.get(declared.person):
        return people.filter(pk=payload[declared.person]).first()
    return people.filter(user=payload["user_id"]).first() if payload.get("user_id") else None


def _label(rule: Rule, payload: Mapping[str, Any]) -> str:
    title = str(payload.get(rule.declared.title, "")) if rule.declared.title else ""
    return f"{rule.label}：{title}"[:200] if title else rule.label[:200]


def _link(declared: PointsRule, payload: Mapping[str, Any]) -> str:
    return re.sub(r"{(\w+)}", lambda match: str(payload.get(match[1], "")), declared.link)[:200]
