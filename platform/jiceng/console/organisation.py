"""单位设置: the profile, and own domains with their proof."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.shell.requests import TenantRequest
from tenants import domains
from tenants.profile import NAME_LENGTH, THEMES, ZONES, update_profile

from .submission import form_page, page_url, submitted


class ProfileForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("单位名称"), max_length=NAME_LENGTH)
    theme = forms.ChoiceField(
        label=gettext_lazy("主题颜色"), choices=list(THEMES.items()), widget=forms.RadioSelect,
        help_text=gettext_lazy("手机页面和管理后台共用，已检查对比度。"),
    )  # fmt: skip
    zone = forms.ChoiceField(label=gettext_lazy("时区"), choices=list(ZONES.items()))


class DomainForm(forms.Form):
    domain = forms.CharField(
        label=gettext_lazy("域名"), max_length=253,
        widget=forms.TextInput(attrs={"placeholder": "dj.example.gov.cn", "autocomplete": "off", "spellcheck": "false"}),
    )  # fmt: skip


def organisation_edit(request: TenantRequest) -> HttpResponse:
    tenant = request.tenant
    initial = {field: getattr(tenant, field) for field in ProfileForm.base_fields}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    saved = submitted(
        form,
        lambda clean: update_profile(tenant_id=tenant.id, actor=request.actor, **clean),
    )
    if saved is None:
        return form_page(request, form, template="console/organisation.html", tabs=_tabs("organisation_edit"))
    messages.success(request, _("单位设置已保存，立即生效。"))
    return redirect(page_url("organisation_edit"))


def domain_list(request: TenantRequest) -> HttpResponse:
    tenant = request.tenant
    form = DomainForm(request.POST if request.method == "POST" else None)
    added = submitted(
        form,
        lambda clean: domains.add_domain(tenant_id=tenant.id, name=clean["domain"], actor=request.actor),
    )
    if added is None:
        rows = [(domain, *domains.challenge_record(domain)) for domain in domains.list_domains(tenant.id)]
        return form_page(request, form, template="console/domains.html", rows=rows, tabs=_tabs("domain_list"))
    messages.info(request, _("已添加 %(domain)s，请按下面的说明添加 DNS 记录后验证。") % {"domain": added.domain})
    return redirect(page_url("domain_list"))


def domain_verify(request: TenantRequest, domain_id: int) -> HttpResponse:
    try:
        domain = domains.verify_domain(
            tenant_id=request.tenant.id,
            domain_id=domain_id,
            actor=request.actor,
        )
    except domains.DomainNotProved as error:  # an expected answer, shown beside the record to create
        messages.warning(request, error.detail)
    else:
        messages.success(request, _("%(domain)s 验证成功，已经可以访问。") % {"domain": domain.domain})
    return redirect(page_url("domain_list"))


def domain_remove(request: TenantRequest, domain_id: int) -> HttpResponse:
    domains.remove_domain(tenant_id=request.tenant.id, domain_id=domain_id, actor=request.actor)
    messages.success(request, _("域名已移除。"))
    return redirect(page_url("domain_list"))


def _tabs(active: str) -> list[dict[str, object]]:
    labels = {"organisation_edit": _("基本信息"), "domain_list": _("域名")}
    return [{"label": label, "url": page_url(name), "active": name == active} for name, label in labels.items()]
