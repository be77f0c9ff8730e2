"""Reads about users, roles, sessions, invitations and keys."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from jiceng.kernel.clock import now

from .builtin import default_permissions
from .errors import KeyUnknown, UserUnknown
from .models import ApiKey, Invite, Role, RoleAssignment, Session, User
from .models.users import Id
from .sessions import hash_key


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """A session as its holder sees it."""

    key_hash: str
    created_at: datetime
    last_seen_at: datetime
    address: str
    agent: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class RoleFacts:
    """A role with what it gives. ``default``: what the manifests give; ``permissions``: what holds in this tenant."""

    role: Role
    permissions: frozenset[str]
    default: frozenset[str]
    holders: int


def list_users(*, search: str = "", is_active: bool | None = None) -> QuerySet[User]:
    """Users by username, their assignments and roles fetched along. ``search``: part of a username or name."""
    assignments = RoleAssignment.objects.select_related("role").order_by("created_at")
    found = User.objects.prefetch_related(Prefetch("assignments", queryset=assignments)).order_by("username")
    if search:
        found = found.filter(Q(username__icontains=search) | Q(display_name__icontains=search))
    return found if is_active is None else found.filter(is_active=is_active)


def get_user(user_id: Id) -> User:
    """Raises ``UserUnknown``."""
    user = list_users().filter(pk=user_id).first()
    if user is None:
        raise UserUnknown
    return user


def list_roles() -> tuple[RoleFacts, ...]:
    """All roles of the schema, built-in ones first. Three queries."""
    roles = Role.objects.prefetch_related("grants", "assignments")
    return tuple(
        RoleFacts(
            role=role,
            permissions=_effective(role),
            default=default_permissions(role.code),
            holders=len({assignment.user_id for assignment in role.assignments.all()}),
        )
        for role in roles
    )


def list_sessions(user: User, *, current: str | None = None) -> tuple[SessionFacts, ...]:
    """Living sessions of ``user``, last used first. ``current``: key of the session that asks."""
    current_hash = hash_key(current) if current else ""
    rows = Session.objects.filter(user=user, expire_date__gt=now()).order_by("-last_seen_at")
    return tuple(
        SessionFacts(
            row.key_hash, row.created_at, row.last_seen_at, row.address, row.agent, row.key_hash == current_hash
        )
        for row in rows
    )


def list_invites() -> QuerySet[Invite]:
    """Invitations, newest first, with who used them."""
    return Invite.objects.select_related("used_by")


def list_keys() -> QuerySet[ApiKey]:
    """API keys, newest first, with who made them."""
    return ApiKey.objects.select_related("created_by")


def get_key(key_id: Id) -> ApiKey:
    """Raises ``KeyUnknown``."""
    key = ApiKey.objects.filter(pk=key_id).first()
    if key is None:
        raise KeyUnknown
    return key


def keys_expiring(*, at: datetime, until: datetime) -> QuerySet[ApiKey]:
    """Keys that open now and whose term ends before ``until``."""
    return ApiKey.objects.filter(revoked_at=None, expires_at__gt=at, expires_at__lte=until).order_by("expires_at")


def usernames_of(user_ids: Sequence[Id]) -> dict[uuid.UUID, str]:
    """User id -> username."""
    return dict(User.objects.filter(pk__in=user_ids).values_list("pk", "username"))


def _effective(role: Role) -> frozenset[str]:
    given = set(default_permissions(role.code))
    for grant in role.grants.all():
        (given.add if grant.is_allowed else given.discard)(grant.permission)
    return frozenset(given)


def roles_giving(permission: str) -> list[str]:
    """Codes of the tenant's roles that include ``permission``, as things stand; two queries."""
    return [facts.role.code for facts in list_roles() if permission in facts.permissions]
