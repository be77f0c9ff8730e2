"""微信账号: connecting them, looking after them, letting them go."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel import clock, inbound
from jiceng.kernel.addresses import own_url
from jiceng.shell.requests import TenantRequest
from jiceng.wechat import selectors
from jiceng.wechat.models import Account, AccountKind, CryptMode
from jiceng.wechat.services import accounts as services
from jiceng.wechat.services import authorizing, checking, files
from jiceng.wechat.services.accounts import CallbackFacts

from ..submission import form_page, page_url, submitted

PROOF_BYTES = 200
KINDS = {"oa": AccountKind.OFFICIAL, "wecom": AccountKind.WECOM}


class OfficialForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=40, help_text=gettext_lazy("成员看到的公众号名称。"))
    appid = forms.CharField(
        label="AppID", max_length=40, help_text=gettext_lazy("公众号后台“设置与开发 → 基本配置”，以 wx 开头。")
    )
    secret = forms.CharField(
        label="AppSecret", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("同一页“重置”后复制。加密保存，之后不再显示。"),
    )  # fmt: skip
    original_id = forms.CharField(
        label=gettext_lazy("原始 ID"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("“公众号设置”里以 gh_ 开头，可以不填。"),
    )
    crypt_mode = forms.ChoiceField(
        label=gettext_lazy("消息加解密方式"),
        choices=CryptMode.choices,
        initial=CryptMode.SECURE,
        help_text=gettext_lazy("建议用安全模式。"),
    )
    is_service = forms.BooleanField(label=gettext_lazy("是服务号"), required=False, initial=True)
    is_verified = forms.BooleanField(
        label=gettext_lazy("已经微信认证"),
        required=False,
        initial=True,
        help_text=gettext_lazy("没有认证的公众号不能发模板消息和客服消息。"),
    )


class CorporateForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("名称"), max_length=40)
    appid = forms.CharField(
        label=gettext_lazy("企业 ID"),
        max_length=40,
        help_text=gettext_lazy("企业微信后台“我的企业”最下方，以 ww 开头。"),
    )
    agent_id = forms.CharField(label="AgentId", max_length=12, help_text=gettext_lazy("“应用管理”里自建应用的页面上。"))
    secret = forms.CharField(
        label="Secret", max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("同一页查看后复制。加密保存，之后不再显示。"),
    )  # fmt: skip


class FileForm(forms.Form):
    """The file itself, or its name and its one line."""

    upload = forms.FileField(
        label=gettext_lazy("校验文件"), required=False, widget=forms.FileInput(attrs={"accept": ".txt"}),
        help_text=gettext_lazy("直接选微信后台下载的 .txt 文件。手边没有文件就填下面两项。"),
    )  # fmt: skip
    name = forms.CharField(
        label=gettext_lazy("文件名"), max_length=60, required=False,
        help_text=gettext_lazy("例如 MP_verify_AbCdEfGh.txt"),
    )  # fmt: skip
    content = forms.CharField(
        label=gettext_lazy("文件内容"), max_length=100, required=False,
        help_text=gettext_lazy("用记事本打开，复制里面的一行文字。"),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """An uploaded file fills name and content; what they may be is the service's to say."""
        data: dict[str, Any] = self.cleaned_data
        if upload := data.pop("upload", None):
            line = upload.read(PROOF_BYTES).decode("utf-8-sig", errors="replace")
            data |= {"name": upload.name, "content": line}
        return {"name": data.get("name", ""), "content": data.get("content", "")}


def account_list(request: TenantRequest) -> HttpResponse:
    """All accounts in use, and what keeps any of them from sending."""
    rows = [(row, _missing(row.check_result)) for row in selectors.list_accounts()]
    paused = selectors.lanes_waiting(clock.now())
    return render(request, "console/wechat/accounts.html", {"rows": rows, "paused": paused})


def connect(request: TenantRequest) -> HttpResponse:
    """``?kind=``: ``oa`` or ``wecom``; without it the choice. Answers with the callback's secrets, once."""
    kind = KINDS.get(request.GET.get("kind", ""))
    if kind is None:
        context = {"is_authorizing_offered": authorizing.is_offered(), "crumbs": _crumbs(_("接入账号"))}
        return render(request, "console/wechat/connect.html", context)
    form = _form(kind)(request.POST if request.method == "POST" else None)
    made = submitted(form, lambda clean: services.connect(kind=kind, values=clean, actor=request.actor, at=clock.now()))
    if made is not None:
        return _callback_page(request, *made, is_new=True)
    title = _("接入企业微信应用") if kind == AccountKind.WECOM else _("接入公众号")
    note = _("先在微信后台找到下面几项，复制到这里。")
    return form_page(
        request,
        form,
        title=title,
        note=note,
        action=_("下一步"),
        cancel_url=page_url("connect", "wechat"),
        crumbs=_crumbs(title),
    )


def authorize(request: TenantRequest) -> HttpResponse:
    """To WeChat's page on which the account's administrator scans."""
    return redirect(authorizing.authorize_page(own_url(page_url("authorized", "wechat"))))


def authorized(request: TenantRequest) -> HttpResponse:
    """Back from there with ``?auth_code=``."""
    account = authorizing.finish(code=request.GET.get("auth_code", "")[:512], actor=request.actor, at=clock.now())
    messages.success(request, _("“%(name)s”已授权接入。") % {"name": account.name})
    return redirect(page_url("account", "wechat", account_id=account.pk))


def account(request: TenantRequest, account_id: uuid.UUID) -> HttpResponse:
    found = selectors.get_account(account_id)
    context = {"account": found, "callback_url": services.callback_url(found), "crumbs": _crumbs(found.name)}
    return render(request, "console/wechat/account.html", context)


def edit(request: TenantRequest, account_id: uuid.UUID) -> HttpResponse:
    """Everything but the id; an empty secret keeps the one there is."""
    found = selectors.get_account(account_id)
    form = _edit_form(request, found)
    saved = submitted(
        form,
        lambda clean: services.change(
            account_id=account_id, values=clean, version=clean["version"], actor=request.actor
        ),
    )
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(page_url("account", "wechat", account_id=account_id))
    cancel = page_url("account", "wechat", account_id=account_id)
    return form_page(
        request,
        form,
        title=_("修改“%(name)s”") % {"name": found.name},
        cancel_url=cancel,
        crumbs=_crumbs(found.name, cancel),
    )


def check(request: TenantRequest, account_id: uuid.UUID) -> HttpResponse:
    rows = checking.check(account_id=account_id, actor=request.actor, at=clock.now())
    if missing := _missing(rows):
        messages.warning(request, _("有 %(count)d 项需要处理，见下面的说明。") % {"count": missing})
    else:
        messages.success(request, _("全部正常。"))
    return redirect(page_url("account", "wechat", account_id=account_id))


def callback(request: TenantRequest, account_id: uuid.UUID) -> HttpResponse:
    """New secrets for the callback, shown once."""
    facts = services.renew_callback(account_id=account_id, actor=request.actor, at=clock.now())
    return _callback_page(request, selectors.get_account(account_id), facts, is_new=False)


def disable(request: TenantRequest, account_id: uuid.UUID) -> HttpResponse:
    services.disable(account_id=account_id, actor=request.actor)
    messages.success(request, _("账号已停用，密钥已删除。"))
    return redirect(page_url("accounts", "wechat"))


def proof_files(request: TenantRequest) -> HttpResponse:
    """The files that show WeChat whose the hosts are."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    done = submitted(form, lambda clean: files.publish(**clean, actor=request.actor) or True)
    if done:
        messages.success(request, _("已上传，现在可以回微信后台点“保存”。"))
        return redirect(page_url("files", "wechat"))
    return form_page(
        request,
        form,
        template="console/wechat/files.html",
        rows=inbound.published_files(),
        crumbs=_crumbs(_("域名校验文件")),
    )


def remove_file(request: TenantRequest) -> HttpResponse:
    files.withdraw(name=request.POST.get("name", "")[:60], actor=request.actor)
    messages.success(request, _("已删除。"))
    return redirect(page_url("files", "wechat"))


def _missing(rows: list[dict[str, str]]) -> int:
    return sum(row["state"] != checking.OK for row in rows)


def _form(kind: str) -> type[forms.Form]:
    return CorporateForm if kind == AccountKind.WECOM else OfficialForm


def _edit_form(request: TenantRequest, found: Account) -> forms.Form:
    initial = {name: getattr(found, name) for name in (*services.CHANGEABLE, "version")}
    form = _form(found.kind)(request.POST if request.method == "POST" else None, initial=initial)
    for fixed in ("appid", "agent_id"):
        form.fields.pop(fixed, None)
    if found.kind == AccountKind.AUTHORIZED:
        form.fields.pop("secret")
    else:
        form.fields["secret"].required = False
        form.fields["secret"].help_text = _("不修改就留空。")
    form.fields["is_for_login"] = forms.BooleanField(
        label=_("用它登录"), required=False, help_text=_("成员在微信里打开页面时用这个账号识别身份。")
    )
    form.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
    return form


def _callback_page(request: TenantRequest, found: Account, facts: CallbackFacts, *, is_new: bool) -> HttpResponse:
    context: dict[str, Any] = {
        "account": found, "facts": facts, "is_new": is_new, "egress": settings.WECHAT_EGRESS_ADDRESSES,
        "domains": checking.domains(), "own_domain": own_url("").split("://")[1], "crumbs": _crumbs(found.name),
    }  # fmt: skip
    response = render(request, "console/wechat/callback.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _crumbs(last: str, url: str = "") -> list[tuple[str, str]]:
    return [(_("微信账号"), page_url("accounts", "wechat")), (last, url)]
