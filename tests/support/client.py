"""A test client that comes in by a host name, as browsers do, and proves that no scope is left behind."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from jiceng.access.models import User
from jiceng.kernel import context
from tenants.context import platform_scope, tenant_scope
from tenants.directory import TenantRecord

BACKEND = "jiceng.access.backends.PasswordBackend"


class HostClient(Client):
    """Django's client with the ``Host`` header of ``tenant`` (``None``: the public host).

    Requests start outside every scope, also when the test itself is inside one: a view that works only by the test's
    scope fails here. ``key``: an API key sent with every request.
    """

    def __init__(self, tenant: TenantRecord | None, *, key: str = "", host: str = "", **options: Any) -> None:
        self.tenant = tenant
        self.host = host or (tenant.host if tenant else settings.BASE_DOMAIN)
        headers = {"HTTP_AUTHORIZATION": f"Bearer {key}"} if key else {}
        super().__init__(**{"SERVER_NAME": "127.0.0.1", "HTTP_HOST": self.host, **headers, **options})

    def request(self, **request: Any) -> HttpResponse:
        token = context._scope.set(None)
        try:
            response = super().request(**request)
            assert context.current_scope() is None, "the request left its scope behind"
            return response
        finally:
            context._scope.reset(token)

    def login_as(self, user: User) -> HostClient:
        """Sign ``user`` in, freshly proved, without going through the form."""
        with self.scope():
            self.force_login(user, backend=BACKEND)
            session = self.session
            session["jc_proved_at"] = int(time.time())
            session.save()
        return self

    def scope(self) -> Any:
        return tenant_scope(self.tenant) if self.tenant else platform_scope()
