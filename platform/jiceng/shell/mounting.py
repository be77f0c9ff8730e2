"""URL patterns of a surface, built from the manifests. No page is mounted any other way, so none can lack its gate."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.module_loading import import_string

from jiceng.kernel.manifest import Page
from jiceng.kernel.registry import registry

from .guard import guarded


def page_name(surface: str, module: str, name: str) -> str:
    """The URL name of a page: ``h5:news:list`` is ``"h5-news-list"``."""
    return f"{surface}-{module}-{name}"


def page_patterns(surface: str) -> list[URLPattern]:
    """Patterns ``<module>/<path>`` for every page of ``surface``; platform parts mount without the module prefix."""
    return [
        path(
            _route(manifest.code, manifest.category == "platform", page),
            guarded(import_string(page.view), manifest, page),
            name=page_name(surface, manifest.code, page.name),
        )
        for manifest, page in registry.pages(surface)
    ]


def _route(module: str, is_platform: bool, page: Page) -> str:
    return page.path if is_platform else f"{module}/{page.path}"
