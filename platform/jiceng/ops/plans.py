"""套餐: what tenants may have."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel.errors import NotFound
from jiceng.kernel.registry import registry
from jiceng.shell.forms import submitted
from jiceng.shell.requests import PlatformRequest
from tenants.models import Plan, Tenant
from tenants.plans import PlanTerms, save_plan

from .pages import form_page, show

GIB = 1024**3


class PlanForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=60)
    modules = forms.MultipleChoiceField(
        label=gettext_lazy("包含的模块"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("一个都不选表示包含全部模块。"),
    )  # fmt: skip
    trial_days = forms.IntegerField(label=gettext_lazy("试用天数"), min_value=0, max_value=3650, initial=90)
    storage_gib = forms.IntegerField(label=gettext_lazy("存储空间（GB）"), min_value=0, max_value=1024**2, initial=5)
    requests_per_minute = forms.IntegerField(
        label=gettext_lazy("接口每分钟请求数"), min_value=1, max_value=1_000_000, initial=600
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["modules"].choices = [(module.code, str(module.name)) for module in registry.modules]  # type: ignore[attr-defined]

    def terms(self) -> PlanTerms:
        clean = self.cleaned_data
        return PlanTerms(
            name=clean["name"], modules=tuple(clean["modules"]), trial_days=clean["trial_days"],
            storage_bytes=clean["storage_gib"] * GIB, requests_per_minute=clean["requests_per_minute"],
        )  # fmt: skip


class NewPlanForm(PlanForm):
    code = forms.SlugField(
        label=gettext_lazy("代码"), max_length=40, help_text=gettext_lazy("小写字母、数字和横线，之后不能修改。")
    )
    field_order = ("code", "name")


def plan_list(request: PlatformRequest) -> HttpResponse:
    holders = dict(Tenant.objects.order_by().values_list("plan").annotate(Count("id")))
    names = {module.code: str(module.name) for module in registry.modules}
    rows = [
        {
            "plan": plan, "holders": holders.get(plan.pk, 0),
            "modules": "、".join(names.get(code, code) for code in plan.modules) or _("全部模块"),
        }
        for plan in Plan.objects.order_by("code")
    ]  # fmt: skip
    return show(request, "ops/plans.html", rows=rows)


def plan_create(request: PlatformRequest) -> HttpResponse:
    form = NewPlanForm(request.POST if request.method == "POST" else None)
    return _save(request, form, lambda clean: clean["code"], _("新建套餐"), is_new=True)


def plan_edit(request: PlatformRequest, code: str) -> HttpResponse:
    plan = Plan.objects.filter(code=code).first()
    if plan is None:
        raise NotFound
    form = PlanForm(request.POST if request.method == "POST" else None, initial={
        "name": plan.name, "modules": plan.modules, "trial_days": plan.trial_days,
        "storage_gib": plan.storage_bytes // GIB, "requests_per_minute": plan.requests_per_minute,
    })  # fmt: skip
    return _save(request, form, lambda _clean: code, plan.name, is_new=False)


def _save(request: PlatformRequest, form: PlanForm, code_of: Any, title: str, *, is_new: bool) -> HttpResponse:
    saved = submitted(
        form,
        lambda clean: save_plan(code=code_of(clean), terms=form.terms(), actor=request.actor, is_new=is_new),
    )
    if saved is None:
        crumbs = [(_("套餐"), reverse("ops-plans")), (title, "")]
        return form_page(request, form, title=title, cancel_url=reverse("ops-plans"), crumbs=crumbs)
    messages.success(request, _("套餐“%(name)s”已保存，立即生效。") % {"name": saved.name})
    return redirect("ops-plans")
