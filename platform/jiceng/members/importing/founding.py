"""Units that a roster names and somebody chose to found."""

from __future__ import annotations

from dataclasses import replace

from jiceng.access.actor import Actor

from .. import kinds
from ..models import Unit
from ..services.units import create_unit
from .checking import CREATE
from .matching_units import path_parts
from .registry import unit_matcher
from .wanted import Wanted

KIND_OF_ENDING = (
    ("党委", "party_committee"), ("总支", "general_branch"), ("党小组", "party_group"), ("支部", "party_branch"),
    ("团委", "youth_league"), ("团支部", "league_branch"), ("工会小组", "union_group"), ("窗口", "window"), ("社区", "community"),
)  # fmt: skip


class Founder:
    """Founds each unit once, below what its path names, else below the only unit at the top of its tree."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._made: dict[str, str] = {}

    def founded(self, one: Wanted) -> Wanted:
        """``one`` with the id of its unit, which is founded if that was chosen."""
        if one.unit_id is None or not one.unit_id.startswith(f"{CREATE}|"):
            return one
        if one.unit_id not in self._made:
            _create, tree, text = one.unit_id.split("|", 2)
            self._made[one.unit_id] = self._unit(tree, text)
        return replace(one, unit_id=self._made[one.unit_id])

    def _unit(self, tree: str, text: str) -> str:
        matcher = unit_matcher()  # anew: an earlier row may have founded it, or a part of its path
        if (found := matcher.match(text, tree).unit_id) is not None:
            return str(found)
        *above, name = path_parts(text)
        parent_id = self._unit(tree, "/".join(above)) if above else _only_root(tree)
        unit = create_unit(name=name, kind=_kind(tree, name), parent_id=parent_id, actor=self._actor)
        return str(unit.pk)


def _only_root(tree: str) -> str | None:
    roots = list(Unit.objects.filter(tree=tree, parent=None, dissolved_on=None).values_list("pk", flat=True)[:2])
    return str(roots[0]) if len(roots) == 1 else None


def _kind(tree: str, name: str) -> str:
    known = kinds.all_kinds(only_active=True)
    for ending, code in KIND_OF_ENDING:
        if name.endswith(ending) and code in known and known[code].tree == tree:
            return code
    return kinds.default_kind(tree)
