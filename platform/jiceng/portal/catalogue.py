"""The modules on the public site: what the registry says of them, filtered three ways."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from jiceng.kernel.manifest import AUDIENCES, CATEGORIES, SERVICE_TYPES, Manifest
from jiceng.kernel.registry import registry


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter's value; ``code`` is ``""`` for all."""

    code: str
    label: str
    active: bool


@dataclass(frozen=True, slots=True)
class Dimension:
    name: str
    label: Any
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    summary: str
    icon: str
    category: str
    labels: tuple[str, ...]


_DIMENSIONS: tuple[tuple[str, Any, Mapping[str, str]], ...] = (
    ("category", _("系统类别"), CATEGORIES),
    ("audience", _("服务对象"), AUDIENCES),
    ("service", _("服务种类"), SERVICE_TYPES),
)


def cards(chosen: Mapping[str, str]) -> list[Card]:
    """Modules that match every chosen value. ``chosen``: dimension name -> code; unknown codes match nothing."""
    return [_card(manifest) for manifest in registry.modules if _matches(manifest, chosen)]


def dimensions(chosen: Mapping[str, str]) -> list[Dimension]:
    """The filters, offering only values that some module has."""
    return [Dimension(name, label, _choices(name, labels, chosen.get(name, ""))) for name, label, labels in _DIMENSIONS]


def _choices(name: str, labels: Mapping[str, str], current: str) -> tuple[Choice, ...]:
    present = {code for manifest in registry.modules for code in _codes(manifest, name)}
    offered = [Choice(code, str(label), code == current) for code, label in labels.items() if code in present]
    return (Choice("", str(_("全部")), not current), *offered)


def _matches(manifest: Manifest, chosen: Mapping[str, str]) -> bool:
    return all(code in _codes(manifest, name) for name, code in chosen.items() if code)


def _codes(manifest: Manifest, name: str) -> Iterable[str]:
    by_name: dict[str, Iterable[str]] = {
        "category": (manifest.category,), "audience": manifest.audiences, "service": manifest.service_types,
    }  # fmt: skip
    return by_name[name]


def _card(manifest: Manifest) -> Card:
    labels = [AUDIENCES[code] for code in manifest.audiences] + [SERVICE_TYPES[code] for code in manifest.service_types]
    return Card(
        name=str(manifest.name), summary=str(manifest.summary), icon=manifest.icon,
        category=str(CATEGORIES[manifest.category]), labels=tuple(str(label) for label in labels),
    )  # fmt: skip
