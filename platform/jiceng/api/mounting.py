"""URL patterns of the API, built from the manifests: nothing is mounted any other way, so nothing lacks its gate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, path
from django.utils.module_loading import import_string

from jiceng.kernel.manifest import ApiRoute, Manifest
from jiceng.kernel.registry import registry

from .viewsets import ReadViewSet, WriteViewSet

COLLECTION: Mapping[str, str] = {"get": "list", "post": "create"}
ITEM: Mapping[str, str] = {"get": "retrieve", "put": "update", "patch": "partial_update", "delete": "destroy"}
# Actions that WriteViewSet has only where the author wrote the hook behind them.
_HOOKS = {"create": "create_item", "partial_update": "update_item", "destroy": "delete_item"}


def route_name(module: str, prefix: str, name: str) -> str:
    """The URL name of an action: ``news_articles_list``."""
    name = name.removesuffix("_")
    return f"{module}_{prefix.replace('-', '_').replace('/', '_')}_{name}"


def api_patterns() -> list[URLPattern]:
    """``<module>/<prefix>``, ``<module>/<prefix>/<id>`` and ``…/<id>/<action>`` for every ApiRoute of every manifest.

    Platform parts mount without the module, as their pages do.
    """
    return [pattern for manifest in registry for route in manifest.api for pattern in _mount(manifest, route)]


def _mount(manifest: Manifest, route: ApiRoute) -> Iterator[URLPattern]:
    viewset: type[ReadViewSet] = import_string(route.viewset)  # type: ignore[type-arg]
    if not issubclass(viewset, ReadViewSet):
        raise TypeError(f"{route.viewset} must build on jiceng.api.viewsets.")
    base = route.prefix if manifest.category == "platform" else f"{manifest.code}/{route.prefix}"
    item = f"{base}/<{viewset.lookup_value_converter}:{viewset.lookup_url_kwarg}>"
    extra: list[Any] = viewset.get_extra_actions()
    for one in extra:
        # Before the item itself, so that a converter wider than uuid cannot swallow the name.
        address = f"{item if one.detail else base}/{one.url_path}"
        yield _pattern(manifest, route, viewset, address, dict(one.mapping), one.url_name, is_detail=one.detail)
    if methods := _offered(viewset, COLLECTION):
        yield _pattern(manifest, route, viewset, base, methods, "list", is_detail=False)
    if methods := _offered(viewset, ITEM):
        yield _pattern(manifest, route, viewset, item, methods, "detail", is_detail=True)


def _pattern(
    manifest: Manifest, route: ApiRoute, viewset: type[ReadViewSet], address: str, methods: dict[str, str], name: str,
    *, is_detail: bool,
) -> URLPattern:  # fmt: skip
    view = viewset.as_view({**methods}, module=manifest.code, route=route, detail=is_detail)
    return path(address, view, name=route_name(manifest.code, route.prefix, name))


def _offered(viewset: type[ReadViewSet], methods: Mapping[str, str]) -> dict[str, str]:  # type: ignore[type-arg]
    return {method: action for method, action in methods.items() if _has(viewset, action)}


def _has(viewset: type[ReadViewSet], action: str) -> bool:  # type: ignore[type-arg]
    hook = _HOOKS.get(action)
    if hook is not None and hasattr(viewset, hook):
        return getattr(viewset, hook) is not getattr(WriteViewSet, hook)
    return hasattr(viewset, action)
