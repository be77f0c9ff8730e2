"""The three ways into a scope. Nothing else in the project makes one."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from typing import Protocol

from django.conf import settings

from jiceng.kernel.context import PLATFORM_KEY, Scope, enter


class Landlorded(Protocol):
    """What a scope needs to know of a tenant: a ``Tenant`` row or a ``TenantRecord``."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def schema_name(self) -> str: ...
    @property
    def role_name(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def policy_profile(self) -> str: ...


def scope_of(tenant: Landlorded) -> Scope:
    return Scope(
        key=str(tenant.id), schema=tenant.schema_name, role=tenant.role_name, zone=tenant.zone, name=tenant.name,
        policy_profile=tenant.policy_profile,
    )  # fmt: skip


def tenant_scope(tenant: Landlorded) -> AbstractContextManager[Scope]:
    """Work inside one tenant: its schema, as its role."""
    return enter(scope_of(tenant))


def platform_scope() -> AbstractContextManager[Scope]:
    """Work on the landlord's own tables: the public schema, as the platform role."""
    return enter(Scope(key=PLATFORM_KEY, schema="public", role=settings.PLATFORM_ROLE, name="基层云"))


def owner_scope(schema: str = "public") -> AbstractContextManager[Scope]:
    """Change structure: as the login role itself. Only of use to processes that hold the owner's credential."""
    return enter(Scope(key=f"owner:{schema}", schema=schema, role=None))
