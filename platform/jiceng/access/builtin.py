"""The roles that every schema has. What they may do is said by the manifests, never copied into a tenant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.registry import registry

ADMINISTRATOR = "administrator"
EDITOR = "editor"
AUDITOR = "auditor"
MEMBER = "member"
REVIEWER = "reviewer"
SECRETARY = "secretary"
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class BuiltinRole:
    """``includes``: names in a permission's ``default_roles`` that this role answers to. ``all``: every permission."""

    code: str
    name: Any
    includes: frozenset[str] = frozenset()
    all: bool = False


TENANT_ROLES: Mapping[str, BuiltinRole] = {
    role.code: role
    for role in (
        BuiltinRole(ADMINISTRATOR, _("管理员"), all=True),
        BuiltinRole(EDITOR, _("编辑"), frozenset({EDITOR, MEMBER})),
        BuiltinRole(REVIEWER, _("审核员"), frozenset({REVIEWER, MEMBER})),
        BuiltinRole(SECRETARY, _("组织负责人"), frozenset({SECRETARY, MEMBER})),
        BuiltinRole(AUDITOR, _("审计员"), frozenset({AUDITOR, MEMBER})),
        BuiltinRole(MEMBER, _("成员"), frozenset({MEMBER})),
    )
}
PLATFORM_ROLES: Mapping[str, BuiltinRole] = {
    OPERATOR: BuiltinRole(OPERATOR, _("平台运营"), frozenset({OPERATOR})),
}
BUILTIN_ROLES: Mapping[str, BuiltinRole] = {**TENANT_ROLES, **PLATFORM_ROLES}
# The last active holder of one of these can neither lose it nor be disabled.
PROTECTED_ROLES = frozenset({ADMINISTRATOR, OPERATOR})


def default_permissions(role: str) -> frozenset[str]:
    """What the manifests give to ``role``; nothing for a tenant's own roles."""
    builtin = BUILTIN_ROLES.get(role)
    if builtin is None:
        return frozenset()
    if builtin.all:
        return frozenset(registry.permissions)
    return frozenset(code for code in registry.permissions if gives_by_default(role, code))


def gives_by_default(role: str, permission: str) -> bool:
    """Whether the manifests give ``permission`` to ``role``."""
    builtin = BUILTIN_ROLES.get(role)
    declared = registry.permissions.get(permission)
    if builtin is None or declared is None:
        return False
    return builtin.all or bool(builtin.includes.intersection(declared.default_roles))
