"""From the Host header, and nothing else, to the tenant whose scope the request runs in."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from jiceng.kernel.errors import DomainError

from . import activity, directory
from .context import platform_scope, tenant_scope


class TenantMissing(DomainError):
    """Unknown, unverified and closed hosts are answered alike."""

    code = "tenant_not_found"
    status = 404
    message = _("这个网址没有开通服务。")


class TenantSuspended(DomainError):
    code = "tenant_suspended"
    status = 403
    message = _("该单位的服务已暂停，请联系平台运营人员。")


class TenantMiddleware:
    """Sets ``request.tenant`` and ``request.urlconf`` and runs the rest of the request in its scope."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        host = _host(request)
        if directory.is_public(host):
            request.tenant = None  # type: ignore[attr-defined]
            request.urlconf = settings.URLCONF_PUBLIC  # type: ignore[attr-defined]
            with platform_scope():
                return self.get_response(request)
        record = directory.find(host) if host else None
        request.tenant = record  # type: ignore[attr-defined]
        if record is None or not (record.is_served or record.is_suspended):
            return self._refuse(request, TenantMissing())
        if record.is_suspended:
            return self._refuse(request, TenantSuspended())
        request.urlconf = settings.URLCONF_TENANT  # type: ignore[attr-defined]
        activity.note(record.id)
        with tenant_scope(record), timezone.override(record.zone):
            return self.get_response(request)

    @staticmethod
    def _refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
        respond = import_string(settings.ERROR_RESPONDER)
        request.tenant = None  # type: ignore[attr-defined]
        request.urlconf = settings.URLCONF_PUBLIC  # type: ignore[attr-defined]
        response = respond(request, error)
        add_never_cache_headers(response)
        return response


def _host(request: HttpRequest) -> str:
    try:
        return directory.normalise_host(request.get_host())
    except DisallowedHost:
        return ""
