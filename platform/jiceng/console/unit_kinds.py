"""组织类型: what kinds of units are called here, how long their terms last, which are offered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.members import kinds, services
from jiceng.members.bodies import Tree
from jiceng.members.services.kinds import LABEL_LENGTH, LONGEST_TERM
from jiceng.shell.requests import TenantRequest

from .submission import form_page, page_url, submitted
from .units import people_url

MOST = 999


class KindForm(forms.Form):
    label = forms.CharField(label=gettext_lazy("名称"), max_length=LABEL_LENGTH)
    term_years = forms.IntegerField(
        label=gettext_lazy("任期（年）"), required=False, min_value=1, max_value=LONGEST_TERM,
        help_text=gettext_lazy("没有任期的不填。村和社区的党组织任期为 5 年。"),
    )  # fmt: skip
    order = forms.IntegerField(label=gettext_lazy("排序"), min_value=0, max_value=MOST, initial=100)


class NewKindForm(KindForm):
    tree = forms.ChoiceField(label=gettext_lazy("组织树"), choices=Tree.choices)
    field_order = ("tree", "label", "term_years", "order")


class EditKindForm(KindForm):
    is_active = forms.BooleanField(label=gettext_lazy("启用"), required=False)


def kind_list(request: TenantRequest) -> HttpResponse:
    known = kinds.all_kinds().values()
    groups = [(Tree(tree).label, [kind for kind in known if kind.tree == tree]) for tree in Tree.values]
    return render(request, "console/units/kinds.html", {"groups": groups, "crumbs": _crumbs()})


def kind_create(request: TenantRequest) -> HttpResponse:
    form = NewKindForm(_data(request))
    kind = submitted(form, lambda clean: services.add_kind(**clean, actor=request.actor))
    if kind is None:
        return form_page(request, form, title=_("新增组织类型"), cancel_url=_home(), crumbs=_crumbs(_("新增类型")))
    messages.success(request, _("已新增“%(name)s”。") % {"name": kind.label})
    return redirect(_home())


def kind_edit(request: TenantRequest, code: str) -> HttpResponse:
    kind = kinds.get_kind(code)
    initial = {"label": kind.label, "term_years": kind.term_years, "order": kind.order, "is_active": kind.is_active}
    form = EditKindForm(_data(request), initial=initial)
    saved = submitted(form, lambda clean: services.change_kind(code=code, **clean, actor=request.actor))
    if saved is None:
        title = _("修改“%(name)s”") % {"name": kind.label}
        return form_page(request, form, title=title, cancel_url=_home(), crumbs=_crumbs(title))
    messages.success(request, _("已保存“%(name)s”。") % {"name": saved.label})
    return redirect(_home())


def _home() -> str:
    return page_url("kind_list", "members")


def _crumbs(here: str = "") -> list[tuple[str, str]]:
    crumbs = [(_("组织与人员"), people_url()), (_("组织类型"), _home() if here else "")]
    return [*crumbs, (here, "")] if here else crumbs


def _data(request: TenantRequest) -> Any:
    return request.POST if request.method == "POST" else None
