"""What a unit holds goes to another one as of a day, in a few statements however much it is. For ``structure`` only.

Callers hold the lock of the trees and the rows of the units, and have asked whether the actor may.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest

from jiceng.access.models import RoleAssignment
from jiceng.kernel import clock

from ..errors import UnitNameTaken, UnitTooDeep
from ..models import MAX_DEPTH, Membership, MembershipPeriod, Person, Post, PostKind, Term, Unit, UnitPeriod
from .carrying import carry_bound, path_moved

BATCH = 2000


def carry_people(unit: Unit, to: Unit, on: date, *, only: Iterable[UUID] | None = None, note: str = "") -> int:
    """Memberships in ``unit`` lie in ``to`` from ``on``; also what was entered for days after it. Returns how many people."""
    mine = Q() if only is None else Q(person__in=list(only))
    held = Membership.objects.filter(mine, Q(ended_on=None) | Q(ended_on__gt=on), unit=unit)
    _lock_people(held)
    people = held.filter(ended_on=None).values("person").distinct().count()
    periods = MembershipPeriod.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), unit=unit)
    if only is not None:
        periods = periods.filter(membership__person__in=list(only))
    _cut(periods, on, unit_id=to.pk, note=note)
    Person.objects.filter(Q() if only is None else Q(pk__in=list(only)), unit=unit).update(
        unit=to, updated_at=clock.now()
    )
    held.update(unit=to, version=F("version") + 1, updated_at=clock.now())
    return people


def _lock_people(held: QuerySet[Membership]) -> None:
    """As every change of a membership does: nobody's can change between reading and writing here."""
    people = Person.objects.select_for_update(of=("self",)).filter(pk__in=held.values("person"))
    list(people.order_by("pk").values_list("pk", flat=True))


def carry_children(unit: Unit, to: Unit, on: date) -> int:
    """Everything below ``unit`` lies below ``to`` from ``on``; role scopes and open invitations go along.

    Returns how many units. Raises ``UnitNameTaken``, ``UnitTooDeep``.
    """
    children = Unit.objects.filter(parent=unit)
    standing = children.filter(dissolved_on=None)
    taken = Unit.objects.filter(parent=to, dissolved_on=None)
    if clash := standing.filter(name__in=taken.values("name")).values_list("name", flat=True).first():
        raise UnitNameTaken(f"“{unit.name}”和“{to.name}”下都有“{clash}”，请先给其中一个改名。")
    below = Unit.objects.filter(path__startswith=unit.path).exclude(pk=unit.pk)
    deepest = below.order_by("-depth").values_list("depth", flat=True).first()
    if deepest and deepest - unit.depth + to.depth > MAX_DEPTH:
        raise UnitTooDeep
    count = standing.count()
    _cut(
        UnitPeriod.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), parent=unit, unit__dissolved_on=None),
        on, parent_id=to.pk,
    )  # fmt: skip
    children.update(parent=to, position=F("position") + taken.count(), version=F("version") + 1)
    below.update(
        path=path_moved("path", unit.path, to.path), depth=F("depth") + to.depth - unit.depth, updated_at=clock.now()
    )
    _carry_scopes(unit, to)
    return count


def carry_posts(unit: Unit, to: Unit, on: date) -> int:
    """Posts in ``unit`` end at ``on`` and go on in ``to``, except where ``to`` has that post filled. Its term ends."""
    held = list(Post.objects.filter(unit=unit, ended_on=None))
    end_posts(Post.objects.filter(unit=unit), on)
    end_terms(unit, on)
    filled = set(Post.objects.filter(unit=to, ended_on=None).values_list("person_id", "kind"))
    has_secretary = any(kind == PostKind.SECRETARY for _person, kind in filled)
    fresh = [
        Post(unit=to, person_id=post.person_id, kind=post.kind, label=post.label, started_on=max(on, post.started_on))
        for post in held
        if (post.person_id, post.kind) not in filled and not (has_secretary and post.kind == PostKind.SECRETARY)
    ]
    Post.objects.bulk_create(fresh, batch_size=BATCH)
    return len(fresh)


def end_posts(posts: QuerySet[Post], on: date) -> int:
    """End those still open at ``on``, each with a new version for those who synchronise."""
    return posts.filter(ended_on=None).update(
        ended_on=Greatest(F("started_on"), Value(on)), version=F("version") + 1, updated_at=clock.now()
    )


def end_terms(unit: Unit, on: date) -> None:
    Term.objects.filter(unit=unit, ended_on=None).update(ended_on=Greatest(F("started_on"), Value(on)))


def _cut(periods: QuerySet[Any], on: date, **change: Any) -> None:
    """Divide periods that span ``on`` there; what lies after it gets ``change``."""
    spanning = list(periods.filter(valid_from__lt=on))
    periods.filter(valid_from__gte=on).update(**change)
    periods.filter(valid_from__lt=on).update(valid_to=on)
    model = periods.model
    fresh = [_copied(model, row, on, change) for row in spanning]
    model._default_manager.bulk_create(fresh, batch_size=BATCH)


def _copied(model: type[Any], row: Any, on: date, change: dict[str, Any]) -> Any:
    kept = {
        field.attname: getattr(row, field.attname) for field in model._meta.concrete_fields if not field.primary_key
    }
    return model(**{**kept, "valid_from": on, **change})


def _carry_scopes(unit: Unit, to: Unit) -> None:
    """Somebody who holds one role in both keeps the one that lasts longer."""
    for held in RoleAssignment.objects.filter(unit_path=unit.path):
        twin = RoleAssignment.objects.filter(user=held.user_id, role=held.role_id, unit_path=to.path).first()
        if twin is not None:
            _shorter(held, twin).delete()
    carry_bound(unit.path, to.path)


def _shorter(one: RoleAssignment, other: RoleAssignment) -> RoleAssignment:
    if one.valid_to is None or other.valid_to is None:
        return one if other.valid_to is None else other
    return one if one.valid_to < other.valid_to else other
