"""开通申请: the queue, one request with its contact, the decision."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.shell.forms import submitted
from jiceng.shell.paging import page_of
from jiceng.shell.requests import PlatformRequest
from tenants import signup as service
from tenants.models import SignupRequest, SignupState

from .pages import form_page, show


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("不通过的原因"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("申请人会在进度页看到。"),
    )  # fmt: skip


def signup_list(request: PlatformRequest) -> HttpResponse:
    wanted = request.GET.get("state", SignupState.WAITING)
    state = wanted if wanted in SignupState.values else SignupState.WAITING
    page = page_of(SignupRequest.objects.filter(state=state), by=("id",), cursor=request.GET.get("cursor", ""))
    tabs = [
        {"label": label, "url": f"?state={value}", "active": value == state} for value, label in SignupState.choices
    ]
    return show(request, "ops/signups.html", page=page, tabs=tabs)


def signup_detail(request: PlatformRequest, signup_id: uuid.UUID) -> HttpResponse:
    return _detail(request, _signup(signup_id), RefuseForm())


def signup_approve(request: PlatformRequest, signup_id: uuid.UUID) -> HttpResponse:
    signup = service.decide(signup_id=signup_id, approve=True, reason="", actor=request.actor)
    told = _("已通过，“%(name)s”已开通。") if signup.state == SignupState.READY else _("已通过，“%(name)s”正在开通。")
    messages.success(request, told % {"name": signup.organisation})
    return redirect("ops-signups")


def signup_refuse(request: PlatformRequest, signup_id: uuid.UUID) -> HttpResponse:
    form = RefuseForm(request.POST)
    refused = submitted(
        form,
        lambda clean: service.decide(signup_id=signup_id, approve=False, actor=request.actor, **clean),
    )
    if refused is None:
        return _detail(request, _signup(signup_id), form)
    messages.success(request, _("已退回“%(name)s”的申请。") % {"name": refused.organisation})
    return redirect("ops-signups")


def _signup(signup_id: uuid.UUID) -> SignupRequest:
    signup = SignupRequest.objects.select_related("tenant").filter(pk=signup_id).first()
    if signup is None:
        raise service.SignupUnknown
    return signup


def _detail(request: PlatformRequest, signup: SignupRequest, form: RefuseForm) -> HttpResponse:
    phone, email = service.contact_of(signup)
    crumbs = [(_("开通申请"), reverse("ops-signups")), (signup.organisation, "")]
    return form_page(request, form, "ops/signup.html", signup=signup, phone=phone, email=email, crumbs=crumbs)
