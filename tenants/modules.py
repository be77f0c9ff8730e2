"""Which modules a tenant has: the one resolver that menus, URLs, API, tasks and documents all ask.

platform (installed at all) ∩ plan ∩ the tenant's wish ∩ dependencies.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.errors import Conflict, Forbidden, NotFound
from jiceng.kernel.manifest import Manifest
from jiceng.kernel.registry import registry

from . import directory
from .background import schedules
from .context import platform_scope, tenant_scope
from .models import ActivationState, ModuleActivation, Tenant


class ModuleUnknown(NotFound):
    code = "module_unknown"
    message = _("没有这个功能模块。")


class ModuleUnavailable(Forbidden):
    code = "module_unavailable"
    message = _("当前套餐不包含这个功能模块。")


class ModuleAlwaysOn(Conflict):
    code = "module_always_on"
    message = _("这个功能模块是平台的一部分，不能关闭。")


class ModuleNeeded(Conflict):
    code = "module_needed"


class ModuleNeeds(Conflict):
    code = "module_needs"


@dataclass(frozen=True, slots=True)
class ModuleState:
    """``state``: one of ActivationState; ``enabled``: the final answer; ``reasons``: why, as Chinese sentences."""

    code: str
    state: str
    enabled: bool
    reasons: tuple[str, ...]


def resolve(tenant: Tenant) -> dict[str, ModuleState]:
    """The state of every declared module for ``tenant``. Two queries at most; call within ``platform_scope``."""
    return _resolve(tenant, dict(ModuleActivation.objects.filter(tenant=tenant).values_list("module", "is_on")))


def count_enabled(tenants: Sequence[Tenant]) -> dict[object, int]:
    """How many modules of the catalogue each tenant has on. One query; call within ``platform_scope``."""
    wishes: dict[object, dict[str, bool]] = {}
    for tenant_id, code, is_on in ModuleActivation.objects.filter(tenant__in=tenants).values_list(
        "tenant", "module", "is_on"
    ):
        wishes.setdefault(tenant_id, {})[code] = is_on
    counts: dict[object, int] = {}
    for tenant in tenants:
        states = _resolve(tenant, wishes.get(tenant.pk, {}))
        counts[tenant.pk] = sum(states[manifest.code].enabled for manifest in registry.modules)
    return counts


def _resolve(tenant: Tenant, wishes: dict[str, bool]) -> dict[str, ModuleState]:
    answers: dict[str, ModuleState] = {}
    for manifest in registry:
        _resolve_one(manifest, tenant, wishes, answers, ())
    return answers


def _resolve_one(
    manifest: Manifest, tenant: Tenant, wishes: dict[str, bool], answers: dict[str, ModuleState], path: tuple[str, ...]
) -> ModuleState:
    if manifest.code in answers:
        return answers[manifest.code]
    state, reason = _own_state(manifest, tenant, wishes)
    enabled = state in (ActivationState.ON, ActivationState.ALWAYS_ON)
    reasons = [reason]
    for need in manifest.needs:
        needed = registry.get(need)
        if needed is None or need in path:
            enabled = False
            reasons.append(f"依赖的模块“{need}”不存在或互相依赖。")
            continue
        if not _resolve_one(needed, tenant, wishes, answers, (*path, manifest.code)).enabled:
            enabled = False
            reasons.append(f"依赖的模块“{needed.name}”没有开启。")
    answer = ModuleState(manifest.code, str(state), enabled, tuple(reasons))
    answers[manifest.code] = answer
    return answer


def _own_state(manifest: Manifest, tenant: Tenant, wishes: dict[str, bool]) -> tuple[str, str]:
    if manifest.always_on:
        return ActivationState.ALWAYS_ON, "这是平台自带的功能，始终开启。"
    if not tenant.plan.offers(manifest.code):
        return ActivationState.UNAVAILABLE, f"套餐“{tenant.plan.name}”不包含这个模块。"
    if manifest.code in wishes:
        is_on = wishes[manifest.code]
        return (ActivationState.ON, "管理员已开启。") if is_on else (ActivationState.OFF, "管理员已关闭。")
    if manifest.default_on:
        return ActivationState.ON, "默认开启。"
    return ActivationState.OFF, "尚未开启。"


def states(tenant_id: object) -> dict[str, ModuleState]:
    """``resolve`` for a tenant known by id, entering the platform itself."""
    with platform_scope():
        return resolve(_tenant(tenant_id))


def why(tenant_id: object, code: str) -> ModuleState:
    """Explain one module's state. Raises ``ModuleUnknown``."""
    if registry.get(code) is None:
        raise ModuleUnknown
    return states(tenant_id)[code]


def followers(tenant_id: object, code: str, *, is_on: bool) -> tuple[str, ...]:
    """Modules that have to be switched before ``code``: what it needs and is off, or what is on and needs it.

    In the order in which they must be switched. Raises ``ModuleUnknown``.
    """
    if registry.get(code) is None:
        raise ModuleUnknown
    return _followers(code, states(tenant_id), is_on)


def _followers(code: str, known: dict[str, ModuleState], is_on: bool) -> tuple[str, ...]:
    found: dict[str, None] = {}

    def visit(current: str) -> None:
        if is_on:
            near = [need for need in registry.by_code[current].needs if need in known and not known[need].enabled]
        else:
            near = [other.code for other in registry if current in other.needs and known[other.code].enabled]
        for other in near:
            if other not in found and other != code:
                visit(other)
                found[other] = None

    visit(code)
    return tuple(found)


@transaction.atomic
def set_module(*, tenant_id: object, code: str, is_on: bool, actor: Actor, cascade: bool = False) -> ModuleState:
    """Switch a module on or off; its data stays. Takes effect with the next request of any process.

    ``cascade``: first switch what ``followers`` names, all or nothing.
    Raises ``ModuleUnknown``, ``ModuleUnavailable``, ``ModuleAlwaysOn``, ``ModuleNeeds`` (something it needs is off),
    ``ModuleNeeded`` (something on needs it). Audited in the tenant. Locks the tenant's row.
    """
    if registry.get(code) is None:
        raise ModuleUnknown
    with platform_scope():
        tenant = Tenant.objects.select_for_update(of=("self",)).select_related("plan").get(pk=tenant_id)
        others = _followers(code, resolve(tenant), is_on) if cascade else ()
    for other in others:
        _switch(tenant, other, is_on, actor)
    state = _switch(tenant, code, is_on, actor)
    if is_on:
        schedules.plan(tenant)
    return state


def _switch(tenant: Tenant, code: str, is_on: bool, actor: Actor) -> ModuleState:
    manifest = registry.by_code[code]
    with platform_scope():
        before = resolve(tenant)
        _refuse_switch(manifest, before, is_on)
        ModuleActivation.objects.update_or_create(
            tenant=tenant, module=code, defaults={"is_on": is_on, "changed_by": actor.display_name}
        )
        after = resolve(tenant)[code]
        directory.changed(tenant)
    with tenant_scope(tenant):
        record(
            action="platform.module.switched", actor=actor, target=code, target_label=str(manifest.name),
            before={"state": before[code].state}, after={"state": after.state},
        )  # fmt: skip
    return after


def _refuse_switch(manifest: Manifest, states_before: dict[str, ModuleState], is_on: bool) -> None:
    if manifest.always_on:
        raise ModuleAlwaysOn
    if states_before[manifest.code].state == ActivationState.UNAVAILABLE:
        raise ModuleUnavailable
    if is_on:
        missing = [str(registry.by_code[need].name) for need in manifest.needs if not states_before[need].enabled]
        if missing:
            raise ModuleNeeds(f"请先开启：{'、'.join(missing)}。")
        return
    dependants = [
        str(other.name) for other in registry if manifest.code in other.needs and states_before[other.code].enabled
    ]
    if dependants:
        raise ModuleNeeded(f"请先关闭依赖它的模块：{'、'.join(dependants)}。")


def _tenant(tenant_id: object) -> Tenant:
    return Tenant.objects.select_related("plan").get(pk=tenant_id)
