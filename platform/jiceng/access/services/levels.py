"""What nobody may do to themselves or beyond their own rights, and what must always remain."""

from __future__ import annotations

from collections.abc import Iterable

from jiceng.kernel.clock import now

from .. import policy
from ..actor import Actor, current_assignments
from ..builtin import PROTECTED_ROLES, default_permissions
from ..errors import AboveOwnLevel, LastAdministrator
from ..models import Role, User


def permissions_of_role(role: Role) -> frozenset[str]:
    """What ``role`` gives: the manifests' word, corrected by the tenant's. One query."""
    given = set(default_permissions(role.code))
    if role.code in PROTECTED_ROLES:
        return frozenset(given)
    for code, allowed in role.grants.values_list("permission", "is_allowed"):
        (given.add if allowed else given.discard)(code)
    return frozenset(given)


def refuse_role_above(actor: Actor, role: Role, unit_path: str) -> None:
    """Raise ``AboveOwnLevel`` unless ``actor`` has, throughout ``unit_path``, everything that ``role`` gives."""
    if actor.is_system:
        return
    if role.code in PROTECTED_ROLES and not holds_everywhere(actor, role.code):
        raise AboveOwnLevel
    refuse_permissions_above(actor, permissions_of_role(role), unit_path)


def refuse_permissions_above(actor: Actor, permissions: Iterable[str], unit_path: str = "") -> None:
    """Raise ``AboveOwnLevel`` unless ``actor`` has all ``permissions`` throughout ``unit_path``.

    Whether their modules are on plays no part: a module may be switched on later.
    """
    if actor.is_system or actor.is_administrator or actor.is_operator:
        return
    for permission in permissions:
        held = [role for role in actor.held if policy.gives(role, permission)]
        if not any(unit_path.startswith(role.unit_path) for role in held):
            raise AboveOwnLevel


def holds_everywhere(actor: Actor, role_code: str) -> bool:
    return any(held.code == role_code and not held.unit_path for held in actor.held)


def keep_one_administrator(without: User) -> None:
    """Raise ``LastAdministrator`` if nobody but ``without`` would be left in a protected role that they hold.

    Locks the role's row, so that two administrators cannot remove each other at once. Call before the change.
    """
    held = {item.role.code for item in _lasting_assignments().filter(user=without).select_related("role")}
    for code in sorted(held & PROTECTED_ROLES):
        Role.objects.select_for_update().get(code=code)
        others = _lasting_assignments().filter(role__code=code, user__is_active=True).exclude(user=without)
        if not others.exists():
            raise LastAdministrator


def _lasting_assignments():  # type: ignore[no-untyped-def]
    """Assignments in force everywhere and without end: only they count as somebody who stays."""
    return current_assignments(now()).filter(unit_path="", valid_to=None)
