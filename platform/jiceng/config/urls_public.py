"""The public host: the portal with sign-up and help, the operators' site, the public API."""

from django.urls import include, path

urlpatterns = [
    path("", include("jiceng.wechat.urls_public")),
    path("ops/", include("jiceng.ops.urls")),
    path("api/public/", include("jiceng.api.urls_public")),
    path("", include("jiceng.portal.urls")),
]
handler400 = "jiceng.shell.errors.handler400"
handler403 = "jiceng.shell.errors.handler403"
handler404 = "jiceng.shell.errors.handler404"
handler500 = "jiceng.shell.errors.handler500"
