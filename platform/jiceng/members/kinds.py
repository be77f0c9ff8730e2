"""Kinds of units: those everybody has, and a tenant's own word on them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from .bodies import Tree
from .errors import KindMissing
from .models import UnitKind


@dataclass(frozen=True, slots=True)
class Kind:
    """``term_years``: how long a term of office lasts; ``None`` where there is none. ``is_own``: the tenant's invention."""

    code: str
    label: Any
    tree: str
    term_years: int | None = None
    order: int = 100
    is_active: bool = True
    is_own: bool = False


# Terms: 《中国共产党支部工作条例（试行）》 and 《关于党的基层组织任期的意见》 (2018): committees 5 years, branches 3; a tenant of
# villages or communities sets 5. Unions 《工会基层组织选举工作条例》: 3 or 5 years.
DEFAULT_KINDS: tuple[Kind, ...] = (
    Kind("party_committee", _("党委"), Tree.PARTY, 5, 10),
    Kind("general_branch", _("党总支"), Tree.PARTY, 3, 20),
    Kind("party_branch", _("党支部"), Tree.PARTY, 3, 30),
    Kind("party_group", _("党小组"), Tree.PARTY, None, 40),
    Kind("union", _("工会"), Tree.UNION, 3, 10),
    Kind("union_group", _("工会小组"), Tree.UNION, None, 20),
    Kind("youth_league", _("团委"), Tree.LEAGUE, 3, 10),
    Kind("league_branch", _("团支部"), Tree.LEAGUE, 2, 20),
    Kind("womens_federation", _("妇联"), Tree.WOMEN, 5, 10),
    Kind("women_group", _("妇女小组"), Tree.WOMEN, None, 20),
    Kind("organisation", _("单位"), Tree.ADMIN, None, 10),
    Kind("department", _("部门"), Tree.ADMIN, None, 20),
    Kind("window", _("服务窗口"), Tree.ADMIN, None, 30),
    Kind("community", _("社区"), Tree.ADMIN, None, 40),
    Kind("other", _("其他"), Tree.ADMIN, None, 90),
)


def all_kinds(*, only_active: bool = False) -> dict[str, Kind]:
    """Every kind of this tenant by code, trees together, in their order. One query."""
    kinds = {kind.code: kind for kind in DEFAULT_KINDS}
    for row in UnitKind.objects.all():
        base = kinds.get(row.code, Kind(row.code, row.label, row.tree, is_own=True))
        kinds[row.code] = replace(
            base, label=row.label, term_years=row.term_years, order=row.order, is_active=row.is_active
        )
    trees = list(Tree.values)
    ordered = sorted(kinds.values(), key=lambda kind: (trees.index(kind.tree), kind.order, kind.code))
    return {kind.code: kind for kind in ordered if kind.is_active or not only_active}


def get_kind(code: str) -> Kind:
    """Raises ``KindMissing``."""
    kind = all_kinds().get(code)
    if kind is None:
        raise KindMissing
    return kind


def default_kind(tree: str) -> str:
    """The kind offered first for a new unit of ``tree``."""
    offered = {Tree.PARTY: "party_branch", Tree.ADMIN: "department"}
    return offered.get(Tree(tree)) or next(kind.code for kind in DEFAULT_KINDS if kind.tree == tree)
