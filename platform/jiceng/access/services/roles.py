"""Writes about roles and who holds them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from jiceng.audit.services import record
from jiceng.kernel.errors import FieldError, Invalid
from jiceng.kernel.registry import registry
from jiceng.kernel.text import clean

from .. import sessions
from ..actor import Actor
from ..builtin import BUILTIN_ROLES, PROTECTED_ROLES, TENANT_ROLES, default_permissions
from ..errors import AssignmentUnknown, OwnRoles, RoleFixed, RoleInUse, RoleNameTaken, RoleUnknown
from ..models import Role, RoleAssignment, RoleGrant, User
from ..models.users import Id
from . import levels

CUSTOM_PREFIX = "custom_"


def prepare_roles() -> None:
    """Make the rows of the roles that every tenant has. May be repeated."""
    for code in TENANT_ROLES:
        ensure_role(code)


def ensure_role(code: str) -> Role:
    """The role with this code; a built-in one is made when missing. Raises ``RoleUnknown``."""
    builtin = BUILTIN_ROLES.get(code)
    if builtin is None:
        role = Role.objects.filter(code=code).first()
        if role is None:
            raise RoleUnknown
        return role
    return Role.objects.get_or_create(code=code, defaults={"name": str(builtin.name), "is_builtin": True})[0]


@transaction.atomic
def assign_role(
    *,
    user: User,
    role: str,
    actor: Actor,
    unit_path: str = "",
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> RoleAssignment:
    """Give ``user`` the role with code ``role`` within ``unit_path`` (``""``: everywhere). Ends the user's sessions.

    Repeated, it changes the period. Raises ``RoleUnknown``, ``OwnRoles``, ``AboveOwnLevel``, ``Invalid``.
    """
    _refuse_self(user, actor)
    if valid_from and valid_to and valid_to <= valid_from:
        raise Invalid(fields=[FieldError("/valid_to", "too_early", "结束时间必须晚于开始时间。")])
    wanted = ensure_role(role)
    levels.refuse_role_above(actor, wanted, unit_path)
    if wanted.code in PROTECTED_ROLES and (unit_path or valid_to):
        levels.keep_one_administrator(user)
    assignment, _created = RoleAssignment.objects.update_or_create(
        user=user, role=wanted, unit_path=unit_path, defaults={"valid_from": valid_from, "valid_to": valid_to}
    )
    sessions.end_all(user)
    record(
        action="access.role.assigned", actor=actor, target=str(user.pk), target_label=user.display_name,
        after=_facts(assignment),
    )  # fmt: skip
    return assignment


@transaction.atomic
def remove_assignment(*, assignment_id: Id, actor: Actor) -> None:
    """Take a role away. Ends the user's sessions.

    Raises ``AssignmentUnknown``, ``OwnRoles``, ``AboveOwnLevel``, ``LastAdministrator``.
    """
    assignment = (
        RoleAssignment.objects.select_for_update(of=("self",))
        .select_related("role", "user")
        .filter(pk=assignment_id)
        .first()
    )
    if assignment is None:
        raise AssignmentUnknown
    user = assignment.user
    _refuse_self(user, actor)
    levels.refuse_role_above(actor, assignment.role, assignment.unit_path)
    if assignment.role.code in PROTECTED_ROLES and not assignment.unit_path and user.is_active:
        levels.keep_one_administrator(user)
    before = _facts(assignment)
    assignment.delete()
    sessions.end_all(user)
    record(
        action="access.role.removed", actor=actor, target=str(user.pk), target_label=user.display_name, before=before
    )


@transaction.atomic
def create_role(*, name: str, permissions: Iterable[str], actor: Actor) -> Role:
    """Make a role of the tenant's own. Raises ``Invalid``, ``AboveOwnLevel``, ``RoleNameTaken``."""
    wanted = _known(permissions)
    levels.refuse_permissions_above(actor, wanted)
    role = Role(name=_role_name(name), is_builtin=False)
    role.code = f"{CUSTOM_PREFIX}{role.pk.hex[-12:]}"
    _refuse_taken_name(role)
    role.save()
    RoleGrant.objects.bulk_create(RoleGrant(role=role, permission=code, is_allowed=True) for code in sorted(wanted))
    record(
        action="access.role.created", actor=actor, target=role.code, target_label=role.name,
        after={"name": role.name, "permissions": sorted(wanted)},
    )  # fmt: skip
    return role


@transaction.atomic
def set_role_permissions(*, role: str, permissions: Iterable[str], actor: Actor, name: str | None = None) -> Role:
    """Make ``permissions`` exactly what the role gives; of a built-in role only the differences are kept.

    Raises ``RoleUnknown``, ``RoleFixed`` (administrators, operators; a built-in role's name), ``AboveOwnLevel``,
    ``OwnRoles`` (a role one holds), ``Invalid``, ``RoleNameTaken``.
    """
    changed = ensure_role(role)
    if changed.code in PROTECTED_ROLES or (name is not None and changed.is_builtin and name != changed.name):
        raise RoleFixed
    if changed.code in actor.roles and not actor.is_administrator:
        raise OwnRoles
    Role.objects.select_for_update().get(pk=changed.pk)
    wanted, before = _known(permissions), levels.permissions_of_role(changed)
    levels.refuse_permissions_above(actor, wanted | before)
    if name is not None and not changed.is_builtin:
        changed.name = _role_name(name)
        _refuse_taken_name(changed)
        changed.save(update_fields=["name"])
    default = default_permissions(changed.code)
    changed.grants.all().delete()
    RoleGrant.objects.bulk_create(
        RoleGrant(role=changed, permission=code, is_allowed=code in wanted) for code in sorted(wanted ^ default)
    )
    record(
        action="access.role.changed", actor=actor, target=changed.code, target_label=changed.name,
        before={"permissions": sorted(before)}, after={"permissions": sorted(wanted)},
    )  # fmt: skip
    return changed


@transaction.atomic
def delete_role(*, role: str, actor: Actor) -> None:
    """Remove a role that nobody holds. Raises ``RoleUnknown``, ``RoleFixed``, ``RoleInUse``, ``AboveOwnLevel``."""
    doomed = ensure_role(role)
    if doomed.is_builtin:
        raise RoleFixed
    levels.refuse_role_above(actor, doomed, "")
    before = {"name": doomed.name, "permissions": sorted(levels.permissions_of_role(doomed))}
    try:
        doomed.delete()
    except ProtectedError as error:
        raise RoleInUse from error
    record(action="access.role.deleted", actor=actor, target=role, target_label=doomed.name, before=before)


def _refuse_self(user: User, actor: Actor) -> None:
    if actor.user is not None and actor.user.pk == user.pk:
        raise OwnRoles


def _known(permissions: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(permissions)
    for code in sorted(wanted - registry.permissions.keys()):
        raise Invalid(fields=[FieldError("/permissions", "unknown_permission", f"没有“{code}”这项权限。")])
    return wanted


def _role_name(name: str) -> str:
    cleaned = clean(name)
    if not 1 <= len(cleaned) <= 40:
        raise Invalid(fields=[FieldError("/name", "length", "角色名称须为 1 至 40 个字。")])
    return cleaned


def _refuse_taken_name(role: Role) -> None:
    if Role.objects.filter(name=role.name).exclude(pk=role.pk).exists():
        raise RoleNameTaken


def _facts(assignment: RoleAssignment) -> dict[str, Any]:
    return {
        "role": assignment.role.code, "unit_path": assignment.unit_path,
        "valid_from": assignment.valid_from, "valid_to": assignment.valid_to,
    }  # fmt: skip
