"""The demands of a year: its plan, or the module's settings where nobody made one."""

from __future__ import annotations

from dataclasses import dataclass

from jiceng.kernel import module_settings

from ..models import TargetPlan

FIRST_YEAR, LAST_YEAR = 2000, 2200
NEW_SECRETARY_MONTHS, NEW_MEMBER_MONTHS = 6, 12
NAMES = ("member_hours", "officer_hours", "officer_centralised_count", "new_secretary_months", "new_member_months")


@dataclass(frozen=True, slots=True)
class Plan:
    """``version``: 0 where the year has no plan of its own."""

    year: int
    member_hours: int
    officer_hours: int
    officer_centralised_count: int
    new_secretary_months: int = NEW_SECRETARY_MONTHS
    new_member_months: int = NEW_MEMBER_MONTHS
    version: int = 0
    author_name: str = ""


def plan_for(year: int) -> Plan:
    """Years that no plan can be made for have the defaults too."""
    found = TargetPlan.objects.filter(pk=year).first() if FIRST_YEAR <= year <= LAST_YEAR else None
    return _default(year) if found is None else _kept(found)


def plans(*, around: int) -> list[Plan]:
    """Every year with a plan, and the years before, of and after ``around``; the latest first."""
    found = {row.year: _kept(row) for row in TargetPlan.objects.all()}
    years = sorted({*found, around - 1, around, around + 1}, reverse=True)
    return [found.get(year) or _default(year) for year in years]


def _kept(row: TargetPlan) -> Plan:
    return Plan(
        row.year, row.member_hours, row.officer_hours, row.officer_centralised_count, row.new_secretary_months,
        row.new_member_months, row.version, row.author_name,
    )  # fmt: skip


def _default(year: int) -> Plan:
    settings = module_settings.read("study")
    return Plan(year, settings.member_target_hours, settings.officer_target_hours, settings.officer_centralised_count)
