"""Tags: words that a tenant puts on people, to address them by."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jiceng.access.actor import Actor
from jiceng.audit.services import record

from .. import scope
from ..errors import TagTaken, TagUnknown
from ..models import Person, PersonState, PersonTag, Tag
from .writing import fault, required, text

NAME_LENGTH, NOTE_LENGTH = 20, 100
PEOPLE_AT_ONCE = 2000


@transaction.atomic
def create_tag(*, name: str, actor: Actor, at: datetime, note: str = "") -> Tag:
    """Raises ``Forbidden`` without the right over everybody, ``Invalid``, ``TagTaken``."""
    scope.require_over(actor, None)
    tag = Tag(name=required(name, "name", "标签名称", NAME_LENGTH), note=text(note, "note", "说明", NOTE_LENGTH), created_at=at)
    _save(tag, is_new=True)
    record(action="members.tag.created", actor=actor, target=str(tag.pk), target_label=tag.name)
    return tag


@transaction.atomic
def change_tag(*, tag_id: uuid.UUID, name: str, actor: Actor, note: str = "") -> Tag:
    """Raises ``Forbidden``, ``TagUnknown``, ``Invalid``, ``TagTaken``. Locks the tag."""
    scope.require_over(actor, None)
    tag = _locked(tag_id)
    before = {"name": tag.name, "note": tag.note}
    tag.name, tag.note = required(name, "name", "标签名称", NAME_LENGTH), text(note, "note", "说明", NOTE_LENGTH)
    _save(tag, is_new=False)
    record(
        action="members.tag.changed", actor=actor, target=str(tag.pk), target_label=tag.name, before=before,
        after={"name": tag.name, "note": tag.note},
    )  # fmt: skip
    return tag


@transaction.atomic
def remove_tag(*, tag_id: uuid.UUID, actor: Actor) -> None:
    """Delete the tag; audiences by it reach nobody through it any more. Raises ``Forbidden``, ``TagUnknown``."""
    scope.require_over(actor, None)
    tag = _locked(tag_id)
    count = PersonTag.objects.filter(tag=tag).count()
    record(
        action="members.tag.removed", actor=actor, target=str(tag.pk), target_label=tag.name, before={"count": count}
    )  # fmt: skip
    tag.delete()


@transaction.atomic
def give_tag(*, tag_id: uuid.UUID, person_ids: Collection[uuid.UUID | str], actor: Actor) -> int:
    """Put the tag on active people in the actor's reach; returns on how many it was not before. Raises ``TagUnknown``, ``Invalid``."""
    tag = _locked(tag_id)
    people = _in_reach(person_ids, actor).filter(state=PersonState.ACTIVE)
    known = set(PersonTag.objects.filter(tag=tag, person__in=people).values_list("person_id", flat=True))
    fresh = [pk for pk in people.values_list("pk", flat=True) if pk not in known]
    PersonTag.objects.bulk_create([PersonTag(tag=tag, person_id=pk) for pk in fresh], ignore_conflicts=True)
    if fresh:
        _note_people("members.tag.given", tag, fresh, actor)
    return len(fresh)


@transaction.atomic
def take_tag(*, tag_id: uuid.UUID, person_ids: Collection[uuid.UUID | str], actor: Actor) -> int:
    """Take the tag off people in the actor's reach; returns off how many. Raises ``TagUnknown``, ``Invalid``."""
    tag = _locked(tag_id)
    found = PersonTag.objects.filter(tag=tag, person__in=_in_reach(person_ids, actor))
    ids = list(found.values_list("person_id", flat=True))
    if ids:
        found.delete()
        _note_people("members.tag.taken", tag, ids, actor)
    return len(ids)


def _note_people(action: str, tag: Tag, ids: Collection[uuid.UUID], actor: Actor) -> None:
    people = sorted(map(str, ids))
    record(
        action=action, actor=actor, target=str(tag.pk), target_label=tag.name,
        after={"count": len(people), "people": people[:50]},
    )  # fmt: skip


def _in_reach(person_ids: Collection[uuid.UUID | str], actor: Actor) -> QuerySet[Person]:
    if len(person_ids) > PEOPLE_AT_ONCE:
        raise fault("people", "too_many", f"一次最多 {PEOPLE_AT_ONCE} 人。")
    return scope.people_in_reach(actor, scope.MANAGE).filter(pk__in=list(person_ids))


def _locked(tag_id: uuid.UUID) -> Tag:
    tag = Tag.objects.select_for_update().filter(pk=tag_id).first()
    if tag is None:
        raise TagUnknown
    return tag


def _save(tag: Tag, *, is_new: bool) -> None:
    try:
        with transaction.atomic():
            tag.save(force_insert=is_new)
    except IntegrityError as error:
        raise TagTaken from error

