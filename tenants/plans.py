"""Plans: what a tenant may have. Operators edit them; a change counts with each tenant's next request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.access.policy import require_operator
from jiceng.audit.services import record
from jiceng.kernel.errors import Conflict, FieldError, Invalid
from jiceng.kernel.registry import registry
from jiceng.kernel.text import clean

from . import directory
from .context import platform_scope
from .models import Plan, Tenant

DEFAULT_PLAN = "standard"
FACTS = ("name", "modules", "trial_days", "storage_bytes", "requests_per_minute")


class PlanTaken(Conflict):
    code = "plan_taken"
    message = _("已有这个代码的套餐。")


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan gives. ``modules``: codes; empty for every module, those still to come included."""

    name: str
    modules: tuple[str, ...] = ()
    trial_days: int = 90
    storage_bytes: int = 5 * 1024**3
    requests_per_minute: int = 600


def ensure_default_plan() -> Plan:
    with platform_scope():
        plan, _created = Plan.objects.get_or_create(code=DEFAULT_PLAN, defaults={"name": "标准版"})
        return plan


@transaction.atomic
def save_plan(*, code: str, terms: PlanTerms, actor: Actor, is_new: bool) -> Plan:
    """Add a plan, or change one for all tenants on it.

    Raises ``PlanTaken`` (new, but there), ``Invalid`` (changed, but not there; or faulty terms). Audited.
    """
    require_operator(actor)
    values = _checked(terms)
    with platform_scope():
        existing = Plan.objects.select_for_update().filter(code=code).first()
        if is_new and existing is not None:
            raise PlanTaken(fields=[FieldError("/code", PlanTaken.code, str(PlanTaken.message))])
        if not is_new and existing is None:
            raise Invalid("没有这个套餐。")
        before = {name: getattr(existing, name) for name in FACTS} if existing else None
        plan, _created = Plan.objects.update_or_create(code=code, defaults=values)
        _forget_tenants(Tenant.objects.filter(plan=plan))
        record(
            action="platform.plan.saved", actor=actor, target=code, target_label=plan.name, before=before, after=values
        )
        return plan


def _forget_tenants(tenants: Iterable[Tenant]) -> None:
    for tenant in tenants:
        directory.changed(tenant)


def _checked(terms: PlanTerms) -> dict[str, object]:
    name = clean(terms.name)
    faults = []
    if not 1 <= len(name) <= 60:
        faults.append(FieldError("/name", "length", "名称须为 1 至 60 个字。"))
    known = {manifest.code for manifest in registry.modules}
    if unknown := sorted(set(terms.modules) - known):
        faults.append(FieldError("/modules", "unknown_module", f"没有名为“{unknown[0]}”的模块。"))
    for field, low, high in (
        ("trial_days", 0, 3650), ("storage_bytes", 0, 2**50), ("requests_per_minute", 1, 1_000_000),
    ):  # fmt: skip
        if not low <= getattr(terms, field) <= high:
            faults.append(FieldError(f"/{field}", "range", f"须在 {low} 到 {high} 之间。"))
    if faults:
        raise Invalid(fields=faults)
    return {
        "name": name, "modules": sorted(set(terms.modules)), "trial_days": terms.trial_days,
        "storage_bytes": terms.storage_bytes, "requests_per_minute": terms.requests_per_minute,
    }  # fmt: skip
