"""Stands where tenants are found: here there is one, known beforehand, and the scope reaches no database."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from jiceng.kernel.context import Scope, enter
from jiceng.kernel.registry import registry
from tenants.directory import TenantRecord

SCOPE = Scope(key="plain", schema="public", role=None)


def record() -> TenantRecord:
    values = {
        "id": uuid.UUID(int=1), "slug": "plain", "name": "单一单位", "kind": "other", "state": "active", "schema_name": "public",
        "role_name": "", "plan": "standard", "zone": "Asia/Shanghai", "theme": "red", "policy_profile": "standard",
        "host": "plain.jiceng.test", "modules": frozenset(manifest.code for manifest in registry),
    }  # fmt: skip
    known = TenantRecord.__dataclass_fields__
    return TenantRecord(**{name: values.get(name, field.default) for name, field in known.items()})


class OneTenantMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response, self.record = get_response, record()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = self.record  # type: ignore[attr-defined]
        with enter(SCOPE):
            return self.get_response(request)
