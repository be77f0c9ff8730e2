"""The request as views of a tenant's host meet it, for type checkers: what the middleware has set."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from jiceng.access.actor import Actor


class TenantRequest(HttpRequest):
    """``actor``: who asks, also when nobody is signed in. ``tenant``: the frozen record of the tenant."""

    actor: Actor
    tenant: Any
