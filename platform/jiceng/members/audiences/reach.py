"""How far an editor may address people."""

from __future__ import annotations

from jiceng.access import policy
from jiceng.access.actor import Actor

from ..models import Unit
from ..scope import people_in_reach
from .definitions import Definition
from .errors import AudienceOutOfReach


def require_within(definition: Definition, *, actor: Actor, permission: str) -> None:
    """Raise ``AudienceOutOfReach`` unless all of ``definition`` lies where ``actor`` has ``permission``."""
    paths = policy.unit_paths(actor, permission)
    if paths is None:
        return
    named = {clause.person for clause in definition.clauses if clause.person}
    units = {clause.unit for clause in definition.clauses if not clause.person}
    if definition.everyone or "" in units:
        raise AudienceOutOfReach
    there = Unit.objects.filter(pk__in=units).values_list("path", flat=True)
    if any(not path.startswith(paths) for path in there):
        raise AudienceOutOfReach
    if named and people_in_reach(actor, permission).filter(pk__in=named).count() != len(named):
        raise AudienceOutOfReach
