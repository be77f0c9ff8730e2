"""For whom background work runs: a tenant, or the platform itself."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass

from django.conf import settings

from jiceng.kernel.context import PLATFORM_KEY, Scope

from .. import directory
from ..context import platform_scope, tenant_scope
from ..models import State, Tenant


@dataclass(frozen=True, slots=True)
class Target:
    """``key``: as in ``Scope``; ``record``: the tenant, ``None`` for the platform."""

    key: str
    schema: str
    role: str
    zone: str
    name: str
    record: directory.TenantRecord | None

    def scope(self) -> AbstractContextManager[Scope]:
        return tenant_scope(self.record) if self.record else platform_scope()

    @property
    def is_served(self) -> bool:
        return self.record is None or self.record.is_served

    @property
    def is_gone(self) -> bool:
        return self.record is not None and self.record.state == State.CLOSED

    @property
    def modules(self) -> frozenset[str] | None:
        """Codes of the modules that are on; ``None``: modules play no part."""
        return self.record.modules if self.record else None


def platform_target() -> Target:
    return Target(PLATFORM_KEY, "public", settings.PLATFORM_ROLE, settings.TIME_ZONE, "平台", None)


def of_record(record: directory.TenantRecord) -> Target:
    return Target(str(record.id), record.schema_name, record.role_name, record.zone, record.name, record)


def by_role(role: str) -> Target | None:
    """Whose role this is. Read from the database: an agenda never works with a stale state."""
    if role == settings.PLATFORM_ROLE:
        return platform_target()
    with platform_scope():
        tenant = Tenant.objects.filter(role_name=role).select_related("plan").first()
        return of_record(directory.record_of(tenant, "")) if tenant else None


def by_key(key: str) -> Target | None:
    """The target with this scope key: a tenant's UUID, or ``"platform"``."""
    if key == PLATFORM_KEY:
        return platform_target()
    try:
        record = directory.get(uuid.UUID(key))
    except ValueError:
        return None
    return of_record(record) if record else None
