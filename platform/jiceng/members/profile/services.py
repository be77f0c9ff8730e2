"""What people do with their own data. Every function acts on the roster entry of ``actor``, on nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.kernel.errors import FieldError

from ..errors import ChangeUnknown, PersonChanged
from ..fields import FIELDS
from ..models import Person, PersonChange
from ..selectors import changed_since, values_of
from ..services import undo_change, update_person
from ..services.writing import person_of
from .errors import NotLight, NotOwnChange
from .selectors import entry_of

Source = PersonChange.Source
LIGHT = tuple(code for code, field in FIELDS.items() if field.change == "light")


@transaction.atomic
def update_own(*, values: Mapping[str, Any], version: int, actor: Actor) -> Person:
    """Change fields that need nobody's approval.

    ``version``: what the person had before them. Raises ``NoEntry``, ``NotLight``, ``PersonGone``, ``Invalid``, and
    ``PersonChanged`` when one of these fields was changed since; other fields play no part. Locks the person.
    """
    if not set(values) <= set(LIGHT):
        raise NotLight
    person = person_of(entry_of(actor).pk)
    now = values_of(person)
    since = [code for code in changed_since(person, version) if code in values and values[code] != now[code]]
    if since:
        raise PersonChanged(
            fields=[FieldError(f"/{code}", PersonChanged.code, _now_says(code, now[code])) for code in since]
        )
    return update_person(person_id=person.pk, values=values, actor=actor, source=Source.SELF)


@transaction.atomic
def undo_own(*, change_id: UUID | str, actor: Actor) -> Person:
    """Take back a change that ``actor`` made to their own data without approval.

    Raises ``NoEntry``, ``ChangeUnknown`` (also for other people's), ``NotOwnChange``, and what ``undo_change`` raises.
    """
    change = PersonChange.objects.filter(pk=change_id, person=entry_of(actor)).first()
    if change is None:
        raise ChangeUnknown
    if not may_undo(change, actor):
        raise NotOwnChange
    return undo_change(change_id=change.pk, actor=actor, source=Source.SELF)


def may_undo(change: PersonChange, actor: Actor) -> bool:
    return change.can_be_undone and change.source == Source.SELF and change.actor_id == actor.id


def _now_says(code: str, value: Any) -> str:
    return f"“{FIELDS[code].label}”刚被他人改为“{value or '空'}”，请核对后再保存。"
