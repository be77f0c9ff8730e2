"""Requests as our middleware leaves them, for type checkers: nothing makes an instance of these."""

from __future__ import annotations

import uuid
from typing import Protocol

from django.http import HttpRequest

from jiceng.access.actor import Actor


class TenantFacts(Protocol):
    """What pages may know of the tenant they serve: part of the landlord's record, which modules never import."""

    @property
    def id(self) -> uuid.UUID: ...
    @property
    def slug(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def zone(self) -> str: ...
    @property
    def theme(self) -> str: ...
    @property
    def host(self) -> str: ...
    @property
    def modules(self) -> frozenset[str]: ...


class TenantRequest(HttpRequest):
    """On a tenant's host."""

    tenant: TenantFacts
    actor: Actor


class PlatformRequest(HttpRequest):
    """On the platform's own host."""

    tenant: None
    actor: Actor


def organisation_of(request: TenantRequest) -> str:
    """The name of whose host this is, for modules, which know of none."""
    return request.tenant.name
