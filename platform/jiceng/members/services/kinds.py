"""Writes about kinds of units: a tenant's own words, terms and inventions."""

from __future__ import annotations

import secrets
from typing import Any

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError

from .. import kinds, scope
from ..bodies import Tree
from ..errors import KindInUse, KindTaken
from ..models import Unit, UnitKind
from .writing import fault, required

LABEL_LENGTH = 20
LONGEST_TERM = 10
OWN_PREFIX = "own_"


@transaction.atomic
def add_kind(*, label: str, tree: str, actor: Actor, term_years: int | None = None, order: int = 100) -> kinds.Kind:
    """A kind of this tenant's own, in ``tree``. Raises ``Forbidden``, ``Invalid``, ``KindTaken``."""
    scope.require_over(actor, None)
    if tree not in Tree.values:
        raise fault("tree", "unknown", "请从列表中选择组织树。")
    code = OWN_PREFIX + secrets.token_hex(4)
    kind = kinds.Kind(code, _label(label, code, tree), tree, _years(term_years), order, is_own=True)
    _write(kind, actor, before=None)
    return kind


@transaction.atomic
def change_kind(
    *, code: str, label: str, actor: Actor, term_years: int | None = None, order: int = 100, is_active: bool = True
) -> kinds.Kind:
    """Change what a kind is called here, how long its terms last, where it stands, whether it is offered.

    Raises ``Forbidden``, ``KindMissing``, ``KindInUse``, ``KindTaken``, ``Invalid``.
    """
    scope.require_over(actor, None)
    known = kinds.get_kind(code)
    if not is_active and Unit.objects.filter(kind=code, dissolved_on=None).exists():
        raise KindInUse(fields=[FieldError("/is_active", KindInUse.code, str(KindInUse.message))])
    label = _label(label, code, known.tree)
    kind = kinds.Kind(code, label, known.tree, _years(term_years), order, is_active, known.is_own)
    if _facts(kind) != _facts(known):
        _write(kind, actor, before=_facts(known))
    return kind


def _write(kind: kinds.Kind, actor: Actor, *, before: dict[str, Any] | None) -> None:
    UnitKind.objects.update_or_create(code=kind.code, defaults={**_facts(kind), "tree": kind.tree})
    record(
        action="members.kind.changed", actor=actor, target=kind.code, target_label=str(kind.label), before=before,
        after=_facts(kind),
    )  # fmt: skip


def _label(label: str, code: str, tree: str) -> str:
    cleaned = required(label, "label", "名称", LABEL_LENGTH)
    others = (kind for kind in kinds.all_kinds().values() if kind.code != code and kind.tree == tree)
    if any(str(kind.label) == cleaned for kind in others):
        raise KindTaken(fields=[FieldError("/label", KindTaken.code, str(KindTaken.message))])
    return cleaned


def _years(years: int | None) -> int | None:
    if years is not None and not 1 <= years <= LONGEST_TERM:
        raise fault("term_years", "out_of_range", f"任期须为 1 到 {LONGEST_TERM} 年。")
    return years


def _facts(kind: kinds.Kind) -> dict[str, Any]:
    return {
        "label": str(kind.label), "term_years": kind.term_years, "order": kind.order, "is_active": kind.is_active,
    }  # fmt: skip
