"""The public site. The style guide is there only for developers (DEBUG)."""

from django.conf import settings
from django.urls import path

from jiceng.shell import error_reference, preferences, styleguide

from . import views

urlpatterns = [
    path("", views.home, name="portal-home"),
    path("modules/", views.modules, name="portal-modules"),
    path("help/", views.help_page, name="portal-help"),
    path("help/errors", error_reference.page, name="error-reference"),
    path("signup/", views.sign_up, name="portal-signup"),
    path("signup/slug/", views.slug_check, name="portal-slug"),
    path("signup/<str:token>/", views.progress, name="portal-progress"),
    path("preferences/", preferences.change, name="preferences"),
]
if settings.DEBUG:
    urlpatterns += [
        path("styleguide/", styleguide.page, name="styleguide"),
        path("styleguide/<slug:name>/", styleguide.page, name="styleguide-page"),
    ]
