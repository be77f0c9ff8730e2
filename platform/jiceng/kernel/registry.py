"""All manifests, and answers about them. The only reader of manifests; it never imports a module's other files."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from importlib import import_module

from django.conf import settings

from .manifest import Event, Manifest, NoticeCategory, Page, Permission, PointsRule, Schedule, Workflow


class Registry:
    """An ordered, read-only collection of manifests: platform parts first, then modules in the order of INSTALLED."""

    def __init__(self, manifests: tuple[Manifest, ...]) -> None:
        self.manifests = manifests

    def __iter__(self) -> Iterator[Manifest]:
        return iter(self.manifests)

    @cached_property
    def by_code(self) -> dict[str, Manifest]:
        return {manifest.code: manifest for manifest in self.manifests}

    def get(self, code: str) -> Manifest | None:
        return self.by_code.get(code)

    @cached_property
    def modules(self) -> tuple[Manifest, ...]:
        """Those that a tenant can see in its catalogue: everything but platform parts."""
        return tuple(manifest for manifest in self.manifests if manifest.category != "platform")

    @cached_property
    def permissions(self) -> dict[str, Permission]:
        return {permission.code: permission for manifest in self for permission in manifest.permissions}

    @cached_property
    def module_of_permission(self) -> dict[str, str]:
        return {permission.code: manifest.code for manifest in self for permission in manifest.permissions}

    @cached_property
    def events(self) -> dict[str, Event]:
        return {event.name: event for manifest in self for event in manifest.emits}

    @cached_property
    def listeners(self) -> dict[str, tuple[tuple[str, str], ...]]:
        """Event name -> ((module code, dotted handler), …)."""
        found: dict[str, list[tuple[str, str]]] = {}
        for manifest in self:
            for event, handlers in manifest.listens.items():
                found.setdefault(event, []).extend((manifest.code, handler) for handler in handlers)
        for event in self.points_events:
            found.setdefault(event, []).append(settings.POINTS_LISTENER)
        return {event: tuple(handlers) for event, handlers in found.items()}

    @cached_property
    def points_rules(self) -> dict[str, PointsRule]:
        """Rule code -> rule, in the order of manifests."""
        return {rule.code: rule for manifest in self for rule in manifest.points}

    @cached_property
    def points_events(self) -> tuple[str, ...]:
        """The events that give points or take them back: exactly what the ledger listens to."""
        named = (name for rule in self.points_rules.values() for name in (rule.event, rule.undone_by) if name)
        return tuple(dict.fromkeys(named))

    @cached_property
    def tasks(self) -> dict[str, tuple[str, str]]:
        """Task name -> (module code, dotted function)."""
        return {name: (manifest.code, path) for manifest in self for name, path in manifest.tasks.items()}

    @cached_property
    def schedules(self) -> tuple[tuple[str, Schedule], ...]:
        return tuple((manifest.code, schedule) for manifest in self for schedule in manifest.schedules)

    @cached_property
    def workflows(self) -> dict[str, Workflow]:
        return {workflow.code: workflow for manifest in self for workflow in manifest.workflows}

    @cached_property
    def notice_categories(self) -> dict[str, NoticeCategory]:
        """Category code -> category, in the order of manifests."""
        return {category.code: category for manifest in self for category in manifest.notices}

    @cached_property
    def module_of_notice_category(self) -> dict[str, str]:
        return {category.code: manifest.code for manifest in self for category in manifest.notices}

    def pages(self, surface: str) -> tuple[tuple[Manifest, Page], ...]:
        return tuple((manifest, page) for manifest in self for page in manifest.pages if page.surface == surface)


@lru_cache(maxsize=1)
def load() -> Registry:
    """Import every declared manifest once. ``settings.MANIFESTS`` lists their packages."""
    return Registry(tuple(import_module(f"{package}.manifest").MANIFEST for package in settings.MANIFESTS))


class _LazyRegistry:
    """Lets callers write ``from jiceng.kernel.registry import registry`` before settings are ready."""

    def __getattr__(self, name: str) -> object:
        return getattr(load(), name)

    def __iter__(self) -> Iterator[Manifest]:
        return iter(load())


registry: Registry = _LazyRegistry()  # type: ignore[assignment]
