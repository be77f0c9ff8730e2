"""单位: the list, one tenant, and what an operator may do with it. No page here reads a tenant's own data."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access.profiles import PROFILES
from jiceng.access.stepup import require_recent_login
from jiceng.audit.selectors import list_entries
from jiceng.kernel.errors import NotFound
from jiceng.kernel.registry import registry
from jiceng.shell.forms import submitted
from jiceng.shell.paging import page_of
from jiceng.shell.requests import PlatformRequest
from jiceng.shell.trail import action_label
from tenants import activity, lifecycle, modules
from tenants.models import Plan, SpareSchema, State, Tenant

from .pages import form_page, show

# move -> (service, title, what follows, button)
MOVES: dict[str, tuple[Any, Any, tuple[Any, ...], Any]] = {
    "suspend": (
        lifecycle.suspend_tenant, gettext_lazy("暂停“%(name)s”"),
        (gettext_lazy("全部页面和接口立即停止服务，显示“服务已暂停”。"), gettext_lazy("数据保留，随时可以恢复。")),
        gettext_lazy("暂停服务"),
    ),
    "resume": (
        lifecycle.resume_tenant, gettext_lazy("“%(name)s”转为正式服务"),
        (gettext_lazy("页面和接口立即可用。"),), gettext_lazy("恢复服务"),
    ),
    "closing": (
        lifecycle.start_closing, gettext_lazy("开始注销“%(name)s”"),
        (gettext_lazy("服务照常，单位可以在此期间导出数据。"),), gettext_lazy("开始注销"),
    ),
    "close": (
        lifecycle.close_tenant, gettext_lazy("关闭“%(name)s”"),
        (gettext_lazy("网址立即停用，如同从未开通。"), gettext_lazy("数据保留到清除期满。")), gettext_lazy("关闭单位"),
    ),
}  # fmt: skip
TARGETS = {"suspend": State.SUSPENDED, "resume": State.ACTIVE, "closing": State.CLOSING, "close": State.CLOSED}
TONES = {State.TRIAL: "info", State.ACTIVE: "ok", State.SUSPENDED: "bad", State.CLOSING: "gold", State.CLOSED: ""}


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=60, label=gettext_lazy("名称或网址名"),
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("名称 / 网址名"), "type": "search"}),
    )  # fmt: skip
    state = forms.ChoiceField(
        required=False, label=gettext_lazy("状态"), choices=(("", gettext_lazy("全部状态")), *State.choices)
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PlanForm(forms.Form):
    plan = forms.ModelChoiceField(Plan.objects.order_by("code"), label=gettext_lazy("套餐"), empty_label=None)


class PolicyForm(forms.Form):
    policy_profile = forms.ChoiceField(
        label=gettext_lazy("安全要求"), choices=[(code, profile.name) for code, profile in PROFILES.items()]
    )


def tenant_list(request: PlatformRequest) -> HttpResponse:
    filters = FilterForm(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    found = Tenant.objects.select_related("plan")
    if words := chosen.get("q", "").strip():
        found = found.filter(Q(name__icontains=words) | Q(slug__icontains=words))
    if chosen.get("state"):
        found = found.filter(state=chosen["state"])
    page = page_of(found, by=("name", "id"), cursor=request.GET.get("cursor", ""))
    enabled = modules.count_enabled(page.rows)
    visits = activity.last_visits(tenant.pk for tenant in page.rows)
    rows = [(tenant, TONES[State(tenant.state)], enabled[tenant.pk], visits.get(tenant.pk)) for tenant in page.rows]
    return show(
        request, "ops/tenants.html", filters=filters, page=page, rows=rows, spares=SpareSchema.objects.count(),
        module_count=len(registry.modules),
    )  # fmt: skip


def tenant_detail(request: PlatformRequest, tenant_id: uuid.UUID) -> HttpResponse:
    return _detail(request, _tenant(tenant_id))


@require_recent_login
def tenant_move(request: PlatformRequest, tenant_id: uuid.UUID, move: str) -> HttpResponse:
    """Ask for a reason, then do it. ``move``: a key of MOVES."""
    if move not in MOVES:
        raise NotFound
    service, title, consequences, _action = MOVES[move]
    tenant = _tenant(tenant_id)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    form.fields["reason"].required = move != "resume"
    moved = submitted(form, lambda clean: service(tenant_id=tenant_id, actor=request.actor, **clean))
    if moved is None:
        return form_page(
            request, form, "ops/confirm.html", title=title % {"name": tenant.name}, consequences=consequences,
            action=_button(move, tenant.state), danger=move in ("suspend", "close"), cancel_url=_url(tenant_id), crumbs=_crumbs(tenant),
        )  # fmt: skip
    messages.success(request, _("“%(name)s”现在是“%(state)s”状态，立即生效。") % {
        "name": moved.name, "state": moved.get_state_display(),
    })  # fmt: skip
    return redirect(_url(tenant_id))


def tenant_plan(request: PlatformRequest, tenant_id: uuid.UUID) -> HttpResponse:
    form = PlanForm(request.POST)
    changed = submitted(
        form,
        lambda clean: lifecycle.change_plan(
            tenant_id=tenant_id,
            plan=clean["plan"].pk,
            actor=request.actor,
        ),
    )
    if changed is None:
        return _detail(request, _tenant(tenant_id), plan_form=form)
    messages.success(request, _("套餐已更换，立即生效。"))
    return redirect(_url(tenant_id))


def tenant_policy(request: PlatformRequest, tenant_id: uuid.UUID) -> HttpResponse:
    form = PolicyForm(request.POST)
    changed = submitted(
        form,
        lambda clean: lifecycle.change_policy_profile(tenant_id=tenant_id, actor=request.actor, **clean),
    )
    if changed is None:
        return _detail(request, _tenant(tenant_id), policy_form=form)
    messages.success(request, _("安全要求已修改，立即生效。"))
    return redirect(_url(tenant_id))


def _tenant(tenant_id: uuid.UUID) -> Tenant:
    tenant = Tenant.objects.select_related("plan").filter(pk=tenant_id).first()
    if tenant is None:
        raise lifecycle.TenantUnknown
    return tenant


def _detail(
    request: PlatformRequest,
    tenant: Tenant,
    *,
    plan_form: PlanForm | None = None,
    policy_form: PolicyForm | None = None,
) -> HttpResponse:
    faulty = plan_form or policy_form
    states = modules.states(tenant.pk)
    context = {
        "tenant_shown": tenant, "tone": TONES[State(tenant.state)], "domains": tenant.domains.order_by("created_at"),
        "modules": [(manifest, states[manifest.code]) for manifest in registry.modules],
        "plan_form": plan_form or PlanForm(initial={"plan": tenant.plan_id}),
        "policy_form": policy_form or PolicyForm(initial={"policy_profile": tenant.policy_profile}),
        "last_visit": activity.last_visits([tenant.pk]).get(tenant.pk),
        "moves": [
            (code, _button(code, tenant.state)) for code, state in TARGETS.items() if tenant.state in lifecycle.MOVES[state]
        ],
        "entries": [(entry, action_label(entry.action)) for entry in list_entries(target=str(tenant.pk), limit=10).entries],
        "crumbs": _crumbs(tenant),
    }  # fmt: skip
    if faulty is None:
        return show(request, "ops/tenant.html", **context)
    return form_page(request, faulty, "ops/tenant.html", **context)


def _button(move: str, state: str) -> str:
    """What a move is called from here: the way to regular service has three names."""
    if move == "resume" and state != State.SUSPENDED:
        return _("转为正式") if state == State.TRIAL else _("取消注销")
    return str(MOVES[move][3])


def _url(tenant_id: uuid.UUID) -> str:
    return reverse("ops-tenant", args=[tenant_id])


def _crumbs(tenant: Tenant) -> list[tuple[str, str]]:
    return [(_("单位"), reverse("ops-tenants")), (tenant.name, _url(tenant.pk))]
