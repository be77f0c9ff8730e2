"""What the console reads about logins, invitations, roles and keys. Each list costs the same however long it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, QuerySet

from jiceng.access import selectors
from jiceng.access.builtin import ADMINISTRATOR, OPERATOR, default_permissions
from jiceng.access.models import Role, RoleAssignment, RoleGrant, User
from jiceng.kernel.manifest import Manifest
from jiceng.kernel.registry import registry
from jiceng.members.models import Unit


def list_users(*, query: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """Users with their roles, second factor and ``last_seen_at``, filtered."""
    is_active = {"active": True, "disabled": False}.get(state)
    users = selectors.list_users(search=query, is_active=is_active)
    users = users.select_related("totp").annotate(last_seen_at=Max("sessions__last_seen_at"))
    return users.filter(pk__in=RoleAssignment.objects.filter(role__code=role).values("user")) if role else users


def unit_names() -> dict[str, str]:
    """Path -> name, for showing where a role applies."""
    return dict(Unit.objects.values_list("path", "name"))


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that a user holds, with the name of the place instead of its path."""

    id: Any
    name: str
    place: str
    valid_to: Any


def held_roles(user: User, places: dict[str, str], whole: str, unknown: str) -> list[HeldRole]:
    """``whole``: what to call the scope of everything; ``unknown``: a place that is gone."""
    return [
        HeldRole(
            item.pk, item.role.name, places.get(item.unit_path, unknown) if item.unit_path else whole, item.valid_to
        )
        for item in user.assignments.all()
    ]


def tenant_roles() -> QuerySet[Role]:
    """The roles that can be given in a tenant."""
    return Role.objects.exclude(code=OPERATOR).order_by("-is_builtin", "created_at")


@dataclass(frozen=True, slots=True)
class Cell:
    """One permission of one role. ``is_override``: the organisation's own word instead of the manifest's."""

    code: str
    label: str
    is_allowed: bool
    is_default: bool
    is_override: bool


@dataclass(frozen=True, slots=True)
class PermissionGroup:
    """The permissions of one module."""

    name: str
    icon: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MatrixRow:
    label: str
    code: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class MatrixGroup:
    name: str
    icon: str
    rows: tuple[MatrixRow, ...]


@dataclass(frozen=True, slots=True)
class RoleSummary:
    role: Role
    holders: int
    allowed: int
    overrides: int
    is_fixed: bool


def permission_groups(role: Role | None) -> tuple[PermissionGroup, ...]:
    """What ``role`` gives, module by module; nothing is ticked for a role that does not exist yet."""
    overrides = dict(role.grants.values_list("permission", "is_allowed")) if role else {}
    code = role.code if role else ""
    return tuple(
        PermissionGroup(str(manifest.name), manifest.icon, tuple(_cells(manifest, code, overrides)))
        for manifest in registry
        if manifest.permissions
    )


def matrix(roles: Sequence[Role]) -> tuple[MatrixGroup, ...]:
    """Every permission against every role. One query."""
    overrides: dict[Any, dict[str, bool]] = {role.pk: {} for role in roles}
    for role_id, permission, allowed in RoleGrant.objects.filter(role__in=roles).values_list(
        "role_id", "permission", "is_allowed"
    ):
        overrides[role_id][permission] = allowed
    groups = []
    for manifest in registry:
        columns = [_cells(manifest, role.code, overrides[role.pk]) for role in roles]
        rows = tuple(
            MatrixRow(str(permission.label), permission.code, tuple(column[at] for column in columns))
            for at, permission in enumerate(manifest.permissions)
        )
        if rows:
            groups.append(MatrixGroup(str(manifest.name), manifest.icon, rows))
    return tuple(groups)


def role_summaries(roles: Iterable[Role], groups: tuple[MatrixGroup, ...]) -> list[RoleSummary]:
    """The roles with how many hold them and how many permissions they give. One query."""
    holders = dict(RoleAssignment.objects.order_by().values_list("role").annotate(Count("user", distinct=True)))
    summaries = []
    for at, role in enumerate(roles):
        cells = [row.cells[at] for group in groups for row in group.rows]
        summaries.append(
            RoleSummary(
                role, holders.get(role.pk, 0), sum(cell.is_allowed for cell in cells),
                sum(cell.is_override for cell in cells), role.code == ADMINISTRATOR,
            )
        )  # fmt: skip
    return summaries


def _cells(manifest: Manifest, role_code: str, overrides: dict[str, bool]) -> list[Cell]:
    default = default_permissions(role_code)
    fixed = role_code == ADMINISTRATOR
    cells = []
    for permission in manifest.permissions:
        is_default = permission.code in default
        is_allowed = is_default if fixed else overrides.get(permission.code, is_default)
        is_override = is_allowed != is_default
        cells.append(Cell(permission.code, str(permission.label), is_allowed, is_default, is_override))
    return cells
