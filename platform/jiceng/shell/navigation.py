"""Menus from the manifests: what this person may open, in this tenant, right now."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.kernel.manifest import Manifest, MenuEntry
from jiceng.kernel.registry import registry
from jiceng.notices import selectors as notices
from jiceng.notices.manifest import READ as NOTICES

from .mounting import page_name

TAB_LIMIT = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A link in a menu. ``active``: whether the current page lies below it."""

    label: str
    url: str
    icon: str
    active: bool
    module: str


@dataclass(frozen=True, slots=True)
class Group:
    label: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class H5Navigation:
    """``unread``: how many notices wait, ``None`` for those who get none. ``help_url``: how to use the module of this page."""

    unread: int | None
    help_url: str
    tabs: tuple[Entry, ...]
    grid: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class ConsoleNavigation:
    groups: tuple[Group, ...]


def h5(request: HttpRequest) -> H5Navigation:
    """Tabs (home first, then modules', all entries, mine last) and the home grid."""
    entries = _entries(request, "h5")
    middle = [entry for menu, entry in entries if menu.place == "tab"][: TAB_LIMIT - 3]
    home = Entry(_("首页"), reverse("h5-home"), "house", request.path == reverse("h5-home"), "")
    everything = Entry(_("应用"), reverse("h5-apps"), "layout-grid", request.path == reverse("h5-apps"), "")
    mine = Entry(_("我的"), reverse("h5-mine"), "circle-user-round", request.path.startswith(reverse("h5-mine")), "")
    grid = tuple(entry for _menu, entry in entries)
    tabs = (home, *middle, everything, mine)
    return H5Navigation(unread=_unread(request), help_url=_help_url(request), tabs=tabs, grid=grid)


def _help_url(request: HttpRequest) -> str:
    """Where the pages of this module are explained; ``""`` outside modules, and where no module that is on explains."""
    enabled = request.tenant.modules  # type: ignore[attr-defined]
    found = next((manifest for manifest in registry.modules if manifest.help_page and manifest.code in enabled), None)
    module = request.path.strip("/").partition("/")[0]
    if found is None or module == found.code or module not in {manifest.code for manifest in registry.modules}:
        return ""
    return reverse(page_name("h5", found.code, found.help_page), kwargs={"module": module})


def _unread(request: HttpRequest) -> int | None:
    actor = request.actor  # type: ignore[attr-defined]
    if actor.user is None or not policy.may(actor, NOTICES):
        return None
    return notices.unread_count(actor.user)


def console(request: HttpRequest) -> ConsoleNavigation:
    """The sidebar, grouped by the entries' ``group`` (a module's own name where it has none)."""
    groups: dict[str, list[Entry]] = {}
    best = _longest_match(request)
    for menu, entry in _entries(request, "console"):
        marked = Entry(entry.label, entry.url, entry.icon, entry.url == best, entry.module)
        label = str(menu.group or registry.by_code[entry.module].name)
        groups.setdefault(label, []).append(marked)
    return ConsoleNavigation(tuple(Group(label, tuple(entries)) for label, entries in groups.items()))


def _entries(request: HttpRequest, surface: str) -> list[tuple[MenuEntry, Entry]]:
    actor, enabled = request.actor, request.tenant.modules  # type: ignore[attr-defined]
    found = [
        (menu, _entry(request, manifest, menu))
        for manifest in registry
        if manifest.code in enabled
        for menu in manifest.menu
        if menu.surface == surface and policy.may(actor, menu.permission)
    ]
    return sorted(found, key=lambda pair: pair[0].order)


def _entry(request: HttpRequest, manifest: Manifest, menu: MenuEntry) -> Entry:
    url = reverse(page_name(menu.surface, manifest.code, menu.page))
    return Entry(str(menu.label), url, menu.icon, request.path.startswith(url), manifest.code)


def _longest_match(request: HttpRequest) -> str:
    urls = [entry.url for _menu, entry in _entries(request, "console") if request.path.startswith(entry.url)]
    return max(urls, key=len, default="")
