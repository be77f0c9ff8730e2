"""用户: who may sign in, with what roles, where."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import selectors, services
from jiceng.access.models import User
from jiceng.access.stepup import require_recent_login
from jiceng.audit.selectors import list_entries
from jiceng.members.selectors import person_of_user, unit_tree
from jiceng.shell.paging import page_of
from jiceng.shell.requests import TenantRequest

from . import accounts
from .submission import form_page, page_url, submitted


class FilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=60, label=gettext_lazy("用户名或姓名"),
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("用户名 / 姓名"), "type": "search"}),
    )  # fmt: skip
    role = forms.ChoiceField(required=False, label=gettext_lazy("角色"))
    state = forms.ChoiceField(
        required=False, label=gettext_lazy("状态"),
        choices=(("", gettext_lazy("全部状态")), ("active", gettext_lazy("正常")), ("disabled", gettext_lazy("已停用"))),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", _("全部角色")), *role_choices()]  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("角色"))
    unit_path = forms.ChoiceField(label=gettext_lazy("范围"), required=False)
    valid_to = forms.DateTimeField(
        label=gettext_lazy("到期（可不填）"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]
        self.fields["unit_path"].choices = scope_choices()  # type: ignore[attr-defined]


def role_choices() -> list[tuple[str, str]]:
    return [(role.code, role.name) for role in accounts.tenant_roles()]


def scope_choices() -> list[tuple[str, str]]:
    """Where a role may apply: everywhere, or a unit with all below it."""
    return [("", _("全单位")), *((node.path, "　" * (node.depth - 1) + node.name) for node in unit_tree())]


def user_list(request: TenantRequest) -> HttpResponse:
    filters = FilterForm(request.GET)
    chosen = filters.cleaned_data if filters.is_valid() else {}
    users = accounts.list_users(
        query=chosen.get("q", "").strip(), role=chosen.get("role", ""), state=chosen.get("state", "")
    )
    page = page_of(users, by=("username",), cursor=request.GET.get("cursor", ""))
    places = accounts.unit_names()
    rows = [(user, _held(user, places)) for user in page.rows]
    return render(
        request, "console/users/list.html", {"filters": filters, "page": page, "rows": rows, "tabs": tabs("user_list")}
    )


def user_detail(request: TenantRequest, user_id: uuid.UUID) -> HttpResponse:
    return _detail_page(request, selectors.get_user(user_id), AssignForm())


def user_disable(request: TenantRequest, user_id: uuid.UUID) -> HttpResponse:
    user = services.disable_user(user_id=user_id, actor=request.actor)
    messages.success(request, _("已停用“%(name)s”，其登录已全部结束。") % {"name": user.display_name})
    return redirect(page_url("user_detail", user_id=user_id))


def user_enable(request: TenantRequest, user_id: uuid.UUID) -> HttpResponse:
    user = services.enable_user(user_id=user_id, actor=request.actor)
    messages.success(request, _("已恢复“%(name)s”。") % {"name": user.display_name})
    return redirect(page_url("user_detail", user_id=user_id))


@require_recent_login
def user_reset_totp(request: TenantRequest, user_id: uuid.UUID) -> HttpResponse:
    """For a lost phone. The service lets nobody do it for themselves: it takes a second administrator."""
    services.reset_factor(user_id=user_id, actor=request.actor)
    messages.success(request, _("已重置动态验证码，对方下次登录时重新绑定。"))
    return redirect(page_url("user_detail", user_id=user_id))


@require_recent_login
def user_password_link(request: TenantRequest, user_id: uuid.UUID) -> HttpResponse:
    """For a forgotten password: a link shown once, so that nobody but its reader learns the new one."""
    link, token = services.create_password_link(user_id=user_id, actor=request.actor)
    url = request.build_absolute_uri(reverse("password-reset", args=[token]))
    return render(request, "console/users/password_link.html", {
        "link": link, "url": url,
        "crumbs": [(_("用户"), page_url("user_list")), (_("重设密码"), "")],
    })  # fmt: skip


def role_assign(request: TenantRequest, user_id: uuid.UUID) -> HttpResponse:
    user = selectors.get_user(user_id)
    form = AssignForm(request.POST)
    given = submitted(
        form,
        lambda clean: services.assign_role(user=user, **clean, actor=request.actor),
    )
    if given is None:
        return _detail_page(request, user, form)
    messages.success(request, _("已授予角色“%(role)s”，对方需要重新登录。") % {"role": given.role.name})
    return redirect(page_url("user_detail", user_id=user_id))


def role_unassign(request: TenantRequest, user_id: uuid.UUID, assignment_id: uuid.UUID) -> HttpResponse:
    services.remove_assignment(assignment_id=assignment_id, actor=request.actor)
    messages.success(request, _("已收回角色，对方需要重新登录。"))
    return redirect(page_url("user_detail", user_id=user_id))


def tabs(active: str) -> list[dict[str, object]]:
    labels = {"user_list": _("用户"), "invite_list": _("邀请")}
    return [{"label": label, "url": page_url(name), "active": name == active} for name, label in labels.items()]


def _held(user: User, places: dict[str, str]) -> list[accounts.HeldRole]:
    return accounts.held_roles(user, places, _("全单位"), _("（已不存在的组织）"))


def _detail_page(request: TenantRequest, user: User, form: AssignForm) -> HttpResponse:
    sessions = selectors.list_sessions(user)
    return form_page(
        request, form, template="console/users/detail.html", user_shown=user, held=_held(user, accounts.unit_names()),
        has_factor=services.has_factor(user), person=person_of_user(user.pk), sessions=sessions,
        last_seen_at=sessions[0].last_seen_at if sessions else None,
        entries=list_entries(target=str(user.pk), limit=8).entries,
        is_self=str(user.pk) == request.actor.id,
        crumbs=[(_("用户"), page_url("user_list")), (user.display_name, "")],
    )  # fmt: skip
