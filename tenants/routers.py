"""Which tables belong into the schema at hand."""

from __future__ import annotations

from typing import Any

from django_tenants.routers import TenantSyncRouter

from jiceng.kernel.context import current_scope


class SchemaRouter(TenantSyncRouter):
    """django-tenants' router; outside every scope there is no schema and so nothing to migrate or to look at."""

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        if current_scope() is None:
            return False
        return super().allow_migrate(db, app_label, model_name, **hints)
