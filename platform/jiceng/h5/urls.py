"""The phone pages: the shell's own, then every module's from the manifests."""

from django.urls import path

from jiceng.shell import error_reference, preferences
from jiceng.shell.mounting import page_patterns

from . import pages
from .mine.hub import mine

urlpatterns = [
    path("", pages.home, name="h5-home"),
    path("apps/", pages.apps, name="h5-apps"),
    path("search/", pages.search, name="h5-search"),
    path("mine/", mine, name="h5-mine"),
    path("about/", pages.about, name="h5-about"),
    path("preferences/", preferences.change, name="preferences"),
    path("help/errors", error_reference.page, name="error-reference"),
    *page_patterns("h5"),
]
