"""How far somebody's permission over units reaches."""

from __future__ import annotations

from django.db.models import Q

from jiceng.access import policy
from jiceng.access.actor import Actor


def within(actor: Actor, permission: str, column: str) -> Q:
    """A condition: ``column``, the path of a unit, is in the subtrees where ``actor`` has ``permission``; all where that is everywhere."""
    paths = policy.unit_paths(actor, permission)
    if paths is None:
        return ~Q(pk=None)  # not an empty condition, which would vanish where it is joined by "or"
    reach = Q(pk=None)
    for path in paths:
        reach |= Q(**{f"{column}__startswith": path})
    return reach
