"""The API of a tenant's host, below ``/api/``. Collections come from the manifests."""

from django.urls import include, path

from . import documents, module_views
from .mounting import api_patterns

v1 = [
    path("openapi.json", documents.TenantDocument.as_view(), name="api-openapi"),
    path("modules", module_views.ModuleList.as_view(), name="modules_list"),
    path("modules/<slug:code>", module_views.ModuleDetail.as_view(), name="modules_detail"),
    path("modules/<slug:code>/why", module_views.ModuleWhy.as_view(), name="modules_why"),
    *api_patterns(),
]
urlpatterns = [
    path("v1/", include(v1)),
    path("docs/", documents.tenant_docs, name="api-docs"),
]
