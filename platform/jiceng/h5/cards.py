"""What modules show on the phone's home page, and the search over their entries."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.module_loading import import_string
from django.utils.safestring import SafeString
from pypinyin import Style, lazy_pinyin

from jiceng.access import policy
from jiceng.kernel.manifest import CATEGORIES, HomeCard, Manifest
from jiceng.kernel.registry import registry
from jiceng.shell import navigation
from jiceng.shell.navigation import Entry

QUERY_LIMIT = 50


@dataclass(frozen=True, slots=True)
class Section:
    """The entries of one category of modules."""

    label: str
    entries: tuple[Entry, ...]


def home_cards(request: HttpRequest) -> list[SafeString]:
    """The rendered cards of every enabled module that this person may see, in their order."""
    actor, enabled = request.actor, request.tenant.modules  # type: ignore[attr-defined]
    cards = [
        card
        for manifest in registry
        if manifest.code in enabled
        for card in manifest.home_cards
        if policy.may(actor, card.permission)
    ]
    rendered = [_render(request, card) for card in sorted(cards, key=lambda card: card.order)]
    return [html for html in rendered if html]


def _render(request: HttpRequest, card: HomeCard) -> SafeString:
    content = import_string(card.selector)(actor=request.actor)  # type: ignore[attr-defined]
    return SafeString("") if content is None else render_to_string(card.template, content, request)


def sections(request: HttpRequest) -> list[Section]:
    """Every entry this person may open, grouped by the category of its module."""
    grouped: dict[str, list[Entry]] = {}
    for entry in navigation.h5(request).grid:
        manifest = registry.by_code[entry.module]
        grouped.setdefault(manifest.category, []).append(entry)
    return [
        Section(str(label), tuple(grouped[category])) for category, label in CATEGORIES.items() if category in grouped
    ]


def search(request: HttpRequest, query: str) -> list[Entry]:
    """Entries whose label, module name or summary holds ``query``, in Chinese, pinyin or pinyin initials."""
    wanted = query.strip().lower()[:QUERY_LIMIT]
    if not wanted:
        return []
    return [
        entry
        for entry in navigation.h5(request).grid
        if any(wanted in text for text in _texts(entry, registry.by_code[entry.module]))
    ]


def _texts(entry: Entry, manifest: Manifest) -> tuple[str, ...]:
    label = entry.label
    return (
        label.lower(),
        str(manifest.name).lower(),
        str(manifest.summary).lower(),
        "".join(lazy_pinyin(label)),
        "".join(lazy_pinyin(label, style=Style.FIRST_LETTER)),
    )
