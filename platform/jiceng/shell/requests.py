"""Requests as our middleware leaves them, for type checkers: nothing makes an instance of these."""

from __future__ import annotations

from django.http import HttpRequest

from jiceng.access.actor import Actor
from tenants.directory import TenantRecord


class TenantRequest(HttpRequest):
    """On a tenant's host."""

    tenant: TenantRecord
    actor: Actor


class PlatformRequest(HttpRequest):
    """On the platform's own host."""

    tenant: None
    actor: Actor
