"""What all pages of the operators' site share: the menu and form pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from jiceng.shell.forms import status_of
from jiceng.shell.navigation import ConsoleNavigation, Entry, Group
from jiceng.shell.requests import PlatformRequest

from . import guard


@dataclass(frozen=True, slots=True)
class Item:
    label: Any
    page: str
    icon: str
    permission: str


MENU: tuple[tuple[Any, tuple[Item, ...]], ...] = (
    (_("概览"), (Item(_("运行状况"), "health", "activity", guard.OVERVIEW),)),
    (
        _("单位"),
        (
            Item(_("开通申请"), "signups", "inbox", guard.SIGNUPS),
            Item(_("单位"), "tenants", "building-2", guard.TENANTS),
            Item(_("套餐"), "plans", "package", guard.PLANS),
        ),
    ),
    (
        _("平台"),
        (
            Item(_("失败任务"), "dead-letters", "mail-warning", guard.DEAD_LETTERS),
            Item(_("运营人员"), "operators", "user-cog", guard.OPERATORS),
            Item(_("平台审计"), "audit", "scroll-text", guard.AUDIT),
        ),
    ),
)


def show(request: PlatformRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """Render a page of the site with its menu."""
    return render(request, template, {"nav": _navigation(request), **context}, status=status)


def form_page(
    request: PlatformRequest, form: BaseForm, template: str = "ops/form.html", **context: Any
) -> HttpResponse:
    return show(request, template, status=status_of(form), form=form, **context)


def _navigation(request: PlatformRequest) -> ConsoleNavigation:
    groups = []
    for label, items in MENU:
        entries = tuple(_entry(request, item) for item in items if guard.may(request.actor, item.permission))
        if entries:
            groups.append(Group(str(label), entries))
    return ConsoleNavigation(tuple(groups))


def _entry(request: PlatformRequest, item: Item) -> Entry:
    url = reverse(f"ops-{item.page}")
    active = request.path == url if item.page == "health" else request.path.startswith(url)
    return Entry(str(item.label), url, item.icon, active, "")
