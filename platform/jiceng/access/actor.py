"""Who acts: an anonymous visitor, a signed-in user, a program with a key, or the system itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal

from django.db.models import Q

from jiceng.kernel.clock import now
from jiceng.kernel.context import current_scope

from .builtin import ADMINISTRATOR, OPERATOR
from .models import ApiKey, RoleAssignment, RoleGrant, User

Kind = Literal["anonymous", "user", "api_key", "system"]


@dataclass(frozen=True, slots=True)
class Held:
    """A role that somebody holds now. ``unit_path``: ``""`` for everywhere. ``overrides``: permission -> allowed."""

    code: str
    name: str
    unit_path: str
    overrides: Mapping[str, bool]

    def reaches(self, unit_path: str | None) -> bool:
        """Whether the role applies at ``unit_path`` (``None``: anywhere at all)."""
        return unit_path is None or unit_path.startswith(self.unit_path)


@dataclass(eq=False)
class Actor:
    """Passed to every service. Its roles are read once, when first asked for (two queries).

    ``id``: the user's or key's id. ``scopes``: permission codes of a key. ``modules``: codes of the modules that are
    on; ``None`` where modules play no part (commands, tasks, the platform).
    """

    kind: Kind
    id: str | None = None
    display_name: str = ""
    user: User | None = None
    key: ApiKey | None = None
    scopes: frozenset[str] = frozenset()
    modules: frozenset[str] | None = None
    at: datetime = field(default_factory=now)

    @classmethod
    def anonymous(cls, modules: frozenset[str] | None = None) -> Actor:
        return cls(kind="anonymous", display_name="访客", modules=modules)

    @classmethod
    def system(cls, display_name: str = "系统") -> Actor:
        """The platform itself: background tasks, commands, provisioning. May do everything."""
        return cls(kind="system", display_name=display_name)

    @classmethod
    def for_user(cls, user: User, modules: frozenset[str] | None = None) -> Actor:
        return cls(kind="user", id=str(user.pk), display_name=user.display_name, user=user, modules=modules)

    @classmethod
    def for_key(cls, key: ApiKey, modules: frozenset[str] | None = None) -> Actor:
        scopes = frozenset(key.scopes)
        return cls(kind="api_key", id=str(key.pk), display_name=key.name, key=key, scopes=scopes, modules=modules)

    @property
    def is_anonymous(self) -> bool:
        return self.kind == "anonymous"

    @property
    def is_authenticated(self) -> bool:
        return self.kind in ("user", "api_key")

    @property
    def is_system(self) -> bool:
        return self.kind == "system"

    @cached_property
    def held(self) -> tuple[Held, ...]:
        """The roles held at ``at``, each with its scope and overrides."""
        if self.user is None or not self.user.is_active:
            return ()
        assignments = list(current_assignments(self.at).filter(user=self.user).select_related("role"))
        if not assignments:
            return ()
        overrides: dict[object, dict[str, bool]] = {}
        roles = {assignment.role_id for assignment in assignments}
        for role_id, code, allowed in RoleGrant.objects.filter(role__in=roles).values_list(
            "role_id", "permission", "is_allowed"
        ):
            overrides.setdefault(role_id, {})[code] = allowed
        return tuple(
            Held(item.role.code, item.role.name, item.unit_path, overrides.get(item.role_id, {}))
            for item in assignments
        )

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(held.code for held in self.held)

    @property
    def is_administrator(self) -> bool:
        """Whether this is an administrator of the whole tenant."""
        return any(held.code == ADMINISTRATOR and not held.unit_path for held in self.held)

    @property
    def is_operator(self) -> bool:
        """Whether this is one of the platform's own people, on the platform's own host."""
        scope = current_scope()
        return scope is not None and scope.is_platform and OPERATOR in self.roles


def current_assignments(at: datetime):  # type: ignore[no-untyped-def]
    """Assignments in force at ``at``."""
    return RoleAssignment.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=at), Q(valid_to=None) | Q(valid_to__gt=at)
    )
