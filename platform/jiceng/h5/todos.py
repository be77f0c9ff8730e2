"""我的待办: what waits for me, what I applied for, what I have done; one case; who decides while I am away."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel import clock
from jiceng.shell.cases import case_page
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.mounting import page_name
from jiceng.shell.requests import TenantRequest
from jiceng.workflow import selectors, services
from jiceng.workflow.models import StandIn

PER_PAGE = 20


class StandInForm(forms.Form):
    """Both days count wholly, in the local zone."""

    user = forms.CharField(label=gettext_lazy("代办人"), max_length=60, help_text=gettext_lazy("姓名或用户名。"))
    from_on = forms.DateField(label=gettext_lazy("开始日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until_on = forms.DateField(label=gettext_lazy("结束日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))


def _url(name: str) -> str:
    return reverse(page_name("h5", "workflow", name))


def todo_list(request: TenantRequest) -> HttpResponse:
    """``?tab=``: ``open`` (the default), ``mine``, ``done``."""
    at, actor = clock.now(), request.actor
    lists: dict[str, tuple[str, Any]] = {
        "open": (_("待我办理"), selectors.inbox(actor=actor, at=at)),
        "mine": (_("我发起的"), selectors.cases_of(actor=actor)),
        "done": (_("已办"), selectors.decided_by(actor=actor)),
    }
    tab = request.GET.get("tab", "open")
    tab = tab if tab in lists else "open"
    page = Paginator(lists[tab][1], PER_PAGE).get_page(request.GET.get("cursor"))
    return render(request, "h5/todos/list.html", {
        "tab": tab, "page": page, "at": at, "back_url": reverse("h5-home"),
        "next": str(page.next_page_number()) if page.has_next() else None,
        "tabs": [
            {"label": label, "url": f"?tab={name}", "active": name == tab} for name, (label, _rows) in lists.items()
        ],
    })  # fmt: skip


def case_detail(request: TenantRequest, case_id: uuid.UUID) -> HttpResponse:
    home = _url("todos")
    return case_page(request, case_id, template="h5/todos/case.html", home=home, back_url=home)


def stand_in(request: TenantRequest) -> HttpResponse:
    form = StandInForm(request.POST if request.method == "POST" else None)
    if submitted(form, lambda clean: _set(request, clean)) is not None:
        messages.success(request, _("代办人已设置。"))
        return redirect(_url("stand_in"))
    current = selectors.stand_in_of(actor=request.actor, at=clock.now())
    last_day = _last_day(current) if current else None
    return render(request, "h5/todos/stand_in.html", {
        "form": form, "current": current, "last_day": last_day, "back_url": _url("todos"),
    }, status=status_of(form))  # fmt: skip


def stand_in_end(request: TenantRequest, stand_in_id: uuid.UUID) -> HttpResponse:
    services.end_stand_in(stand_in_id=stand_in_id, actor=request.actor, at=clock.now())
    messages.success(request, _("代办已取消。"))
    return redirect(_url("stand_in"))


def _set(request: TenantRequest, clean: dict[str, Any]) -> StandIn:
    return services.set_stand_in(
        user_id=request.actor.id or uuid.UUID(int=0), deputy_id=selectors.user_named(clean["user"]).pk,
        valid_from=_midnight(clean["from_on"]), valid_to=_midnight(clean["until_on"]) + timedelta(days=1),
        actor=request.actor, at=clock.now(),
    )  # fmt: skip


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=clock.local_zone())


def _last_day(row: StandIn) -> date:
    return (row.valid_to - timedelta(seconds=1)).astimezone(clock.local_zone()).date()
