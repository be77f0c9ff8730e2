"""模块管理: the catalogue, one module with its reasons, the switch."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.shell.requests import TenantRequest
from tenants import modules as switchboard

from . import catalogue
from .submission import page_url


class SwitchForm(forms.Form):
    """``on``: the wished state. ``cascade``: also switch what has to follow."""

    on = forms.TypedChoiceField(choices=(("1", "on"), ("0", "off")), coerce=lambda value: value == "1")
    cascade = forms.BooleanField(required=False)


def module_list(request: TenantRequest) -> HttpResponse:
    grouping = catalogue.known_grouping(request.GET.get("group", ""))
    groups = catalogue.grouped(request.tenant.id, grouping)
    tabs = [
        {"label": label, "url": f"?group={code}", "active": code == grouping}
        for code, label in catalogue.GROUPINGS.items()
    ]
    return render(request, "console/modules/list.html", {"groups": groups, "tabs": tabs, "grouping": grouping})


def module_detail(request: TenantRequest, code: str) -> HttpResponse:
    return render(request, "console/modules/detail.html", {
        "module": catalogue.describe(request.tenant.id, code),
        "crumbs": [(_("模块管理"), page_url("module_list")), (catalogue.name_of(code), "")],
    })  # fmt: skip


def module_switch(request: TenantRequest, code: str) -> HttpResponse:
    """GET asks for confirmation, POST switches; a POST that would pull others along is sent to the question first."""
    form = SwitchForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        return redirect(page_url("module_detail", code=code))
    is_on, cascade = form.cleaned_data["on"], form.cleaned_data["cascade"]
    followers = switchboard.followers(request.tenant.id, code, is_on=is_on)
    if request.method == "POST" and (cascade or not followers):
        state = switchboard.set_module(
            tenant_id=request.tenant.id,
            code=code,
            is_on=is_on,
            actor=request.actor,
            cascade=cascade,
        )
        told = _("已开启“%(name)s”。") if state.enabled else _("已关闭“%(name)s”，数据仍然保留。")
        messages.success(request, told % {"name": catalogue.name_of(code)})
        return redirect(_back(request))
    if request.method == "POST":
        return redirect(f"{page_url('module_switch', code=code)}?on={int(is_on)}")
    return _question(request, code, is_on, followers)


def _question(request: TenantRequest, code: str, is_on: bool, followers: tuple[str, ...]) -> HttpResponse:
    name = catalogue.name_of(code)
    title = _("开启“%(name)s”") if is_on else _("关闭“%(name)s”")
    consequence = _("“%(name)s”也会一并开启。") if is_on else _("“%(name)s”依赖它，也会一并关闭，数据保留。")
    confirm = SwitchForm(initial={"on": "1" if is_on else "0", "cascade": bool(followers)})
    for field in confirm.fields.values():
        field.widget = forms.HiddenInput()
    return render(request, "jiceng/console/confirm.html", {
        "title": title % {"name": name}, "question": catalogue.question(code, is_on),
        "consequences": [consequence % {"name": catalogue.name_of(other)} for other in followers],
        "action": _("确认开启") if is_on else _("确认关闭"), "form": confirm, "cancel_url": page_url("module_list"),
    })  # fmt: skip


def _back(request: TenantRequest) -> str:
    grouping = catalogue.known_grouping(request.GET.get("group", ""))
    return f"{page_url('module_list')}?group={grouping}"
