"""微信 on the phone: saying who one is, what is bound, and the talk with the staff."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from jiceng.access import signin
from jiceng.access.models import User
from jiceng.kernel import clock
from jiceng.kernel.addresses import own_url
from jiceng.kernel.errors import NotFound
from jiceng.shell.forms import show_refusal, status_of, submitted
from jiceng.shell.mounting import page_name
from jiceng.shell.requests import TenantRequest
from jiceng.wechat import selectors
from jiceng.wechat.doors import login
from jiceng.wechat.services import binding, conversations, signing_in, unbinding
from jiceng.wechat.services import script as scripts


class WhoForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("姓名"), max_length=50, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    phone_tail = forms.CharField(
        label=gettext_lazy("手机号后四位"), max_length=4, min_length=4,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "pattern": "[0-9]{4}", "autocomplete": "off"}),
        help_text=gettext_lazy("以单位名册登记的手机号为准。"),
    )  # fmt: skip


class AskForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("继续留言"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}))


@never_cache
def bind(request: TenantRequest) -> HttpResponse:
    """Whoever came by a QR code says who they are. Wrong answers are counted, so refusals are shown, not raised."""
    visitor = login.visitor(request)
    if visitor is None:
        return _to_wechat(request)
    if visitor.person is not None:
        return _enter(request, visitor.pk)
    form = WhoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        person, refusal = binding.confirm(identity_id=visitor.pk, at=clock.now(), **form.cleaned_data)
        if person is not None:
            messages.success(request, _("绑定成功，%(name)s，欢迎您。") % {"name": person.name})
            return _enter(request, visitor.pk)
        if refusal is not None:
            show_refusal(form, refusal)  # type: ignore[arg-type]
    context = {"form": form, "code": binding.open_code(visitor.pk), "back_url": reverse("h5-home")}
    return render(request, "h5/wechat/bind.html", context, status=status_of(form))


@never_cache
def mine(request: TenantRequest) -> HttpResponse:
    """What of WeChat is bound to this login."""
    rows = selectors.identities_of_user(_user(request))
    return render(request, "h5/wechat/mine.html", {"rows": rows, "back_url": reverse("h5-mine")})


def unbind(request: TenantRequest, identity_id: uuid.UUID) -> HttpResponse:
    unbinding.unbind_own(identity_id=identity_id, actor=request.actor, at=clock.now())
    request.session.pop(login.VISITOR, None)
    messages.success(request, _("已解除微信绑定。再次扫描支部二维码可以重新绑定。"))
    return redirect(_url("mine"))


@never_cache
def talk(request: TenantRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """One's own conversation with the staff: readable when WeChat's window is long closed, and to be continued here."""
    conversation = selectors.own_conversation(conversation_id, user=_user(request))
    form = AskForm(request.POST if request.method == "POST" else None)
    said = submitted(
        form,
        lambda clean: conversations.hear(
            identity=conversation.identity, facts={"MsgType": "text", "Content": clean["text"]}, at=clock.now()
        ),
    )
    if said is not None:
        return redirect(_url("talk", conversation_id=said.pk))
    context = {
        "conversation": conversation, "remarks": conversation.remarks.select_related("author"), "form": form,
        "back_url": reverse("h5-home"),
    }  # fmt: skip
    return render(request, "h5/wechat/talk.html", context, status=status_of(form))


def script(request: TenantRequest) -> HttpResponse:
    """``?path=``: sign this page of the tenant's for WeChat's script, as JSON for ``wx.config``."""
    account = signing_in.account_for_login(is_wecom=login.is_in_wecom(request))
    path = signin.safe_next(request, request.GET.get("path", ""))
    if account is None or not path:
        raise NotFound
    signed = scripts.sign(account, url=own_url(path))
    facts = {"appId": signed.appid, "timestamp": signed.timestamp, "nonceStr": signed.nonce, "signature": signed.signature}
    return JsonResponse(facts, headers={"Cache-Control": "no-store"})


def _to_wechat(request: TenantRequest) -> HttpResponse:
    if signing_in.account_for_login(is_wecom=login.is_in_wecom(request)) is None or not login.is_in_wechat(request):
        return render(request, "h5/wechat/only_inside.html", {"back_url": reverse("h5-home")})
    return redirect(f"{reverse('wechat-login')}?next={login.BIND}")


def _enter(request: TenantRequest, identity_id: uuid.UUID) -> HttpResponse:
    user = signing_in.user_of(identity_id, at=clock.now())
    if user is None:
        return render(request, "h5/wechat/only_inside.html", {"back_url": reverse("h5-home")})
    if request.actor.user is not None and request.actor.user.pk == user.pk:
        return redirect(reverse("h5-home"))
    response = signin.proceed(request, user, reverse("h5-home"))
    request.session[login.VISITOR] = str(identity_id)
    return response


def _user(request: TenantRequest) -> User:
    assert request.actor.user is not None  # noqa: S101 -- the gate lets only people with a login through
    return request.actor.user


def _url(name: str, **kwargs: Any) -> str:
    return reverse(page_name("h5", "wechat", name), kwargs=kwargs)
