"""Where a tenant is found from outside."""

from __future__ import annotations

from django.conf import settings

from jiceng.kernel.context import require_scope

from . import directory
from .context import platform_scope
from .models import Tenant


def own_address() -> str:
    """``https://host[:port]`` of the tenant in force: its primary domain."""
    key = require_scope().key
    with platform_scope():
        host = directory.primary_host(Tenant.objects.get(pk=key))
    scheme = "https" if settings.SESSION_COOKIE_SECURE else "http"
    return f"{scheme}://{host}{':' + settings.PUBLIC_PORT if settings.PUBLIC_PORT else ''}"
