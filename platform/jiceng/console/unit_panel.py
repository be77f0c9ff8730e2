"""The tree of units beside a list: one tree at a time, folded where it is deep, with what the actor may drag."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.members import scope, selectors
from jiceng.members.bodies import Tree
from jiceng.members.models import Unit
from jiceng.members.selectors import UnitNode
from jiceng.shell.requests import TenantRequest

UNFOLDED_DEPTH = 2
FEW_UNITS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the nested list. ``closes``: one for every list that ends after it, so that a template can write the tags."""

    node: UnitNode
    is_open: bool
    is_chosen: bool
    may_drag: bool
    closes: range


@dataclass(frozen=True, slots=True)
class Panel:
    """``tabs``: (label, query, whether shown); one for each tree that has units."""

    rows: list[Row]
    tabs: list[dict[str, Any]]
    tree: str


def tree_panel(request: TenantRequest, chosen: Unit | None = None) -> Panel:
    """The tree of ``chosen``, of ``?tree=``, or the first that has units. Two queries."""
    nodes = selectors.unit_tree(actor=request.actor)
    present = {node.tree for node in nodes}
    trees = [tree for tree in Tree.values if tree in present]
    asked = chosen.tree if chosen else request.GET.get("tree", "")
    tree = asked if asked in present else (trees[0] if trees else Tree.PARTY.value)
    tabs = [{"label": Tree(code).label, "url": f"?tree={code}", "active": code == tree} for code in trees]
    shown = [node for node in nodes if node.tree == tree]
    return Panel(nested(shown, chosen=chosen, actor=request.actor), tabs if len(tabs) > 1 else [], tree)


def nested(nodes: list[UnitNode], *, chosen: Unit | None = None, actor: Actor | None = None) -> list[Row]:
    """``nodes`` in reading order as lines of a nested list; folded below the second level unless there are few."""
    way = _way_to(nodes, chosen.pk if chosen else None)
    paths = policy.unit_paths(actor, scope.MANAGE) if actor else ()
    following_depths = [*(node.depth for node in nodes[1:]), 1]
    rows = []
    for node, following in zip(nodes, following_depths, strict=False):
        is_open = len(nodes) <= FEW_UNITS or node.depth < UNFOLDED_DEPTH or node.id in way
        rows.append(
            Row(
                node, is_open, bool(chosen and chosen.pk == node.id), _lies_below(node, paths),
                range(max(0, node.depth - following)),
            )
        )  # fmt: skip
    return rows


def _way_to(nodes: Iterable[UnitNode], unit_id: UUID | None) -> set[UUID]:
    """The unit and everything above it."""
    parents = {node.id: node.parent_id for node in nodes}
    way: set[UUID] = set()
    while unit_id in parents:
        way.add(unit_id)  # type: ignore[arg-type]
        unit_id = parents[unit_id]  # type: ignore[index]
    return way


def _lies_below(node: UnitNode, paths: tuple[str, ...] | None) -> bool:
    """Whether the actor manages what ``node`` hangs on, and so may move it."""
    if paths is None:
        return True
    return any(node.path.startswith(path) and node.path != path for path in paths)
