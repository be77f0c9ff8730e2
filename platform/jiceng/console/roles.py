"""角色与权限: what each role may do, against what the modules say by default."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy, services
from jiceng.access.builtin import ADMINISTRATOR, OPERATOR, default_permissions
from jiceng.access.errors import RoleUnknown
from jiceng.access.models import Role
from jiceng.kernel.registry import registry
from jiceng.shell.requests import TenantRequest

from . import accounts
from .manifest import ROLES
from .submission import form_page, page_url, submitted


class RoleForm(forms.Form):
    """``permissions``: exactly what the role is to give."""

    name = forms.CharField(label=gettext_lazy("角色名称"), max_length=40)
    permissions = forms.MultipleChoiceField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [(code, code) for code in registry.permissions]  # type: ignore[attr-defined]


def role_list(request: TenantRequest) -> HttpResponse:
    roles = list(accounts.tenant_roles())
    groups = accounts.matrix(roles)
    return render(request, "console/roles/list.html", {
        "summaries": accounts.role_summaries(roles, groups), "groups": groups, "roles": roles,
    })  # fmt: skip


def role_create(request: TenantRequest) -> HttpResponse:
    form = RoleForm(request.POST if request.method == "POST" else None)
    role = submitted(form, lambda clean: services.create_role(**clean, actor=request.actor))
    if role is None:
        return _editor(request, form, None)
    messages.success(request, _("已新建角色“%(name)s”。") % {"name": role.name})
    return redirect(page_url("role_list"))


def role_edit(request: TenantRequest, code: str) -> HttpResponse:
    role = _role(code)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None:
        if role.is_builtin:
            data["name"] = role.name
        if "reset" in data:
            data.setlist("permissions", sorted(default_permissions(role.code)))
    form = RoleForm(data, initial={"name": role.name})
    saved = submitted(
        form,
        lambda clean: services.set_role_permissions(role=code, **clean, actor=request.actor),
    )
    if saved is None:
        return _editor(request, form, role)
    messages.success(request, _("角色“%(name)s”已保存，立即生效。") % {"name": saved.name})
    return redirect(page_url("role_edit", code=code))


def role_remove(request: TenantRequest, code: str) -> HttpResponse:
    services.delete_role(role=code, actor=request.actor)
    messages.success(request, _("角色已删除。"))
    return redirect(page_url("role_list"))


def _role(code: str) -> Role:
    role = accounts.tenant_roles().filter(code=code).first()
    if role is None or code == OPERATOR:
        raise RoleUnknown
    return role


def _editor(request: TenantRequest, form: RoleForm, role: Role | None) -> HttpResponse:
    return form_page(
        request, form, template="console/roles/edit.html", role=role, groups=accounts.permission_groups(role),
        ticked=set(request.POST.getlist("permissions")) if form.is_bound else None,
        is_fixed=role is not None and role.code == ADMINISTRATOR,
        may_edit=policy.may(request.actor, ROLES),
        crumbs=[(_("角色与权限"), page_url("role_list")), (role.name if role else _("新建角色"), "")],
    )  # fmt: skip
