"""Writes about what people belong to: joining, changing state, changing unit, leaving. All of it dated."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel import clock

from .. import scope
from ..bodies import DEFAULT_STATE, PRIMARY_ORDER, STATES, TREE_OF_BODY, Body, Tree, may_become, state_label, state_of
from ..errors import (
    MembershipChanged,
    MembershipEnded,
    MembershipExists,
    MembershipUnknown,
    PersonGone,
    PersonUnknown,
    TransitionRefused,
    UnitDissolved,
    UnitOtherTree,
)
from ..models import Membership, MembershipPeriod, Person, Post, Unit
from .posts import close_post
from .writing import fault, hold_units, person_of, unit_of

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

    Raises ``Forbidden`` (a unit out of reach, or none without reach over everything), ``Invalid``, ``PersonGone``,
    ``UnitUnknown``, ``UnitDissolved``, ``UnitOtherTree``, ``MembershipExists``. Emits ``members.membership.changed``.
    """
    if not person.is_active:
        raise PersonGone
    state = _open_state(body, state or DEFAULT_STATE.get(body, ""))
    unit = _unit_for(body, unit_id)
    scope.require_over(actor, unit)
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

    What is not given stays. Whoever changes the unit needs reach over the old and the new one; posts held in the old one
    end. Raises ``Forbidden``, ``MembershipUnknown``, ``MembershipEnded``, ``MembershipChanged``, ``TransitionRefused``,
    ``Invalid``, ``UnitUnknown``, ``UnitDissolved``, ``UnitOtherTree``. Emits ``members.membership.changed``. Locks the
    membership.
    """
    membership = _membership(membership_id, version)
    before, on, old_unit = _facts(membership), on or clock.today(), membership.unit
    unit = _unit_for(membership.body, unit_id) or old_unit
    _require_over(actor, old_unit, unit)
    if state is not None and state != membership.state:
        if not may_become(membership.body, membership.state, state):
            raise _refused(membership, state)
        if state_of(membership.body, state).is_end:  # type: ignore[union-attr]
            return _end(membership, state=state, on=on, reason=note, actor=actor)
        membership.state = state
        if state == "full" and confirmed_on is None and membership.confirmed_on is None:
            confirmed_on = on
    membership.unit = unit
    membership.started_on = started_on or membership.started_on
    membership.confirmed_on = confirmed_on or membership.confirmed_on
    _check_days(membership.person, membership.started_on, membership.confirmed_on)
    if _facts(membership) == before:
        return membership
    if (membership.state, membership.unit) != (before["state"], old_unit):
        _check_order(membership, on)
    _save(membership)
    _begin_with(membership, started_on)
    write_period(membership, on=on, note=note)
    if old_unit is not None and unit != old_unit:
        _end_posts(Post.objects.filter(person=membership.person, unit=old_unit), on, actor)
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
    _require_over(actor, membership.unit)
    end = state_of(membership.body, state)
    if end is None or not end.is_end or not may_become(membership.body, membership.state, state):
        raise _refused(membership, state)
    return _end(membership, state=state, on=on or clock.today(), reason=reason, actor=actor)


@transaction.atomic
def place_people(*, person_ids: Iterable[UUID | str], unit_id: UUID | str, actor: Actor, on: date | None = None) -> int:
    """Put several people into one unit: those who belong to its body move, the others join. Returns how many changed.

    All or nothing. Raises as ``change_membership`` and ``join``. Who is not within reach of ``actor`` is ``PersonUnknown``.
    """
    unit, count = unit_of(unit_id), 0
    wanted = {str(person_id) for person_id in person_ids}
    people = list(scope.people_in_reach(actor, scope.MANAGE).filter(pk__in=wanted).order_by("pk"))
    if len(people) != len(wanted):
        raise PersonUnknown
    for person in people:
        held = person.memberships.filter(ended_on=None, body__in=_bodies_of(unit)).order_by("created_at").first()
        if held is None:
            join(person=person, body=body_for(unit), unit_id=unit.pk, on=on, actor=actor)
        elif held.unit_id != unit.pk:
            change_membership(membership_id=held.pk, unit_id=unit.pk, on=on, actor=actor)
        count += held is None or held.unit_id != unit.pk
    return count


def end_everything(*, person: Person, on: date, state: str, reason: str, actor: Actor) -> None:
    """End all open memberships and posts of ``person``. Call inside a transaction with the person locked.

    Raises ``Forbidden`` when one of them is out of ``actor``'s reach, ``Invalid`` for a day that cannot be.
    """
    held = list(person.memberships.select_for_update(of=("self",)).select_related("unit").filter(ended_on=None))
    if not held:
        _require_over(actor)
    for membership in held:
        membership.person = person
        _require_over(actor, membership.unit)
        wanted = state if may_become(membership.body, membership.state, state) else "left"
        _end(membership, state=wanted, on=on, reason=reason, actor=actor)
    _end_posts(Post.objects.filter(person=person), on, actor)


def write_period(membership: Membership, *, on: date, note: str = "") -> None:
    """Close the open period at ``on`` and begin one with what the membership says now; on the same day it is replaced."""
    current = membership.periods.filter(valid_to=None).first()
    if current is not None and (current.state, current.unit_id) == (membership.state, membership.unit_id):
        return
    if current is not None and current.valid_from >= on:
        current.state, current.unit_id, current.note = membership.state, membership.unit_id, note[:200]
        current.valid_from = on
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
    _check_order(membership, on)
    before = _facts(membership)
    membership.state, membership.ended_on, membership.end_reason = state, on, reason[:200]
    _save(membership)
    _close_periods(membership, on)
    trees = _trees_of(membership.person)
    _end_posts(Post.objects.filter(person=membership.person).exclude(unit__tree__in=trees), on, actor)
    show_primary_unit(membership.person)
    _tell("members.membership.ended", membership, actor, before=before, after=_facts(membership), note=reason)
    return membership


def _trees_of(person: Person) -> set[str]:
    """Trees in which ``person`` still belongs somewhere."""
    bodies = Membership.objects.filter(person=person, ended_on=None).values_list("body", flat=True)
    return {TREE_OF_BODY[body] for body in bodies}


def _bodies_of(unit: Unit) -> list[str]:
    return [body for body, tree in TREE_OF_BODY.items() if tree == unit.tree]


def _end_posts(posts: QuerySet[Post], on: date, actor: Actor) -> None:
    for post in posts.filter(ended_on=None).select_related("unit", "person"):
        close_post(post, on=on, actor=actor)


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


def _require_over(actor: Actor, *units: Unit | None) -> None:
    """Reach over every unit concerned; where there is none, over everything."""
    concerned: list[Unit | None] = [unit for unit in units if unit is not None]
    for unit in concerned or [None]:
        scope.require_over(actor, unit)


def _check_order(membership: Membership, on: date) -> None:
    """A change holds from today at the latest, and not from before the one that it follows."""
    if on > clock.today():
        raise fault("on", "in_future", "生效日期不能晚于今天。")
    if membership.started_on and on < membership.started_on:
        raise fault("on", "before_start", "生效日期不能早于加入时间。")
    periods = list(membership.periods.order_by("valid_from"))
    if len(periods) > 1 and on < periods[-1].valid_from:
        raise fault("on", "out_of_order", f"生效日期不能早于上一次变动（{periods[-1].valid_from:%Y-%m-%d}）。")


def _begin_with(membership: Membership, started_on: date | None) -> None:
    """The history begins when the membership does."""
    first = membership.periods.order_by("valid_from").first()
    if started_on is None or first is None or first.valid_from == started_on:
        return
    if first.valid_to is not None and first.valid_to <= started_on:
        raise fault("started_on", "out_of_order", f"加入时间不能晚于之后的变动（{first.valid_to:%Y-%m-%d}）。")
    first.valid_from = started_on
    first.save(update_fields=["valid_from"])


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
    if not hold_units([unit.pk]):
        raise UnitDissolved
    return unit


def _check_days(person: Person, started_on: date | None, confirmed_on: date | None) -> None:
    if started_on and person.birth_date and started_on <= person.birth_date:
        raise fault("started_on", "before_birth", "加入时间不能早于出生日期。")
    if started_on and started_on > clock.today():
        raise fault("started_on", "in_future", "加入时间不能晚于今天。")
    if confirmed_on and confirmed_on > clock.today():
        raise fault("confirmed_on", "in_future", "转正时间不能晚于今天。")
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
