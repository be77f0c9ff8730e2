"""Reads of units, as they are and as they were."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jiceng.access.actor import Actor

from .. import kinds, scope
from ..errors import UnitUnknown
from ..models import Membership, MembershipPeriod, Person, Unit, UnitPeriod

OPEN_MEMBERSHIPS = Count("memberships", filter=Q(memberships__ended_on=None))
N = TypeVar("N")


@dataclass(frozen=True, slots=True)
class UnitNode:
    """A unit in reading order. ``people_count``: memberships in it and below; ``own_count``: right in it."""

    id: UUID
    parent_id: UUID | None
    name: str
    tree: str
    kind: str
    kind_label: str
    path: str
    depth: int
    own_count: int
    people_count: int
    has_children: bool
    version: int = 1


def get_unit(unit_id: UUID | str, *, actor: Actor | None = None, permission: str = scope.READ) -> Unit:
    """A unit that ``actor`` may see with ``permission`` (``None``: any). Raises ``UnitUnknown``."""
    units = scope.units_in_reach(actor, permission) if actor else Unit.objects.all()
    unit = units.select_related("parent").filter(pk=unit_id).first()
    if unit is None:
        raise UnitUnknown
    return unit


def unit_tree(*, tree: str = "", actor: Actor | None = None, permission: str = scope.READ) -> list[UnitNode]:
    """The units that stand today, each parent before its children and siblings in their order. Two queries.

    ``tree``: only of that one. ``actor``: only those within reach; the topmost of them stand at the top.
    """
    units = scope.units_in_reach(actor, permission) if actor else Unit.objects.all()
    units = units.filter(dissolved_on=None)
    if tree:
        units = units.filter(tree=tree)
    rows = list(units.annotate(own=OPEN_MEMBERSHIPS).order_by("tree", "position", "created_at"))
    labels = {code: str(kind.label) for code, kind in kinds.all_kinds().items()}
    return _nodes(
        rows,
        parent_of=lambda unit: unit.parent_id,
        make=lambda unit, depth, total, has_children: UnitNode(
            id=unit.pk, parent_id=unit.parent_id, name=unit.name, tree=unit.tree, kind=unit.kind,
            kind_label=labels.get(unit.kind, unit.kind), path=unit.path, depth=depth, own_count=unit.own,
            people_count=total, has_children=has_children, version=unit.version,
        ),
    )  # fmt: skip


def unit_tree_on(
    day: date, *, tree: str = "", actor: Actor | None = None, permission: str = scope.READ
) -> list[UnitNode]:
    """The units as they stood on ``day``, with how many then belonged to them. Three queries.

    ``actor``: only units that are within reach today; those that are no more count where their records went.
    """
    periods = UnitPeriod.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    if tree:
        periods = periods.filter(unit__tree=tree)
    if actor is not None:
        periods = periods.filter(unit__in=scope.units_in_reach(actor, permission))
    held = MembershipPeriod.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    counts = dict(held.exclude(unit=None).values_list("unit").annotate(Count("pk")).order_by())
    labels = {code: str(kind.label) for code, kind in kinds.all_kinds().items()}
    rows = [
        _Standing(period, counts.get(period.unit_id, 0))
        for period in periods.select_related("unit").order_by("position", "unit__created_at")
    ]
    return _nodes(
        rows,
        parent_of=lambda row: row.period.parent_id,
        make=lambda row, depth, total, has_children: UnitNode(
            id=row.pk, parent_id=row.period.parent_id, name=row.period.name, tree=row.period.unit.tree,
            kind=row.period.kind, kind_label=labels.get(row.period.kind, row.period.kind), path="", depth=depth,
            own_count=row.own, people_count=total, has_children=has_children,
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Standing:
    period: UnitPeriod
    own: int

    @property
    def pk(self) -> UUID:
        return self.period.unit_id


def _nodes(
    rows: Iterable[Any], *, parent_of: Callable[[Any], Hashable], make: Callable[[Any, int, int, bool], N]
) -> list[N]:
    """Rows of a forest in reading order; one whose parent is not among them stands at the top."""
    rows = list(rows)
    known = {row.pk for row in rows}
    children: dict[Hashable, list[Any]] = {}
    for row in rows:
        parent = parent_of(row)
        children.setdefault(parent if parent in known else None, []).append(row)
    order: list[tuple[Any, int]] = []
    waiting = [(row, 1) for row in reversed(children.get(None, ()))]
    while waiting:
        row, depth = waiting.pop()
        order.append((row, depth))
        waiting.extend((child, depth + 1) for child in reversed(children.get(row.pk, ())))
    totals: dict[Hashable, int] = {}
    for row, _depth in reversed(order):  # children before their parents
        totals[row.pk] = row.own + sum(totals[child.pk] for child in children.get(row.pk, ()))
    return [make(row, depth, totals[row.pk], row.pk in children) for row, depth in order]


def unit_names() -> Mapping[UUID, str]:
    """Full names of all standing units: ``"中心党总支 / 综合科党支部"``. One query."""
    rows = Unit.objects.filter(dissolved_on=None).order_by("depth").values_list("pk", "parent_id", "name")
    names: dict[UUID, str] = {}
    for pk, parent_id, name in rows:
        names[pk] = f"{names[parent_id]} / {name}" if parent_id in names else name
    return names


def count_units() -> int:
    return Unit.objects.filter(dissolved_on=None).count()


def count_people_by_unit(limit: int = 8) -> list[tuple[str, int]]:
    """The units with most people right in them: (name, count)."""
    rows = (
        Unit.objects.filter(dissolved_on=None).annotate(own=OPEN_MEMBERSHIPS).filter(own__gt=0).order_by("-own", "name")
    )
    return list(rows.values_list("name", "own")[:limit])


def people_right_in(unit: Unit) -> QuerySet[Person]:
    """Who belongs to ``unit`` itself, not to something below it."""
    held = Membership.objects.filter(person=OuterRef("pk"), unit=unit, ended_on=None)
    return Person.objects.filter(Exists(held)).order_by("pinyin", "name", "id")
