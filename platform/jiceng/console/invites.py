"""邀请: links with which people make their own logins, shown once with a QR code to print."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import selectors, services
from jiceng.access.models import Invite
from jiceng.kernel.clock import now
from jiceng.shell.requests import TenantRequest

from . import accounts
from .submission import form_page, page_url, submitted
from .users import role_choices, scope_choices, tabs

DAY_CHOICES = ((1, gettext_lazy("1 天")), (7, gettext_lazy("7 天")), (30, gettext_lazy("30 天")))
STATE_LABELS = {
    "open": (gettext_lazy("待接受"), "info"), "used": (gettext_lazy("已接受"), "ok"),
    "expired": (gettext_lazy("已过期"), ""), "revoked": (gettext_lazy("已撤销"), "bad"),
}  # fmt: skip
SHOWN_INVITES = 200


class InviteForm(forms.Form):
    display_name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)
    roles = forms.MultipleChoiceField(label=gettext_lazy("接受后拥有的角色"), widget=forms.CheckboxSelectMultiple)
    unit_path = forms.ChoiceField(
        label=gettext_lazy("角色范围"), required=False, help_text=gettext_lazy("所选组织及其全部下级。")
    )
    days = forms.TypedChoiceField(label=gettext_lazy("链接有效期"), choices=DAY_CHOICES, coerce=int, initial=7)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices()  # type: ignore[attr-defined]
        self.fields["unit_path"].choices = scope_choices()  # type: ignore[attr-defined]


def invite_form(request: TenantRequest, initial: dict[str, Any]) -> InviteForm:
    return InviteForm(request.POST if request.method == "POST" else None, initial=initial)


def issue(clean: dict[str, Any], request: TenantRequest, *, reference: str = "") -> tuple[Invite, str]:
    """Make the invitation a valid form describes."""
    return services.create_invite(**clean, reference=reference, actor=request.actor)


def show_issued(request: TenantRequest, invite: Invite, token: str) -> HttpResponse:
    """The only time the link is seen. Not a redirect, since the token is kept nowhere."""
    link = request.build_absolute_uri(reverse("invite", args=[token]))
    return render(request, "console/invites/issued.html", {
        "invite": invite, "link": link, "crumbs": [(_("邀请"), page_url("invite_list")), (invite.display_name, "")],
    })  # fmt: skip


def invite_list(request: TenantRequest) -> HttpResponse:
    at = now()
    names = {role.code: role.name for role in accounts.tenant_roles()}
    places = accounts.unit_names()
    rows = [_row(invite, names, places, at) for invite in selectors.list_invites()[:SHOWN_INVITES]]
    return render(request, "console/invites/list.html", {"rows": rows, "tabs": tabs("invite_list")})


def invite_create(request: TenantRequest) -> HttpResponse:
    form = invite_form(request, initial={"roles": ["member"], "days": 7})
    issued = submitted(form, lambda clean: issue(clean, request))
    if issued is None:
        return form_page(
            request, form, template="console/invites/new.html", title=_("邀请登录"), cancel_url=page_url("invite_list"),
            crumbs=[(_("邀请"), page_url("invite_list")), (_("新邀请"), "")],
        )  # fmt: skip
    return show_issued(request, *issued)


def invite_revoke(request: TenantRequest, invite_id: uuid.UUID) -> HttpResponse:
    invite = services.revoke_invite(invite_id=invite_id, actor=request.actor)
    messages.success(request, _("已撤销给“%(name)s”的邀请，链接立即失效。") % {"name": invite.display_name})
    return redirect(page_url("invite_list"))


def _row(invite: Invite, names: dict[str, str], places: dict[str, str], at: datetime) -> dict[str, Any]:
    state = invite.state_at(at)
    label, tone = STATE_LABELS[state]
    return {
        "invite": invite, "state": state, "label": label, "tone": tone,
        "roles": "、".join(names.get(code, code) for code in invite.roles),
        "place": places.get(invite.unit_path, invite.unit_path) if invite.unit_path else _("全单位"),
    }  # fmt: skip
