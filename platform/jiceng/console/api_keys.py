"""API 密钥: made for one program, shown once, changed with an overlap, revoked at once."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import selectors, services
from jiceng.access.models import ApiKey
from jiceng.access.stepup import require_recent_login
from jiceng.kernel.clock import now
from jiceng.kernel.manifest import Manifest
from jiceng.kernel.registry import registry
from jiceng.shell.requests import TenantRequest

from .submission import form_page, page_url, submitted

DAY_CHOICES = (
    (30, gettext_lazy("30 天")), (90, gettext_lazy("90 天")), (180, gettext_lazy("180 天")), (365, gettext_lazy("一年")),
)  # fmt: skip
OVERLAP_CHOICES = (
    (0, gettext_lazy("立即停用")), (1, gettext_lazy("1 小时")), (24, gettext_lazy("24 小时")), (72, gettext_lazy("72 小时")),
)  # fmt: skip
STATE_LABELS = {
    "active": (gettext_lazy("有效"), "ok"), "expired": (gettext_lazy("已过期"), ""),
    "revoked": (gettext_lazy("已撤销"), "bad"),
}  # fmt: skip
SHOWN_KEYS = 200


class KeyForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=60, help_text=gettext_lazy("写明哪个系统使用，例如“门户网站”。")
    )
    days = forms.TypedChoiceField(label=gettext_lazy("有效期"), choices=DAY_CHOICES, coerce=int, initial=180)
    allowed_addresses = forms.CharField(
        label=gettext_lazy("允许的来源地址"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一个 IP 地址或网段；不填表示不限。"),
    )  # fmt: skip
    scopes = forms.MultipleChoiceField(label=gettext_lazy("权限"))

    def __init__(self, *args: Any, modules: frozenset[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.groups = scope_groups(modules)
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]
            (permission.code, permission.label) for _manifest, permissions in self.groups for permission in permissions
        ]

    def order(self) -> dict[str, Any]:
        """The clean data as the service takes it."""
        clean = self.cleaned_data
        return {
            "name": clean["name"], "scopes": clean["scopes"], "expires_at": now() + timedelta(days=clean["days"]),
            "allowed_addresses": [line for line in clean["allowed_addresses"].splitlines() if line.strip()],
        }  # fmt: skip


class RotateForm(forms.Form):
    overlap_hours = forms.TypedChoiceField(
        label=gettext_lazy("旧密钥继续有效"), choices=OVERLAP_CHOICES, coerce=int, initial=services.OVERLAP_HOURS,
        help_text=gettext_lazy("对方在此期间换上新密钥，访问不会中断。怀疑泄露时选“立即停用”。"),
    )  # fmt: skip
    days = forms.TypedChoiceField(label=gettext_lazy("新的有效期"), choices=DAY_CHOICES, coerce=int, initial=180)


def scope_groups(modules: frozenset[str]) -> list[tuple[Manifest, list[Any]]]:
    """What a key can be allowed: the permissions that operations of the API ask for, module by module."""
    groups = []
    for manifest in registry:
        used = {code for route in manifest.api for code in (route.read, route.write, *route.actions.values())}
        permissions = [permission for permission in manifest.permissions if permission.code in used]
        if permissions and manifest.code in modules:
            groups.append((manifest, permissions))
    return groups


def key_list(request: TenantRequest) -> HttpResponse:
    at = now()
    rows = []
    for key in selectors.list_keys()[:SHOWN_KEYS]:
        state = key.state_at(at)
        label, tone = STATE_LABELS[state]
        rows.append({
            "key": key, "state": state, "label": label, "tone": tone, "scopes": _scope_labels(key.scopes),
            "has_previous": state == "active" and key.has_previous_at(at),
        })  # fmt: skip
    return render(request, "console/api_keys/list.html", {"rows": rows})


@require_recent_login
def key_create(request: TenantRequest) -> HttpResponse:
    modules = request.tenant.modules
    form = KeyForm(request.POST if request.method == "POST" else None, modules=modules)
    made = submitted(form, lambda _clean: services.create_key(**form.order(), actor=request.actor))
    crumbs = [(_("API 密钥"), page_url("key_list")), (_("新建密钥"), "")]
    if made is None:
        ticked = set(request.POST.getlist("scopes"))
        return form_page(request, form, template="console/api_keys/new.html", ticked=ticked, crumbs=crumbs)
    return _issued(request, *made, crumbs)


@require_recent_login
def key_rotate(request: TenantRequest, key_id: uuid.UUID) -> HttpResponse:
    key = selectors.get_key(key_id)
    form = RotateForm(request.POST if request.method == "POST" else None)
    made = submitted(
        form,
        lambda clean: services.rotate_key(
            key_id=key_id, overlap_hours=clean["overlap_hours"], expires_at=now() + timedelta(days=clean["days"]), actor=request.actor
        ),
    )  # fmt: skip
    crumbs = [(_("API 密钥"), page_url("key_list")), (_("更换密钥"), "")]
    if made is None:
        return form_page(
            request, form, title=_("更换密钥“%(name)s”") % {"name": key.name}, action=_("更换"), crumbs=crumbs,
            note=_("权限和来源限制不变，新密钥只显示一次。"), cancel_url=page_url("key_list"),
        )  # fmt: skip
    return _issued(request, *made, crumbs)


def key_end_overlap(request: TenantRequest, key_id: uuid.UUID) -> HttpResponse:
    key = services.end_overlap(key_id=key_id, actor=request.actor)
    messages.success(request, _("“%(name)s”的旧密钥已停用。") % {"name": key.name})
    return redirect(page_url("key_list"))


def key_revoke(request: TenantRequest, key_id: uuid.UUID) -> HttpResponse:
    key = services.revoke_key(key_id=key_id, actor=request.actor)
    messages.success(request, _("密钥“%(name)s”已撤销，立即失效。") % {"name": key.name})
    return redirect(page_url("key_list"))


def _issued(request: TenantRequest, key: ApiKey, token: str, crumbs: list[tuple[str, str]]) -> HttpResponse:
    return render(request, "console/api_keys/issued.html", {
        "key": key, "token": token, "scopes": _scope_labels(key.scopes), "crumbs": crumbs,
        "example": f"curl -H 'Authorization: Bearer {token}' {request.build_absolute_uri(_example_path(key.scopes))}",
    })  # fmt: skip


def _example_path(scopes: list[str]) -> str:
    """A collection that a key with these scopes may read."""
    for manifest in registry:
        for route in manifest.api:
            if route.read in scopes:
                return f"/api/v1/{manifest.code}/{route.prefix}"
    return "/api/v1/modules"


def _scope_labels(scopes: list[str]) -> list[str]:
    return [str(registry.permissions[code].label) if code in registry.permissions else code for code in scopes]
