"""A tenant's host: phone pages at the root, the console, the API, files."""

from django.urls import include, path

urlpatterns = [
    path("", include("jiceng.access.urls")),
    path("", include("jiceng.wechat.urls_tenant")),
    path("files/", include("jiceng.files.urls")),
    path("console/", include("jiceng.console.urls")),
    path("api/", include("jiceng.api.urls")),
    path("", include("jiceng.h5.urls")),
]
handler400 = "jiceng.shell.errors.handler400"
handler403 = "jiceng.shell.errors.handler403"
handler404 = "jiceng.shell.errors.handler404"
handler500 = "jiceng.shell.errors.handler500"
