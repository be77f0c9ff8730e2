"""Which rules hold, and what they say in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from jiceng.kernel.manifest import POINTS_METRICS, PointsRule
from jiceng.kernel.registry import registry

from ..models import RuleVersion

TUNED = ("is_on", "points", "daily_cap", "yearly_cap")


@dataclass(frozen=True, slots=True)
class Rule:
    """A declared rule as the tenant has it. ``yearly_cap``: ``None`` without limit."""

    declared: PointsRule
    is_on: bool
    points: int
    daily_cap: int
    yearly_cap: int | None

    @property
    def code(self) -> str:
        return self.declared.code

    @property
    def label(self) -> str:
        return str(self.declared.label) or self.declared.code

    @property
    def metric(self) -> str:
        return POINTS_METRICS[self.declared.metric]

    @property
    def words(self) -> str:
        """``每次 2 分，每天最多 6 分，全年最多 300 分``."""
        words = _("每次 %(points)d 分，每天最多 %(cap)d 分") % {"points": self.points, "cap": self.daily_cap}
        if self.yearly_cap is None:
            return words
        return words + _("，全年最多 %(cap)d 分") % {"cap": self.yearly_cap}

    @property
    def most_a_day(self) -> int:
        return self.declared.most_a_day or 10 * self.declared.daily_cap

    @property
    def most_a_year(self) -> int:
        return self.declared.most_a_year or 10 * (self.declared.yearly_cap or 365 * self.declared.daily_cap)

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in TUNED}


def version_at(at: datetime) -> RuleVersion | None:
    """The version that holds at ``at``: of those in effect, the newest."""
    return RuleVersion.objects.filter(effective_at__lte=at).order_by("-number").first()


def newest_version() -> RuleVersion | None:
    return RuleVersion.objects.order_by("-number").first()


def rules_of(version: RuleVersion | None) -> list[Rule]:
    """Every declared rule, in the order of manifests."""
    tuned: Mapping[str, Any] = version.rules if version else {}
    return [_rule(declared, tuned.get(code, {})) for code, declared in registry.points_rules.items()]


def rules_at(at: datetime) -> list[Rule]:
    return rules_of(version_at(at))


def label_of(code: str) -> str:
    """A rule's label; entries by hand and rules that are gone have words too."""
    declared = registry.points_rules.get(code)
    if declared is not None:
        return str(declared.label) or code
    return _("手工登记") if code == "by_hand" else code


def _rule(declared: PointsRule, tuned: Mapping[str, Any]) -> Rule:
    return Rule(
        declared=declared, is_on=bool(tuned.get("is_on", True)), points=int(tuned.get("points", declared.points)),
        daily_cap=int(tuned.get("daily_cap", declared.daily_cap)), yearly_cap=tuned.get("yearly_cap", declared.yearly_cap),
    )  # fmt: skip
