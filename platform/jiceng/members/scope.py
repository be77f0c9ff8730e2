"""How far somebody's permission over the registry reaches: the whole of it, or subtrees."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor

from .models import Membership, Person, Unit

READ, MANAGE = "members.read", "members.manage"
M = TypeVar("M", bound=Model)


def people_in_reach(actor: Actor, permission: str = READ) -> QuerySet[Person]:
    """People with an open membership in the subtrees where ``actor`` has ``permission``; everybody where that is everywhere."""
    paths = policy.unit_paths(actor, permission)
    if paths is None:
        return Person.objects.all()
    if not paths:
        return Person.objects.none()
    open_there = Membership.objects.filter(_below(paths, "unit__path"), person=OuterRef("pk"), ended_on=None)
    return Person.objects.filter(Exists(open_there))


def units_in_reach(actor: Actor, permission: str = READ) -> QuerySet[Unit]:
    """Units of the subtrees where ``actor`` has ``permission``."""
    paths = policy.unit_paths(actor, permission)
    if paths is None:
        return Unit.objects.all()
    return Unit.objects.filter(_below(paths, "path")) if paths else Unit.objects.none()


def require_over(actor: Actor, unit: Unit | None, permission: str = MANAGE) -> None:
    """Raise ``Forbidden`` unless ``actor`` has ``permission`` over ``unit`` (``None``: over everything)."""
    policy.require(actor, permission, unit.path if unit else "")


def _below(paths: tuple[str, ...], column: str) -> Q:
    found = Q()
    for path in paths:
        found |= Q(**{f"{column}__startswith": path})
    return found
