"""Whom something waits for, and whether that is a given actor: one rule for the inbox and for deciding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from jiceng.access import policy
from jiceng.access.actor import Actor, current_assignments
from jiceng.access.models import User
from jiceng.access.models.users import Id
from jiceng.kernel.registry import registry

from .manifest import MANAGE
from .models import Addressed, Case, StandIn
from .steps import Step


@dataclass(frozen=True, slots=True)
class Address:
    """See ``models.Addressed``."""

    user_id: Id | None = None
    permission: str = ""
    role: str = ""
    unit_path: str | None = None

    def fields(self) -> dict[str, Any]:
        return {
            "user_id": self.user_id, "permission": self.permission, "role": self.role, "unit_path": self.unit_path,
        }  # fmt: skip


def addresses(step: Step, case: Case, *, at: datetime) -> list[Address]:
    """Who decides ``step`` of ``case``. Where nobody but the applicant could, those who manage workflows there.

    Permissions need no such care: administrators hold all of them everywhere.
    """
    unit_path = case.unit_path if step.scope == "unit" else None
    if step.permission:
        return [Address(permission=step.permission, unit_path=unit_path)]
    managers = [Address(permission=MANAGE, unit_path=case.unit_path)]
    if step.role:
        return [Address(role=step.role, unit_path=unit_path)] if _is_held(step.role, unit_path, case, at) else managers
    fit = User.objects.filter(pk__in=step.users, is_active=True).exclude(Q(pk=case.applicant_id)).order_by("pk")
    return [Address(user_id=pk) for pk in fit.values_list("pk", flat=True)] or managers


def _is_held(role: str, unit_path: str | None, case: Case, at: datetime) -> bool:
    holders = current_assignments(at).filter(role__code=role, user__is_active=True).exclude(user=case.applicant_id)
    return any(unit_path is None or unit_path.startswith(path) for path in holders.values_list("unit_path", flat=True))


def principals(actor: Actor, *, at: datetime) -> list[Actor]:
    """``actor``, then those for whom ``actor`` stands in. One query, and two for each of those once they are asked."""
    if actor.user is None or not actor.user.is_active:
        return [actor]
    absent = StandIn.objects.filter(deputy=actor.user, valid_from__lte=at, valid_to__gt=at, user__is_active=True)
    return [actor, *(Actor.for_user(row.user, actor.modules) for row in absent.select_related("user"))]


def reaches(actor: Actor, addressed: Addressed) -> bool:
    """Whether ``addressed`` waits for ``actor``. Keys decide nothing: a decision is a person's, or the system's own."""
    if actor.is_system:
        return True
    if actor.user is None or not actor.user.is_active:
        return False
    if addressed.user_id is not None:
        return addressed.user_id == actor.user.pk
    if addressed.role:
        return any(held.code == addressed.role and held.reaches(addressed.unit_path) for held in actor.held)
    return policy.may(actor, addressed.permission, addressed.unit_path)


def reaching(actor: Actor, prefix: str = "") -> Q:
    """Rows that wait for ``actor``: ``reaches`` as a condition. ``prefix``: path to the addressed rows (``"todo__"``)."""
    if actor.user is None or not actor.user.is_active:
        return Q(pk__in=())
    found = Q(**{f"{prefix}user": actor.user})
    for column, by_path in (("permission", _permission_paths(actor)), ("role", _role_paths(actor))):
        anywhere = {code for codes in by_path.values() for code in codes}
        found |= _condition(prefix, column, anywhere, unit_path=None)
        for path, codes in by_path.items():
            found |= _condition(prefix, column, codes, **({"unit_path__startswith": path} if path else {}))
    return found


def _condition(prefix: str, column: str, codes: Iterable[str], **where: Any) -> Q:
    return Q(**{f"{prefix}{column}__in": sorted(codes)}, **{f"{prefix}{name}": value for name, value in where.items()})


def _permission_paths(actor: Actor) -> dict[str, set[str]]:
    """Unit path -> permissions held from there down."""
    found: dict[str, set[str]] = {}
    for code, permission in registry.permissions.items():
        if permission.public:
            continue
        paths = policy.unit_paths(actor, code)
        for path in ("",) if paths is None else paths:
            found.setdefault(path, set()).add(code)
    return found


def _role_paths(actor: Actor) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for held in actor.held:
        found.setdefault(held.unit_path, set()).add(held.code)
    return found
