"""What a tenant's plan allows, for parts below that know no tenant (named in the settings)."""

from __future__ import annotations

from jiceng.kernel.context import require_scope

from .context import platform_scope
from .models import Tenant


def storage_bytes() -> int:
    """How many bytes of files the tenant of the current scope may store. One query, as the platform."""
    key = require_scope().key
    with platform_scope():
        return Tenant.objects.values_list("plan__storage_bytes", flat=True).get(pk=key)
