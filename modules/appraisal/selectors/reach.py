"""Rows of the units that somebody has a permission over."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from jiceng.access import policy
from jiceng.access.actor import Actor

M = TypeVar("M", bound=Model)


def within(rows: QuerySet[M], *, actor: Actor, permission: str, path: str = "unit__path") -> QuerySet[M]:
    """Those whose unit lies in the subtrees where ``actor`` has ``permission``. Rows without a unit are the whole organisation's."""
    paths = policy.unit_paths(actor, permission)
    if paths is None:
        return rows
    below = Q(pk__in=())
    for prefix in paths:
        below |= Q(**{f"{path}__startswith": prefix})
    return rows.filter(below)
