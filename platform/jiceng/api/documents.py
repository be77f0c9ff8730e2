"""Serving the OpenAPI documents and the page that shows them. Nothing is loaded from other hosts."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from . import etags
from .permissions import ANYONE
from .renderers import encode
from .schema import generation
from .views import SingleView


class TenantDocument(SingleView):
    """``GET /api/v1/openapi.json``: what this tenant's API can do, by the modules that are on.

    With a key: what that key can do.
    """

    permissions = {"GET": ANYONE}

    def get(self, request: Any) -> HttpResponse:
        scopes = self.actor.scopes if self.actor.kind == "api_key" else None
        response = _serve(request, *_tenant_bytes(request.tenant.modules, scopes))
        patch_vary_headers(response, ("Authorization",))
        return response


class PublicDocument(SingleView):
    """``GET /api/public/v1/openapi.json``."""

    authentication_classes = ()
    permissions = {"GET": ANYONE}

    def get(self, request: Any) -> HttpResponse:
        return _serve(request, *_public_bytes())


@require_safe
def tenant_docs(request: HttpRequest) -> HttpResponse:
    """``/api/docs/``: Swagger UI over the tenant's own document."""
    return _docs(request, reverse("api-openapi"))


@require_safe
def public_docs(request: HttpRequest) -> HttpResponse:
    return _docs(request, reverse("public-openapi"))


def _docs(request: HttpRequest, document_url: str) -> HttpResponse:
    return render(request, "jiceng/api/docs.html", {"document_url": document_url, "page_title": _("API 文档")})


@lru_cache(maxsize=64)
def _tenant_bytes(modules: frozenset[str], scopes: frozenset[str] | None) -> tuple[bytes, str]:
    return _with_tag(encode(generation.document_for(modules, scopes)))


@lru_cache(maxsize=1)
def _public_bytes() -> tuple[bytes, str]:
    return _with_tag(encode(generation.public_document()))


def _with_tag(content: bytes) -> tuple[bytes, str]:
    return content, f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def _serve(request: Any, content: bytes, tag: str) -> HttpResponse:
    if etags.is_fresh(request, tag):
        return HttpResponseNotModified(headers={"ETag": tag})
    return HttpResponse(content, content_type="application/json", headers={"ETag": tag})
