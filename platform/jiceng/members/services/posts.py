"""Writes about posts in units. Who holds a post belongs to the tree the unit stands in."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import clock
from jiceng.kernel.errors import FieldError

from .. import scope
from ..bodies import TREE_OF_BODY
from ..errors import (
    NotInTree,
    PersonGone,
    PersonUnknown,
    PostChanged,
    PostEnded,
    PostExists,
    PostUnknown,
    SecretaryTaken,
)
from ..models import Membership, Person, Post, PostKind, Unit
from .terms import open_term_of
from .writing import fault, person_of, text, unit_of

LABEL_LENGTH = 30


@transaction.atomic
def appoint(
    *,
    person_id: UUID | str,
    unit_id: UUID | str,
    kind: str,
    actor: Actor,
    label: str = "",
    started_on: date | None = None,
) -> Post:
    """Give somebody a post in a unit since ``started_on`` (today without it), within the unit's current term if it has one.

    Raises ``Forbidden``, ``UnitUnknown``, ``UnitDissolved``, ``PersonUnknown``, ``PersonGone``, ``NotInTree``,
    ``SecretaryTaken``, ``PostExists``, ``Invalid``. Locks the unit and the person. Emits ``members.post.changed``.
    """
    unit = unit_of(unit_id, lock=True)
    scope.require_over(actor, unit)
    person = _candidate(person_id, unit, actor)
    on = _started(started_on, unit)
    term = open_term_of(unit)
    post = Post(unit=unit, person=person, kind=_kind(kind, unit), label=_label(kind, label), started_on=on)
    post.term = term if term is not None and term.started_on <= on else None
    _save(post, is_new=True)
    _tell("members.post.appointed", post, actor, after=_facts(post))
    return post


@transaction.atomic
def change_post(
    *,
    post_id: UUID | str,
    actor: Actor,
    kind: str | None = None,
    label: str | None = None,
    started_on: date | None = None,
    version: int | None = None,
) -> Post:
    """Correct a post; what is not given stays. Another post of the same person is a new appointment.

    Raises ``Forbidden``, ``PostUnknown``, ``PostEnded``, ``PostChanged``, ``SecretaryTaken``, ``PostExists``, ``Invalid``.
    Emits ``members.post.changed``.
    """
    post = _open_post(post_id, actor, version)
    before = _facts(post)
    kind = post.kind if kind is None else kind
    if kind != post.kind:
        post.kind = _kind(kind, post.unit)
    post.label = _label(kind, post.label if label is None else label)
    if started_on is not None:
        post.started_on = _started(started_on, post.unit)
    if before == _facts(post):
        return post
    post.version += 1
    _save(post)
    _tell("members.post.changed", post, actor, before=before, after=_facts(post))
    return post


@transaction.atomic
def end_post(*, post_id: UUID | str, actor: Actor, on: date | None = None, version: int | None = None) -> Post:
    """End a post as of ``on`` (today without it).

    Raises ``Forbidden``, ``PostUnknown``, ``PostEnded``, ``PostChanged``, ``Invalid``. Emits ``members.post.changed``.
    """
    post = _open_post(post_id, actor, version)
    on = on or max(clock.today(), post.started_on)
    if on < post.started_on or on > max(clock.today(), post.started_on):
        raise fault("on", "out_of_order", f"结束日期须在 {post.started_on:%Y-%m-%d} 和今天之间。")
    return close_post(post, on=on, actor=actor)


def close_post(post: Post, *, on: date, actor: Actor) -> Post:
    """End a post with what else ends: no questions asked. Call inside a transaction with the person or the unit locked."""
    post.ended_on, post.version = max(on, post.started_on), post.version + 1
    post.save(update_fields=["ended_on", "version", "updated_at"])
    _tell("members.post.ended", post, actor, after={**_facts(post), "ended_on": post.ended_on})
    return post


def _open_post(post_id: UUID | str, actor: Actor, version: int | None) -> Post:
    """A post that somebody holds now. Its unit is locked, so that two cannot become secretary at once."""
    unit_id = Post.objects.filter(pk=post_id).values_list("unit_id", flat=True).first()
    if unit_id is None:
        raise PostUnknown
    unit = Unit.objects.select_for_update().get(pk=unit_id)
    scope.require_over(actor, unit)
    post = Post.objects.select_for_update(of=("self",)).select_related("person").get(pk=post_id)
    post.unit = unit
    if post.ended_on is not None:
        raise PostEnded
    if version is not None and version != post.version:
        raise PostChanged
    return post


def _candidate(person_id: UUID | str, unit: Unit, actor: Actor) -> Person:
    person = person_of(person_id)
    if not scope.people_in_reach(actor, scope.MANAGE).filter(pk=person.pk).exists():
        raise PersonUnknown
    if not person.is_active:
        raise PersonGone
    bodies = [body for body, tree in TREE_OF_BODY.items() if tree == unit.tree]
    if not Membership.objects.filter(person=person, ended_on=None, body__in=bodies).exists():
        message = str(NotInTree.message)
        raise NotInTree(fields=[FieldError("/person_id", NotInTree.code, message)])
    return person


def _kind(kind: str, unit: Unit) -> str:
    if kind not in PostKind.values:
        raise fault("kind", "unknown", "请从列表中选择职务。")
    taken = Post.objects.filter(unit=unit, kind=PostKind.SECRETARY, ended_on=None)
    if kind == PostKind.SECRETARY and taken.exists():
        raise SecretaryTaken(fields=[FieldError("/kind", SecretaryTaken.code, str(SecretaryTaken.message))])
    return kind


def _label(kind: str, label: str) -> str:
    cleaned = text(label, "label", "职务名称", LABEL_LENGTH)
    if kind == PostKind.OTHER and not cleaned:
        raise fault("label", "required", "请填写职务名称。")
    return cleaned


def _started(on: date | None, unit: Unit) -> date:
    today = clock.today()
    if on is not None and on > today:
        raise fault("started_on", "in_future", "任职日期不能晚于今天。")
    return on or max(today, unit.founded_on)


def _save(post: Post, *, is_new: bool = False) -> None:
    try:
        with transaction.atomic():
            post.save(force_insert=is_new)
    except IntegrityError as error:
        raise PostExists(fields=[FieldError("/kind", PostExists.code, str(PostExists.message))]) from error


def _tell(action: str, post: Post, actor: Actor, **facts: Any) -> None:
    record(action=action, actor=actor, target=str(post.pk), target_label=f"{post.unit.name} {post.name}", **facts)
    emit(
        "members.post.changed",
        payload={
            "post_id": post.pk, "unit_id": post.unit_id, "person_id": post.person_id,
            "change": action.rpartition(".")[2],
        },
        actor_id=actor.id,
    )  # fmt: skip


def _facts(post: Post) -> dict[str, Any]:
    return {"person": post.person.name, "unit": post.unit.name, "post": post.name, "started_on": post.started_on}
