"""The numbers of the dashboard: collected from what the manifests contribute, as far as the reader may see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models import Invite, RoleAssignment, Session, User
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import local_zone, now
from jiceng.kernel.manifest import Manifest
from jiceng.kernel.registry import registry
from jiceng.shell.requests import TenantFacts

from .submission import page_url

DAYS = 14
ACTIVE_DAYS = 7


@dataclass(frozen=True, slots=True)
class TileValue:
    label: str
    value: int
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class ChartValue:
    title: str
    kind: str
    unit: str
    points: Sequence[tuple[str, int]]

    @property
    def series(self) -> dict[str, Sequence[tuple[str, int]]]:
        """The same, as line charts take it."""
        return {self.title: self.points}

    @property
    def ranks(self) -> list[tuple[str, int, int]]:
        """The same with each value's share of the largest, in percent, for a list of bars."""
        top = max((value for _label, value in self.points), default=0) or 1
        return [(label, value, round(value * 100 / top)) for label, value in self.points]


@dataclass(frozen=True, slots=True)
class Step:
    """``key``: ``<module>:<page>``, the same in every organisation. ``minutes``: about how long it takes."""

    key: str
    label: str
    why: str
    minutes: int
    url: str
    is_done: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What one administrator sees. ``steps`` is empty once the organisation is set up."""

    tiles: tuple[TileValue, ...]
    charts: tuple[ChartValue, ...]
    steps: tuple[Step, ...]

    @property
    def steps_done(self) -> int:
        return sum(step.is_done for step in self.steps)


def overview(*, actor: Actor, tenant: TenantFacts) -> Overview:
    """Everything on the dashboard that ``actor`` may see, from the modules that are on."""
    parts = [manifest for manifest in registry if manifest.code in tenant.modules]
    tiles = [
        TileValue(str(tile.label), import_string(tile.selector)(), page_url(tile.page, manifest.code), tile.icon)
        for manifest, tile in _allowed(actor, parts, "tiles")
    ]
    if policy.may(actor, "console.manage_modules"):
        enabled = sum(module.code in tenant.modules for module in registry.modules)
        tiles.append(TileValue(_("已开启模块"), enabled, page_url("module_list"), "blocks"))
    charts = [
        ChartValue(str(chart.title), chart.kind, str(chart.unit), import_string(chart.selector)())
        for _manifest, chart in _allowed(actor, parts, "charts")
    ]
    steps = setup_steps(actor=actor, modules=tenant.modules)
    return Overview(tuple(tiles), tuple(charts), () if all(step.is_done for step in steps) else steps)


def setup_steps(*, actor: Actor, modules: Collection[str]) -> tuple[Step, ...]:
    """What a new organisation does first, as far as ``actor`` may do it, from the ``modules`` that are on."""
    parts = [manifest for manifest in registry if manifest.code in modules]
    return tuple(
        Step(
            f"{manifest.code}:{step.page}", str(step.label), str(step.why), step.minutes,
            page_url(step.page, manifest.code), import_string(step.selector)(),
        )
        for manifest, step in _allowed(actor, parts, "setup_steps")
    )  # fmt: skip


def _allowed(actor: Actor, manifests: Iterable[Manifest], attribute: str) -> list[tuple[Manifest, Any]]:
    found = [
        (manifest, part)
        for manifest in manifests
        for part in getattr(manifest, attribute)
        if policy.may(actor, part.permission)
    ]
    return sorted(found, key=lambda pair: pair[1].order)


# --- What the console itself contributes ------------------------------------------------------------------------------
def count_active_users() -> int:
    """People seen in the last seven days."""
    since = now() - timedelta(days=ACTIVE_DAYS)
    return Session.objects.filter(last_seen_at__gte=since, user__isnull=False).values("user").distinct().count()


def operations_by_day() -> list[tuple[str, int]]:
    """Entries of the audit trail on each of the last fourteen local days, days without any included."""
    zone = local_zone()
    today = now().astimezone(zone).date()
    first = today - timedelta(days=DAYS - 1)
    since = datetime(first.year, first.month, first.day, tzinfo=zone)
    rows = (
        AuditEntry.objects.filter(happened_at__gte=since)
        .annotate(day=TruncDate("happened_at", tzinfo=zone)).order_by("day").values_list("day").annotate(Count("id"))
    )  # fmt: skip
    counted = dict(rows)
    days = [first + timedelta(days=offset) for offset in range(DAYS)]
    return [(f"{day.month}-{day.day}", counted.get(day, 0)) for day in days]


def users_by_role() -> list[tuple[str, int]]:
    """How many active users hold each role, those without any too."""
    rows = RoleAssignment.objects.filter(user__is_active=True).values_list("role__name")
    counted = list(rows.annotate(Count("user", distinct=True)).order_by("role__name"))
    without = User.objects.filter(is_active=True, assignments=None).count()
    return [*counted, (_("未授予角色"), without)] if without else counted


def is_organisation_set() -> bool:
    """Whether somebody saved the profile, be it as it was: then it has been looked at."""
    return AuditEntry.objects.filter(action__in=("platform.profile.changed", "platform.profile.confirmed")).exists()


def is_module_switched() -> bool:
    return AuditEntry.objects.filter(action="platform.module.switched").exists()


def is_colleague_invited() -> bool:
    """Whether anybody besides the first administrator has been invited or let in."""
    return Invite.objects.count() > 1 or User.objects.count() > 1
