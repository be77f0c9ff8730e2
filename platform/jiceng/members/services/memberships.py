"""Writes about what people belong to: joining, changing state, changing unit, leaving. All of it dated."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import clock

from ..bodies import DEFAULT_STATE, PRIMARY_ORDER, STATES, TREE_OF_BODY, Body, Tree, may_become, state_label, state_of
from ..errors import (
    MembershipChanged,
    MembershipEnded,
    MembershipExists,
    MembershipUnknown,
    PersonGone,
    TransitionRefused,
    UnitOtherTree,
)
from ..models import Membership, MembershipPeriod, Person, Post, Unit
from .writing import fault, person_of, unit_of

BODY_OF_TREE = {
    Tree.PARTY: Body.PARTY,
    Tree.UNION: Body.UNION,
    Tree.LEAGUE: Body.LEAGUE,
    Tree.WOMEN: Body.WOMEN,
    Tree.ADMIN: Body.STAFF,
}


def body_for(unit: Unit) -> str:
    """What somebody placed in ``unit`` belongs to when nobody says otherwise."""
    return BODY_OF_TREE[Tree(unit.tree)]


@transaction.atomic
def join(
    *,
    person: Person,
    body: str,
    actor: Actor,
    unit_id: UUID | str | None = None,
    state: str | None = None,
    on: date | None = None,
    confirmed_on: date | None = None,
) -> Membership:
    """Make ``person`` belong to ``body``, in ``unit_id`` if given. ``on``: since when, where it is known.

    Raises ``Invalid``, ``PersonGone``, ``UnitUnknown``, ``UnitDissolved``, ``UnitOtherTree``, ``MembershipExists``.
    Emits ``members.membership.changed``.
    """
    if not person.is_active:
        raise PersonGone
    state = _open_state(body, state or DEFAULT_STATE.get(body, ""))
    unit = _unit_for(body, unit_id)
    _check_days(person, on, confirmed_on)
    membership = Membership(person=person, body=body, state=state, unit=unit, started_on=on, confirmed_on=confirmed_on)
    try:
        with transaction.atomic():
            membership.save(force_insert=True)
    except IntegrityError as error:
        raise MembershipExists from error
    MembershipPeriod.objects.create(
        membership=membership, state=state, unit=unit, valid_from=_no_later(on, clock.today())
    )
    show_primary_unit(person)
    _tell("members.membership.started", membership, actor, after=_facts(membership))
    return membership


@transaction.atomic
def change_membership(
    *,
    membership_id: UUID | str,
    actor: Actor,
    state: str | None = None,
    unit_id: UUID | str | None = None,
    on: date | None = None,
    started_on: date | None = None,
    confirmed_on: date | None = None,
    version: int | None = None,
    note: str = "",
) -> Membership:
    """Change state, unit or dates as of ``on`` (today without it); a state that ends it ends it.

    What is not given stays. Raises ``MembershipUnknown``, ``MembershipEnded``, ``MembershipChanged``,
    ``TransitionRefused``, ``Invalid``, ``UnitUnknown``, ``UnitDissolved``, ``UnitOtherTree``.
    Emits ``members.membership.changed``. Locks the membership.
    """
    membership = _membership(membership_id, version)
    before, on = _facts(membership), on or clock.today()
    if state is not None and state != membership.state:
        if not may_become(membership.body, membership.state, state):
            raise _refused(membership, state)
        if state_of(membership.body, state).is_end:  # type: ignore[union-attr]
            return _end(membership, state=state, on=on, reason=note, actor=actor)
        membership.state = state
        if state == "full" and confirmed_on is None and membership.confirmed_on is None:
            confirmed_on = on
    if unit_id is not None:
        membership.unit = _unit_for(membership.body, unit_id)
    membership.started_on = started_on or membership.started_on
    membership.confirmed_on = confirmed_on or membership.confirmed_on
    _check_days(membership.person, membership.started_on, membership.confirmed_on)
    if _facts(membership) == before:
        return membership
    _save(membership)
    write_period(membership, on=on, note=note)
    show_primary_unit(membership.person)
    _tell("members.membership.changed", membership, actor, before=before, after=_facts(membership), note=note)
    return membership


@transaction.atomic
def end_membership(
    *, membership_id: UUID | str, actor: Actor, state: str = "left", on: date | None = None, reason: str = "",
    version: int | None = None,
) -> Membership:  # fmt: skip
    """End a membership as of ``on``. ``state``: one that ends it. Raises as ``change_membership``."""
    membership = _membership(membership_id, version)
    end = state_of(membership.body, state)
    if end is None or not end.is_end or not may_become(membership.body, membership.state, state):
        raise _refused(membership, state)
    return _end(membership, state=state, on=on or clock.today(), reason=reason, actor=actor)


def end_everything(*, person: Person, on: date, state: str, reason: str, actor: Actor) -> None:
    """End all open memberships and posts of ``person``. Call inside a transaction with the person locked."""
    for membership in person.memberships.select_for_update(of=("self",)).filter(ended_on=None):
        wanted = state if may_become(membership.body, membership.state, state) else "left"
        _end(membership, state=wanted, on=on, reason=reason, actor=actor)
    for post in Post.objects.filter(person=person, ended_on=None):
        post.ended_on = max(on, post.started_on)
        post.version += 1
        post.save()


def write_period(membership: Membership, *, on: date, note: str = "") -> None:
    """Close the open period at ``on`` and begin one with what the membership says now; on the same day it is replaced."""
    current = membership.periods.filter(valid_to=None).first()
    if current is not None and (current.state, current.unit_id) == (membership.state, membership.unit_id):
        return
    if current is not None and current.valid_from >= on:
        current.state, current.unit_id, current.note = membership.state, membership.unit_id, note[:200]
        current.save()
        return
    if current is not None:
        current.valid_to = on
        current.save(update_fields=["valid_to"])
    MembershipPeriod.objects.create(
        membership=membership, state=membership.state, unit_id=membership.unit_id, valid_from=on, note=note[:200]
    )


def show_primary_unit(person: Person) -> None:
    """Set the one unit shown beside the name: of the first body in ``PRIMARY_ORDER`` that has one."""
    units = dict(
        Membership.objects.filter(person=person, ended_on=None).exclude(unit=None).values_list("body", "unit_id")
    )
    primary = next((units[body] for body in PRIMARY_ORDER if body in units), None)
    if primary != person.unit_id:
        person.unit_id = primary
        person.save(update_fields=["unit", "updated_at"])


def _end(membership: Membership, *, state: str, on: date, reason: str, actor: Actor) -> Membership:
    if membership.started_on and on < membership.started_on:
        raise fault("on", "before_start", "结束日期不能早于开始日期。")
    before = _facts(membership)
    membership.state, membership.ended_on, membership.end_reason = state, on, reason[:200]
    _save(membership)
    _close_periods(membership, on)
    Post.objects.filter(
        person_id=membership.person_id, unit_id=membership.unit_id, ended_on=None, started_on__lte=on
    ).update(ended_on=on)
    show_primary_unit(membership.person)
    _tell("members.membership.ended", membership, actor, before=before, after=_facts(membership), note=reason)
    return membership


def _close_periods(membership: Membership, on: date) -> None:
    """A period that would have no day left is removed."""
    for period in membership.periods.filter(valid_to=None):
        if period.valid_from >= on:
            period.delete()
        else:
            period.valid_to = on
            period.save(update_fields=["valid_to"])


def _membership(membership_id: UUID | str, version: int | None) -> Membership:
    found = Membership.objects.filter(pk=membership_id).values_list("person_id", flat=True).first()
    if found is None:
        raise MembershipUnknown
    person = person_of(found)
    membership = Membership.objects.select_for_update(of=("self",)).select_related("unit").get(pk=membership_id)
    membership.person = person
    if membership.ended_on is not None:
        raise MembershipEnded
    if version is not None and version != membership.version:
        raise MembershipChanged
    return membership


def _save(membership: Membership) -> None:
    membership.version += 1
    membership.save()


def _open_state(body: str, state: str) -> str:
    known = state_of(body, state)
    if body not in STATES:
        raise fault("body", "choice", "请从列表中选择组织关系的类别。")
    if known is None or known.is_end:
        raise fault("state", "choice", "请从列表中选择状态。")
    return state


def _unit_for(body: str, unit_id: UUID | str | None) -> Unit | None:
    if not unit_id:
        return None
    unit = unit_of(unit_id)
    if unit.tree != TREE_OF_BODY[body]:
        raise UnitOtherTree(f"“{unit.name}”不是这一类组织，请另选。")
    return unit


def _check_days(person: Person, started_on: date | None, confirmed_on: date | None) -> None:
    if started_on and person.birth_date and started_on <= person.birth_date:
        raise fault("started_on", "before_birth", "加入时间不能早于出生日期。")
    if started_on and started_on > clock.today():
        raise fault("started_on", "in_future", "加入时间不能晚于今天。")
    if started_on and confirmed_on and confirmed_on < started_on:
        raise fault("confirmed_on", "before_start", "转正时间不能早于加入时间。")


def _no_later(day: date | None, limit: date) -> date:
    return min(day, limit) if day else limit


def _refused(membership: Membership, state: str) -> TransitionRefused:
    names = state_label(membership.body, membership.state), state_label(membership.body, state)
    return TransitionRefused(f"不能从“{names[0]}”直接变为“{names[1]}”。")


def _facts(membership: Membership) -> dict[str, Any]:
    return {
        "body": membership.body, "state": membership.state, "unit": membership.unit.name if membership.unit else None,
        "started_on": membership.started_on, "confirmed_on": membership.confirmed_on, "ended_on": membership.ended_on,
    }  # fmt: skip


def _tell(action: str, membership: Membership, actor: Actor, **facts: Any) -> None:
    person = membership.person
    record(action=action, actor=actor, target=str(person.pk), target_label=person.name, **facts)
    emit(
        "members.membership.changed",
        payload={"membership_id": membership.pk, "person_id": person.pk, "body": membership.body, "state": membership.state},
        actor_id=actor.id,
    )  # fmt: skip
