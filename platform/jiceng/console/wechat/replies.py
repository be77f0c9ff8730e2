"""自动回复: what an account answers by itself."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.shell.requests import TenantRequest
from jiceng.wechat import selectors
from jiceng.wechat.models import ReplyRule, ReplyTrigger
from jiceng.wechat.services import rules as services

from ..submission import form_page, page_url, submitted
from .menus import page_choices


class RuleForm(forms.Form):
    trigger = forms.ChoiceField(label=gettext_lazy("什么时候"), choices=ReplyTrigger.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label=gettext_lazy("关键词"), required=False, max_length=700, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("每行一个。“点击菜单”填菜单里设的关键字。"),
    )  # fmt: skip
    is_exact = forms.BooleanField(
        label=gettext_lazy("要完全一样"), required=False, help_text=gettext_lazy("不勾选时，消息里包含关键词就回复。")
    )
    text = forms.CharField(label=gettext_lazy("回复内容"), max_length=600, widget=forms.Textarea(attrs={"rows": 4}))
    title = forms.CharField(
        label=gettext_lazy("标题"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("带链接时显示成一张图文卡片。"),
    )
    url = forms.CharField(
        label=gettext_lazy("链接"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"list": "wx-pages"}),
        help_text=gettext_lazy("本平台的页面，如 /news/；或 https:// 开头的网址。"),
    )
    account = forms.ChoiceField(label=gettext_lazy("用于"), required=False)
    position = forms.IntegerField(
        label=gettext_lazy("顺序"), min_value=1, max_value=9999, initial=100, help_text=gettext_lazy("小的先匹配。")
    )
    is_on = forms.BooleanField(label=gettext_lazy("启用"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("所有账号")), *((str(row.pk), row.name) for row in selectors.list_accounts())]
        self.fields["account"].choices = choices  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {**data, "words": data["words"].splitlines(), "account": data["account"] or None}


def rule_list(request: TenantRequest) -> HttpResponse:
    """All rules, in the order in which they are tried."""
    rules = list(selectors.list_rules())
    groups = [(label, [row for row in rules if row.trigger == trigger]) for trigger, label in ReplyTrigger.choices]
    return render(request, "console/wechat/replies.html", {"groups": [group for group in groups if group[1]]})


def new(request: TenantRequest) -> HttpResponse:
    form = RuleForm(request.POST if request.method == "POST" else None, initial={"trigger": ReplyTrigger.KEYWORD})
    made = submitted(form, lambda _clean: services.save_rule(values=form.values(), actor=request.actor))
    if made is not None:
        return _saved(request)
    return _form(request, form, title=_("新建自动回复"), crumbs=_crumbs(_("新建")))


def edit(request: TenantRequest, rule_id: uuid.UUID) -> HttpResponse:
    rule = selectors.get_rule(rule_id)
    form = RuleForm(request.POST if request.method == "POST" else None, initial=_initial(rule))
    saved = submitted(
        form,
        lambda clean: services.save_rule(
            rule_id=rule_id, version=clean["version"], values=form.values(), actor=request.actor
        ),
    )
    if saved is not None:
        return _saved(request)
    crumbs = _crumbs(rule.get_trigger_display())
    return _form(request, form, rule=rule, title=_("修改自动回复"), crumbs=crumbs)


def remove(request: TenantRequest, rule_id: uuid.UUID) -> HttpResponse:
    services.remove_rule(rule_id=rule_id, actor=request.actor)
    messages.success(request, _("已删除。"))
    return redirect(page_url("replies", "wechat"))


def _form(request: TenantRequest, form: RuleForm, **context: Any) -> HttpResponse:
    return form_page(
        request, form, template="console/wechat/reply.html", pages=page_choices(request),
        cancel_url=page_url("replies", "wechat"), **context,
    )  # fmt: skip


def _initial(rule: ReplyRule) -> dict[str, Any]:
    names = ("trigger", "is_exact", "title", "text", "url", "position", "is_on", "version")
    own = {name: getattr(rule, name) for name in names}
    return {**own, "words": "\n".join(rule.words), "account": str(rule.account_id or "")}  # type: ignore[attr-defined]


def _saved(request: TenantRequest) -> HttpResponse:
    messages.success(request, _("自动回复已保存，马上生效。"))
    return redirect(page_url("replies", "wechat"))


def _crumbs(last: str) -> list[tuple[str, str]]:
    return [(_("自动回复"), page_url("replies", "wechat")), (last, "")]
