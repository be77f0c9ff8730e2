"""运营人员: who runs the platform. New ones come by invitation, and bind an authenticator when they first sign in."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import selectors, services
from jiceng.access.builtin import OPERATOR
from jiceng.access.stepup import require_recent_login
from jiceng.kernel.clock import now
from jiceng.shell.forms import submitted
from jiceng.shell.requests import PlatformRequest

from .pages import form_page, show

SHOWN_INVITES = 50


class InviteForm(forms.Form):
    display_name = forms.CharField(label=gettext_lazy("姓名"), max_length=50)


def operator_list(request: PlatformRequest) -> HttpResponse:
    at = now()
    people = selectors.list_users().select_related("totp").annotate(last_seen_at=Max("sessions__last_seen_at"))
    invites = [invite for invite in selectors.list_invites()[:SHOWN_INVITES] if invite.state_at(at) == "open"]
    return show(
        request,
        "ops/operators.html",
        people=people,
        invites=invites,
        own_id=request.actor.id,
    )


@require_recent_login
def operator_invite(request: PlatformRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    issued = submitted(
        form,
        lambda clean: services.create_invite(**clean, roles=[OPERATOR], actor=request.actor, days=1),
    )
    crumbs = [(_("运营人员"), reverse("ops-operators")), (_("邀请"), "")]
    if issued is None:
        return form_page(
            request, form, title=_("邀请运营人员"), note=_("链接一天内有效，只能使用一次。"), action=_("生成邀请链接"),
            cancel_url=reverse("ops-operators"), crumbs=crumbs,
        )  # fmt: skip
    invite, token = issued
    link = request.build_absolute_uri(reverse("invite", args=[token]))
    return show(request, "ops/invited.html", invite=invite, link=link, crumbs=crumbs)


def invite_revoke(request: PlatformRequest, invite_id: uuid.UUID) -> HttpResponse:
    services.revoke_invite(invite_id=invite_id, actor=request.actor)
    messages.success(request, _("邀请已撤销。"))
    return redirect("ops-operators")


@require_recent_login
def operator_disable(request: PlatformRequest, user_id: uuid.UUID) -> HttpResponse:
    user = services.disable_user(user_id=user_id, actor=request.actor)
    messages.success(request, _("已停用“%(name)s”。") % {"name": user.display_name})
    return redirect("ops-operators")


def operator_enable(request: PlatformRequest, user_id: uuid.UUID) -> HttpResponse:
    user = services.enable_user(user_id=user_id, actor=request.actor)
    messages.success(request, _("已恢复“%(name)s”。") % {"name": user.display_name})
    return redirect("ops-operators")


@require_recent_login
def operator_reset_totp(request: PlatformRequest, user_id: uuid.UUID) -> HttpResponse:
    services.reset_factor(user_id=user_id, actor=request.actor)
    messages.success(request, _("已重置动态验证码，对方下次登录时重新绑定。"))
    return redirect("ops-operators")
