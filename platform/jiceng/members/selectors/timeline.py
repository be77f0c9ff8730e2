"""What happened to a person, newest first: belonging, posts, data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jiceng.kernel.clock import local_zone

from .. import identity, sealing
from ..bodies import Body, state_label
from ..fields import FIELDS
from ..models import Gender, IdKind, Membership, Person, PersonChange, Post
from .people import memberships_of

SHOWN_CHANGES = 100
MASKS = {"phone": identity.mask_phone, "id_number": identity.mask_id_number}
WORDS = {"gender": dict(Gender.choices), "id_kind": dict(IdKind.choices)}


@dataclass(frozen=True, slots=True)
class Entry:
    """``kind``: ``membership``, ``post`` or ``change``. ``rows``: label, before and after of a change, sensitive ones masked.

    ``change``: behind it, for taking it back; ``can_undo``: whether that is possible as far as the record says.
    """

    day: date
    kind: str
    title: str
    detail: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()
    source: str = ""
    actor: str = ""
    change_id: UUID | None = None
    can_undo: bool = False
    is_undone: bool = False


def timeline_of(person: Person) -> list[Entry]:
    """Everything dated that is known of ``person``; of changes the latest hundred. Four queries."""
    entries: list[Entry] = []
    for membership in memberships_of(person):
        entries += _belonging(membership)
    for post in Post.objects.filter(person=person).select_related("unit"):
        entries += _holding(post)
    changes = person.changes.all()[:SHOWN_CHANGES]
    entries += [_changed(change) for change in changes]
    return sorted(entries, key=lambda entry: entry.day, reverse=True)


def shown_value(code: str, value: Any) -> str:
    """A field's value as people may see it: masked, in words, "—" for nothing."""
    if value in (None, ""):
        return "—"
    if code in MASKS:
        return MASKS[code](str(value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(WORDS.get(code, {}).get(value, value))


def _belonging(membership: Membership) -> Iterator[Entry]:
    body = str(Body(membership.body).label)
    before = None
    for period in membership.periods.all():
        place = period.unit.name if period.unit else _("未分配组织")
        state = state_label(membership.body, period.state)
        if before is None:
            title = _("%(body)s：%(state)s") % {"body": body, "state": state}
        elif before.state != period.state:
            old = state_label(membership.body, before.state)
            title = _("%(body)s：%(old)s → %(state)s") % {"body": body, "old": old, "state": state}
        else:
            title = _("%(body)s：转到“%(place)s”") % {"body": body, "place": place}
        yield Entry(period.valid_from, "membership", title, "，".join(filter(None, (place, period.note))))
        before = period
    if membership.ended_on:
        words = {"body": body, "state": state_label(membership.body, membership.state)}
        yield Entry(
            membership.ended_on, "membership", _("%(body)s：%(state)s") % words, membership.end_reason
        )  # fmt: skip


def _holding(post: Post) -> Iterator[Entry]:
    words = {"unit": post.unit.name, "post": post.name}
    yield Entry(post.started_on, "post", _("任%(unit)s%(post)s") % words)
    if post.ended_on:
        yield Entry(post.ended_on, "post", _("不再任%(unit)s%(post)s") % words)


def _changed(change: PersonChange) -> Entry:
    facts = sealing.open_facts(change.changes_sealed, table="personchange", row=change.pk)
    is_entry = change.version == 1  # everything it holds stands in the facts, or in a later change
    rows = tuple(
        (str(FIELDS[code].label), shown_value(code, before), shown_value(code, after))
        for code, (before, after) in facts.items()
        if code in FIELDS and not is_entry
    )
    return Entry(
        change.made_at.astimezone(local_zone()).date(), "change",
        _("录入资料") if is_entry else _("资料变动"), rows=rows, source=str(change.get_source_display()),
        actor=change.actor_name, change_id=change.pk, can_undo=change.can_be_undone, is_undone=change.undone_at is not None,
    )  # fmt: skip
