"""The module catalogue as administrators see it: what there is, whether it is on, why, and what hangs on what."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.audit.models import AuditEntry
from jiceng.audit.selectors import list_entries
from jiceng.kernel.manifest import AUDIENCES, CATEGORIES, SERVICE_TYPES, Manifest
from jiceng.kernel.registry import registry
from tenants import modules
from tenants.models import ActivationState
from tenants.modules import ModuleState, ModuleUnknown

GROUPINGS = {
    "category": gettext_lazy("按类别"),
    "audience": gettext_lazy("按服务对象"),
    "service": gettext_lazy("按服务种类"),
}
TONES = {
    ActivationState.ON: "ok", ActivationState.ALWAYS_ON: "info", ActivationState.OFF: "",
    ActivationState.UNAVAILABLE: "gold",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Card:
    """A module in the catalogue. ``state_label``: one of the four states; ``reason``: why, in a sentence or two."""

    code: str
    name: str
    summary: str
    icon: str
    state: str
    state_label: str
    tone: str
    enabled: bool
    reason: str
    can_switch: bool
    has_settings: bool


@dataclass(frozen=True, slots=True)
class CardGroup:
    label: str
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """One module in full. ``history``: newest first."""

    card: Card
    manifest: Manifest
    audiences: tuple[str, ...]
    service_types: tuple[str, ...]
    category: str
    needs: tuple[str, ...]
    needed_by: tuple[str, ...]
    history: tuple[AuditEntry, ...]


def known_grouping(wanted: str) -> str:
    return wanted if wanted in GROUPINGS else "category"


def name_of(code: str) -> str:
    """Raises ``ModuleUnknown``."""
    manifest = registry.get(code)
    if manifest is None:
        raise ModuleUnknown
    return str(manifest.name)


def question(code: str, is_on: bool) -> str:
    words = {"name": name_of(code)}
    if is_on:
        return _("开启后，成员下次打开页面就能看到“%(name)s”。") % words
    return _("关闭后，“%(name)s”的入口和接口立即停用，数据全部保留，随时可以再开启。") % words


def grouped(tenant_id: object, grouping: str) -> tuple[CardGroup, ...]:
    """Every part of the catalogue below the headings of ``grouping``; a module may stand below several."""
    states = modules.states(tenant_id)
    labels, keys_of = _grouping(grouping)
    shown = registry if grouping == "category" else registry.modules
    groups = []
    for key, label in labels.items():
        cards = tuple(_card(manifest, states[manifest.code]) for manifest in shown if key in keys_of(manifest))
        if cards:
            groups.append(CardGroup(str(label), cards))
    return tuple(groups)


def describe(tenant_id: object, code: str) -> Description:
    """Raises ``ModuleUnknown``."""
    name_of(code)
    manifest, states = registry.by_code[code], modules.states(tenant_id)
    return Description(
        card=_card(manifest, states[code]), manifest=manifest,
        audiences=tuple(_(AUDIENCES[key]) for key in manifest.audiences),
        service_types=tuple(_(SERVICE_TYPES[key]) for key in manifest.service_types),
        category=_(CATEGORIES[manifest.category]), needs=_names(manifest.needs),
        needed_by=tuple(str(other.name) for other in registry if code in other.needs),
        history=list_entries(target=code, action="platform.module", limit=10).entries,
    )  # fmt: skip


def _grouping(grouping: str) -> tuple[dict[str, str], Callable[[Manifest], Iterable[str]]]:
    if grouping == "audience":
        return {key: _(label) for key, label in AUDIENCES.items()}, lambda manifest: manifest.audiences
    if grouping == "service":
        return {key: _(label) for key, label in SERVICE_TYPES.items()}, lambda manifest: manifest.service_types
    ordered = sorted(CATEGORIES.items(), key=lambda pair: pair[0] == "platform")
    return {key: _(label) for key, label in ordered}, lambda manifest: (manifest.category,)


def _card(manifest: Manifest, state: ModuleState) -> Card:
    return Card(
        code=manifest.code, name=str(manifest.name), summary=str(manifest.summary), icon=manifest.icon,
        state=state.state, state_label=str(ActivationState(state.state).label),
        tone=TONES[ActivationState(state.state)], enabled=state.enabled, reason="".join(state.reasons),
        can_switch=state.state in (ActivationState.ON, ActivationState.OFF), has_settings=bool(fields(manifest.settings)),
    )  # fmt: skip


def _names(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(name_of(code) for code in codes)
