"""Every URL that a host answers, read from Django's resolver: nothing can be mounted past it."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.converters import IntConverter, UUIDConverter

from jiceng.kernel.manifest import ApiRoute, Page

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Route:
    """``template``: the path with ``{name}`` for parameters. ``parameters``: name -> a value that exists nowhere.

    ``page``/``api``: what the manifest declares, when mounted from one; ``module``: its code.
    """

    template: str
    name: str
    parameters: dict[str, object]
    view: Any
    methods: tuple[str, ...]
    module: str = ""
    page: Page | None = None
    api: ApiRoute | None = None
    actions: dict[str, str] = field(default_factory=dict)

    def path(self, **values: object) -> str:
        """The path with ``values``; parameters not given get something that exists nowhere."""
        return self.template.format(**{**self.parameters, **values})

    @property
    def is_guarded(self) -> bool:
        """Mounted from a manifest, behind module gate and permission."""
        return self.page is not None or self.api is not None

    def __str__(self) -> str:
        return self.name or self.template


def tenant_routes() -> list[Route]:
    return list(_walk(get_resolver(settings.URLCONF_TENANT), "", {}))


def public_routes() -> list[Route]:
    return list(_walk(get_resolver(settings.URLCONF_PUBLIC), "", {}))


def _walk(resolver: URLResolver, prefix: str, parameters: dict[str, object]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        own = {name: _nowhere(converter) for name, converter in entry.pattern.converters.items()}
        template = prefix + _template(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from _walk(entry, template, {**parameters, **own})
        else:
            yield _route(entry, f"/{template}", {**parameters, **own})


def _template(pattern: str) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", pattern)


def _nowhere(converter: object) -> object:
    if isinstance(converter, UUIDConverter):
        return uuid.UUID(int=7)
    return 2**31 - 7 if isinstance(converter, IntConverter) else "nothing"


def _route(entry: URLPattern, template: str, parameters: dict[str, object]) -> Route:
    view = entry.callback
    options = getattr(view, "initkwargs", {})
    actions = getattr(view, "actions", None) or {}
    module, page = getattr(view, "gate", ("", None))
    if page is not None:
        methods = page.methods
    elif actions:
        methods = tuple(method.upper() for method in actions)
    else:
        methods = tuple(method for method in METHODS if hasattr(getattr(view, "cls", None), method.lower())) or ("GET", "POST")
    return Route(
        template=template, name=entry.name or "", parameters=parameters, view=view, methods=methods,
        module=module or options.get("module", ""), page=page, api=options.get("route"), actions=dict(actions),
    )  # fmt: skip
