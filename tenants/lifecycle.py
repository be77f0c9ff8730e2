"""A tenant's life: suspended, resumed, closing, closed, and the plan it is on. Operators decide, with a reason.

Every change is in force for all processes with their next request, and stands in the platform's audit trail; what the
organisation itself should see stands in its own trail too.
"""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.access.policy import require_operator
from jiceng.access.profiles import PROFILES
from jiceng.audit.services import record
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Conflict, FieldError, Invalid, NotFound
from jiceng.kernel.text import clean

from . import directory
from .background import schedules
from .context import platform_scope, tenant_scope
from .models import Plan, State, Tenant

REASON_LENGTH = 300
MOVES: dict[str, frozenset[str]] = {
    State.SUSPENDED: frozenset({State.TRIAL, State.ACTIVE, State.CLOSING}),
    State.ACTIVE: frozenset({State.TRIAL, State.SUSPENDED, State.CLOSING}),
    State.CLOSING: frozenset({State.TRIAL, State.ACTIVE, State.SUSPENDED}),
    State.CLOSED: frozenset({State.CLOSING, State.SUSPENDED}),
}


class TenantUnknown(NotFound):
    code = "tenant_unknown"
    message = _("没有这个单位。")


class StateRefused(Conflict):
    code = "tenant_state_refused"
    message = _("单位当前的状态不能进行这项操作。")


class PlanUnknown(Invalid):
    code = "plan_unknown"
    message = _("没有这个套餐。")


def suspend_tenant(*, tenant_id: object, reason: str, actor: Actor) -> Tenant:
    """Stop serving at once; nothing is deleted. Needs a reason. Raises ``TenantUnknown``, ``StateRefused``, ``Invalid``."""
    return _move(tenant_id, State.SUSPENDED, _reason(reason), actor)


def resume_tenant(*, tenant_id: object, actor: Actor, reason: str = "") -> Tenant:
    """Serve again, as a regular tenant; also ends a closing. Raises ``TenantUnknown``, ``StateRefused``."""
    return _move(tenant_id, State.ACTIVE, clean(reason)[:REASON_LENGTH], actor)


def start_closing(*, tenant_id: object, reason: str, actor: Actor) -> Tenant:
    """Announce the end; still served so that data can be taken out. Needs a reason."""
    return _move(tenant_id, State.CLOSING, _reason(reason), actor)


def close_tenant(*, tenant_id: object, reason: str, actor: Actor) -> Tenant:
    """End the service: the addresses answer as if unknown, the data stays until it is purged. Needs a reason.

    Only after suspension or an announced closing.
    """
    return _move(tenant_id, State.CLOSED, _reason(reason), actor)


@transaction.atomic
def change_plan(*, tenant_id: object, plan: str, actor: Actor) -> Tenant:
    """Put a tenant on another plan; modules it does not offer are gone with the next request, their data stays.

    Raises ``TenantUnknown``, ``PlanUnknown``.
    """
    require_operator(actor)
    with platform_scope():
        tenant = _locked(tenant_id)
        if not Plan.objects.filter(code=plan).exists():
            raise PlanUnknown(fields=[FieldError("/plan", PlanUnknown.code, str(PlanUnknown.message))])
        before = tenant.plan_id
        if before == plan:
            return tenant
        Tenant.objects.filter(pk=tenant.pk).update(plan_id=plan)
        tenant.refresh_from_db()
        _written(tenant, "platform.tenant.plan_changed", actor, {"plan": before}, {"plan": plan}, "")
    schedules.plan(tenant)
    return tenant


@transaction.atomic
def change_policy_profile(*, tenant_id: object, policy_profile: str, actor: Actor) -> Tenant:
    """Set how strict the tenant is about passwords, sessions and second factors. Raises ``TenantUnknown``, ``Invalid``."""
    require_operator(actor)
    if policy_profile not in PROFILES:
        raise Invalid(fields=[FieldError("/policy_profile", "unknown_profile", "请从列表中选择安全要求。")])
    with platform_scope():
        tenant = _locked(tenant_id)
        before = tenant.policy_profile
        if before == policy_profile:
            return tenant
        Tenant.objects.filter(pk=tenant.pk).update(policy_profile=policy_profile)
        tenant.refresh_from_db()
        facts = {"policy_profile": before}, {"policy_profile": policy_profile}
        _written(tenant, "platform.tenant.policy_changed", actor, *facts, "")
    return tenant


@transaction.atomic
def _move(tenant_id: object, state: State, reason: str, actor: Actor) -> Tenant:
    require_operator(actor)
    with platform_scope():
        tenant = _locked(tenant_id)
        before = tenant.state
        if before not in MOVES[state]:
            raise StateRefused
        Tenant.objects.filter(pk=tenant.pk).update(state=state, state_changed_at=now())
        tenant.refresh_from_db()
        _written(tenant, f"platform.tenant.{state}", actor, {"state": before}, {"state": str(state)}, reason)
    if state == State.ACTIVE:
        schedules.plan(tenant)
    return tenant


def _locked(tenant_id: object) -> Tenant:
    tenant = Tenant.objects.select_for_update().filter(pk=tenant_id).first()
    if tenant is None:
        raise TenantUnknown
    return tenant


def _written(
    tenant: Tenant, action: str, actor: Actor, before: dict[str, str], after: dict[str, str], reason: str
) -> None:
    """Tell every process and both audit trails."""
    directory.changed(tenant)
    facts = {"target": str(tenant.id), "target_label": tenant.name, "before": before, "after": after, "note": reason}
    record(action=action, actor=actor, **facts)  # type: ignore[arg-type]
    with tenant_scope(tenant):
        record(action=action, actor=Actor.system(f"平台运营 {actor.display_name}"), **facts)  # type: ignore[arg-type]


def _reason(raw: str) -> str:
    text = clean(raw)
    if not text:
        raise Invalid("请写明原因。", fields=[FieldError("/reason", "required", "请写明原因。")])
    if len(text) > REASON_LENGTH:
        raise Invalid(fields=[FieldError("/reason", "too_long", f"原因不能超过 {REASON_LENGTH} 个字。")])
    return text
