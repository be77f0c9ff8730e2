"""Boards on the phone. While the relief mode is on there is one page: one's own progress."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings
from jiceng.points.models import Period
from jiceng.points.selectors import ledger, standings
from jiceng.shell.requests import TenantRequest

from .selectors import boards, relief
from .services import hiding

PER_PAGE = 50


def progress(request: TenantRequest) -> HttpResponse:
    """One's own points by period, and the ways to the boards where they are open."""
    person = ledger.owner(request.actor)
    points = standings.points_of(person, _today()) if person else {}
    return render(request, "rankings/h5/progress.html", {
        "person": person, "in_relief": relief.is_on(), "shows_people": read_settings("rankings").shows_people,
        "is_hidden": person is not None and boards.is_hidden(person), "is_on": read_settings("points").is_on,
        "rows": [(label, points.get(code, 0)) for code, label in Period.choices],
    })  # fmt: skip


def people(request: TenantRequest) -> HttpResponse:
    """``?period=``, ``?last``. While boards are closed there is one's own progress instead."""
    if not boards.may_show_people():
        return redirect("h5-rankings-home")
    chosen = _span(request)
    person, number = ledger.owner(request.actor), _number(request.GET.get("cursor", ""))
    found = boards.lines(chosen, before=(number - 1) * PER_PAGE, size=PER_PAGE + 1)
    return render(request, "rankings/h5/people.html", {
        **_frame(chosen), "lines": found[:PER_PAGE], "person": person, "next": number + 1 if len(found) > PER_PAGE else 0,
        "own": boards.own_line(person, chosen) if person else None,
    })  # fmt: skip


def units(request: TenantRequest) -> HttpResponse:
    if relief.is_on():
        return redirect("h5-rankings-home")
    chosen = _span(request)
    return render(request, "rankings/h5/units.html", {
        **_frame(chosen), "lines": boards.units(chosen), "is_median": read_settings("rankings").unit_measure == "median",
        "least": read_settings("rankings").least_people,
    })  # fmt: skip


def unit(request: TenantRequest, unit_id: uuid.UUID) -> HttpResponse:
    """What a unit's points were given for."""
    if relief.is_on():
        return redirect("h5-rankings-home")
    chosen = _span(request)
    line, reasons = boards.unit(unit_id, chosen)
    return render(request, "rankings/h5/unit.html", {**_frame(chosen), "line": line, "reasons": reasons})


def hide(request: TenantRequest) -> HttpResponse:
    """``hidden``: ``1`` or ``0``."""
    hidden = hiding.set_hidden(is_hidden=request.POST.get("hidden") == "1", actor=request.actor, at=clock.now())
    messages.success(request, _("榜上不再显示您的姓名。") if hidden else _("榜上会显示您的姓名。"))
    return redirect("h5-rankings-home")


def _number(text: str) -> int:
    """A page's number; the first for anything strange."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 5 and int(text) else 1


def _today() -> date:
    return clock.now().astimezone(clock.local_zone()).date()


def _span(request: TenantRequest) -> boards.Span:
    return boards.span(request.GET.get("period", ""), _today(), last="last" in request.GET)


def _frame(chosen: boards.Span) -> dict[str, Any]:
    """Tabs of periods, and the way to the period before."""
    return {
        "chosen": chosen, "label": dict(Period.choices)[chosen.period],
        "tabs": [
            {"label": label, "url": f"?period={code}", "active": code == chosen.period} for code, label in Period.choices
        ],
    }  # fmt: skip
