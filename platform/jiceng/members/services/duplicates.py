"""Making one person of two entries. The other stays as a pointer to the survivor, for links and synchronisation."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import clock

from .. import scope, sealing
from ..errors import MergeRefused, PersonChanged, PersonGone, PersonLinked
from ..fields import FIELDS
from ..models import Person, PersonChange, PersonState, Post, ProfileChange, Proposal
from ..selectors.people import values_of
from . import memberships, people
from .posts import close_post
from .writing import fault, person_of

REASON = "合并重复人员"
# An entry has one document: its kind goes with its number.
TOGETHER = {"id_kind": "id_number"}


@transaction.atomic
def merge_people(
    *,
    keep_id: UUID | str,
    other_id: UUID | str,
    choose: Mapping[str, str],
    actor: Actor,
    version: int | None = None,
    other_version: int | None = None,
) -> Person:
    """Make ``other_id`` part of ``keep_id``; returns the latter.

    ``choose``: field code -> ``"keep"`` or ``"other"``; what is not chosen stays as it is, blanks are filled. Memberships,
    posts, login, changes, consents and disclosures move; an open membership that both have ends with the other's entry,
    its history kept. Raises ``Forbidden``, ``PersonUnknown``, ``PersonGone``, ``PersonChanged`` (a version that is not the
    present one), ``MergeRefused``, ``PersonLinked`` (both have a login), ``Invalid``. Locks both.
    Emits ``members.person.updated`` and ``members.person.merged``.
    """
    keep, other = _both(keep_id, other_id)
    if version not in (None, keep.version) or other_version not in (None, other.version):
        raise PersonChanged
    _refuse(keep, other, actor)
    values = _chosen(keep, other, choose)
    _move_history(keep, other, clock.today(), actor)
    login, other.user, name = other.user, None, other.name
    _retire(other, keep)
    if login is not None:
        keep.user = login
        keep.save(update_fields=["user", "updated_at"])
    keep.refresh_from_db()
    people.update_person(person_id=keep.pk, values=values, actor=actor, source=PersonChange.Source.MERGE)
    keep = person_of(keep.pk)
    memberships.show_primary_unit(keep)
    record(
        action="members.person.merged", actor=actor, target=str(keep.pk), target_label=keep.name,
        before={"other": str(other.pk), "name": name},
    )  # fmt: skip
    emit("members.person.merged", payload={"person_id": keep.pk, "merged_id": other.pk}, actor_id=actor.id)
    return keep


def _both(keep_id: UUID | str, other_id: UUID | str) -> tuple[Person, Person]:
    """Locked in one order, so that two merges of the same pair cannot wait for each other."""
    if str(keep_id) == str(other_id):
        raise MergeRefused("请选择两个不同的人员。")
    found = {str(person_id): person_of(person_id) for person_id in sorted((str(keep_id), str(other_id)))}
    return found[str(keep_id)], found[str(other_id)]


def _refuse(keep: Person, other: Person, actor: Actor) -> None:
    if not keep.is_active or other.state == PersonState.MERGED:
        raise PersonGone
    if keep.user_id and other.user_id:
        raise PersonLinked("两个人员都有登录账号，请先停用并解除其中一个。")
    if ProfileChange.objects.filter(person=other, state=ProfileChange.State.PENDING).exists():
        raise MergeRefused("将被合并的人员还有审批中的资料变更，请先处理。")
    held = other.memberships.filter(ended_on=None).select_related("unit")
    for membership in held:
        scope.require_over(actor, membership.unit)
    if not held:
        scope.require_over(actor, None)


def _chosen(keep: Person, other: Person, choose: Mapping[str, str]) -> dict[str, Any]:
    """What the survivor takes over from the other."""
    if not set(choose) <= set(FIELDS) or not set(choose.values()) <= {"keep", "other"}:
        raise fault("choose", "choice", "请为每一项选择保留哪一个。")
    mine, theirs = values_of(keep), values_of(other)
    taken = {}
    for code in FIELDS:
        choice = choose.get(TOGETHER.get(code, code), "")
        if choice == "other" or (not choice and mine[code] in ("", None)):
            taken[code] = theirs[code]
    return taken


def _retire(other: Person, keep: Person) -> None:
    """What must be unique goes from the entry before the survivor can have it."""
    sealing.set_phone(other, "")
    sealing.set_id_number(other, "", "")
    other.employee_number, other.unit, other.state, other.merged_into = None, None, PersonState.MERGED, keep
    other.version += 1
    other.save()
    Person.objects.filter(merged_into=other).update(merged_into=keep)


def _move_history(keep: Person, other: Person, today: date, actor: Actor) -> None:
    _move_posts(keep, other, today, actor)  # before their memberships end, which would end them
    _move_memberships(keep, other, today, actor)
    for consent in other.consents.filter(
        withdrawn_at=None, purpose__in=keep.consents.filter(withdrawn_at=None).values("purpose")
    ):
        consent.withdrawn_at = clock.now()
        consent.save(update_fields=["withdrawn_at"])
    other.consents.update(person=keep)
    other.disclosures.update(person=keep)
    other.changes.update(person=keep, version=0)  # counted on another entry: says nothing about this one's versions
    other.profile_changes.update(person=keep)
    Proposal.objects.filter(person=other, state=Proposal.State.PENDING).update(state=Proposal.State.OUTDATED)
    Proposal.objects.filter(person=other).update(person=keep)


def _move_memberships(keep: Person, other: Person, today: date, actor: Actor) -> None:
    held = set(keep.memberships.filter(ended_on=None).values_list("body", flat=True))
    for membership in other.memberships.select_for_update():
        if membership.ended_on is None and membership.body in held:
            memberships.end_membership(membership_id=membership.pk, on=today, reason=REASON, actor=actor)
            membership.refresh_from_db()
        membership.person = keep
        membership.version += 1
        membership.save()


def _move_posts(keep: Person, other: Person, today: date, actor: Actor) -> None:
    held = set(Post.objects.filter(person=keep, ended_on=None).values_list("unit_id", "kind"))
    for post in Post.objects.filter(person=other).select_related("unit", "person"):
        if post.ended_on is None and (post.unit_id, post.kind) in held:
            close_post(post, on=today, actor=actor)
        post.person = keep
        post.version += 1
        post.save()
