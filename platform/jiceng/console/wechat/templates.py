"""消息模板: which template of an account carries which notices."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel.registry import registry
from jiceng.shell.requests import TenantRequest
from jiceng.wechat import selectors
from jiceng.wechat.errors import CallFailed
from jiceng.wechat.models import Account, Channel, TemplateBinding
from jiceng.wechat.services import templates as services

from ..submission import form_page, page_url, submitted

CHANNELS = ((Channel.TEMPLATE.value, Channel.TEMPLATE.label), (Channel.SUBSCRIPTION.value, Channel.SUBSCRIPTION.label))
FIXED = "="


class BindingForm(forms.Form):
    """The category, and for each keyword of the template what goes there."""

    channel = forms.ChoiceField(label=gettext_lazy("推送方式"), choices=CHANNELS)
    category = forms.ChoiceField(label=gettext_lazy("哪类消息用它"), required=False)

    def __init__(self, *args: Any, keywords: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.keywords = keywords
        self.fields["category"].choices = category_choices()  # type: ignore[attr-defined]
        sources = [*services.SOURCES.items(), (FIXED, _("固定文字"))]
        for keyword, label in keywords:
            self.fields[f"f_{keyword}"] = forms.ChoiceField(label=label, choices=sources)
            self.fields[f"x_{keyword}"] = forms.CharField(
                label=_("“%(label)s”的固定文字") % {"label": label}, max_length=20, required=False
            )

    def wanted(self) -> dict[str, str]:
        data = self.cleaned_data
        return {
            keyword: FIXED + data[f"x_{keyword}"] if data[f"f_{keyword}"] == FIXED else data[f"f_{keyword}"]
            for keyword, _label in self.keywords
        }


def templates(request: TenantRequest, account_id: uuid.UUID) -> HttpResponse:
    """What is set, and the account's own templates to choose from."""
    account = selectors.get_account(account_id)
    offered, fault = _offered(account)
    labels = {item["template_id"]: dict(item["keywords"]) for item in offered}
    rows = [
        (row, _category_label(row.category), _fields_words(row, labels.get(row.template_id, {})))
        for row in account.templates.all()
    ]
    context = {"account": account, "rows": rows, "offered": offered, "fault": fault, "crumbs": _crumbs(account, "")}
    return render(request, "console/wechat/templates.html", context)


def edit(request: TenantRequest, account_id: uuid.UUID) -> HttpResponse:
    """``?template_id=``: one of the account's templates; with ``channel`` and ``category``, as it is set there."""
    account = selectors.get_account(account_id)
    offered, fault = _offered(account)
    chosen = next((row for row in offered if row["template_id"] == request.GET.get("template_id")), None)
    if chosen is None:
        messages.warning(request, fault or _("请先选择一个模板。"))
        return redirect(page_url("templates", "wechat", account_id=account_id))
    initial = _initial(account, chosen, request.GET.get("channel", ""), request.GET.get("category", ""))
    form = BindingForm(request.POST if request.method == "POST" else None, keywords=chosen["keywords"], initial=initial)
    saved = submitted(
        form,
        lambda clean: services.save_binding(
            account_id=account_id, channel=clean["channel"], category=clean["category"], template_id=chosen["template_id"],
            fields=form.wanted(), title=chosen["title"], actor=request.actor,
        ),
    )  # fmt: skip
    back = page_url("templates", "wechat", account_id=account_id)
    if saved is not None:
        messages.success(request, _("模板“%(title)s”已启用。") % {"title": chosen["title"]})
        return redirect(back)
    note = _("微信规定每项最多 20 个字，超出的会自动截短。")
    return form_page(
        request, form, title=chosen["title"], note=note, cancel_url=back, crumbs=_crumbs(account, chosen["title"])
    )


def remove(request: TenantRequest, binding_id: uuid.UUID) -> HttpResponse:
    account_id = services.remove_binding(binding_id=binding_id, actor=request.actor)
    messages.success(request, _("已取消。"))
    return redirect(
        page_url("templates", "wechat", account_id=account_id) if account_id else page_url("accounts", "wechat")
    )


def category_choices() -> list[tuple[str, Any]]:
    names = [("", _("其他所有消息"))]
    for code, category in registry.notice_categories.items():
        module = registry.by_code[registry.module_of_notice_category[code]]
        names.append((code, f"{module.name}：{category.label}"))
    return names


def _initial(account: Account, chosen: dict[str, Any], channel: str, category: str) -> dict[str, str]:
    """What is set for the category already; a proposal for keywords that are new."""
    rows = account.templates.all()
    known = next((row for row in rows if (row.channel, row.category) == (channel, category)), None)
    same = known.fields if known is not None and known.template_id == chosen["template_id"] else {}
    initial = {"channel": channel or Channel.TEMPLATE.value, "category": category}
    for keyword, source in {**services.guess_fields(chosen["keywords"]), **same}.items():
        is_fixed = source.startswith(FIXED)
        initial[f"f_{keyword}"] = FIXED if is_fixed else source
        if is_fixed:
            initial[f"x_{keyword}"] = source.removeprefix(FIXED)
    return initial


def _offered(account: Account) -> tuple[list[dict[str, Any]], str]:
    """The account's templates, or why WeChat does not tell them: the page is of use without them too."""
    if account.is_wecom or not account.is_active:
        return [], ""
    try:
        return services.offered(account), ""
    except CallFailed as error:
        return [], error.detail


def _category_label(code: str) -> str:
    return str(dict(category_choices()).get(code, code))


def _fields_words(row: TemplateBinding, labels: dict[str, str]) -> str:
    """``labels``: what the template calls its keywords, where WeChat has told."""
    return "，".join(
        f"{labels.get(key, key)} ← {services.SOURCES.get(source, source.removeprefix(FIXED))}"
        for key, source in row.fields.items()
    )


def _crumbs(account: Account, last: str) -> list[tuple[str, str]]:
    own = page_url("account", "wechat", account_id=account.pk)
    here = [(_("消息模板"), page_url("templates", "wechat", account_id=account.pk) if last else "")]
    return [
        (_("微信账号"), page_url("accounts", "wechat")),
        (account.name, own),
        *here,
        *([(last, "")] if last else []),
    ]
