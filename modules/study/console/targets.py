"""What a year asks, and who still lacks it."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.downloads import XLSX, download_answer
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.targets import PlanForm
from ..manifest.words import HOURS
from ..selectors import gaps, hours, plans
from ..services import targets as services
from ..services.targets import PlanFields
from .addresses import url


def plan_list(request: TenantRequest) -> HttpResponse:
    year = clock.today().year
    return render(request, "study/console/plans.html", {
        "plans": plans.plans(around=year), "year": year, "may_edit": policy.may(request.actor, HOURS, ""),
        "crumbs": [(_("学时达标"), url("gaps")), (_("年度要求"), "")],
    })  # fmt: skip


def plan_edit(request: TenantRequest, year: int) -> HttpResponse:
    form = PlanForm(request.POST if request.method == "POST" else None, plan=plans.plan_for(year))
    saved = submitted(form, lambda data: services.save_plan(
        year=year, version=data.pop("version"), fields=cast("PlanFields", data), actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("%(year)d 年的要求已保存。") % {"year": year})
        return redirect(url("plans"))
    crumbs = [(_("学时达标"), url("gaps")), (_("年度要求"), url("plans")), (str(year), "")]
    title = _("%(year)d 年学时要求") % {"year": year}
    return form_page(request, form, title=title, crumbs=crumbs, cancel_url=url("plans"))


def gap_list(request: TenantRequest) -> HttpResponse:
    """Who has not reached this year's target. ``?unit=``: of a subtree; ``?order=``: gap, least or name."""
    year, unit = clock.today().year, gaps.unit_in_reach(request.actor, request.GET.get("unit", ""))
    order = request.GET.get("order", "gap")
    order = order if order in gaps.ORDERS else "gap"
    page = numbered_page(
        gaps.behind(request.actor, year=year, unit=unit, order=order), request.GET.get("cursor"), size=30
    )
    kept = {"unit": str(unit.pk)} if unit else {}
    return render(request, "study/console/gaps.html", {
        "page": page, "standings": hours.standings(page.rows, year=year), "year": year, "unit": unit, "order": order,
        "units": gaps.units_offered(request.actor), "export_query": urlencode(kept),
        "gap_url": "?" + urlencode({**kept, "order": "least" if order == "gap" else "gap"}),
        "gap_direction": {"gap": "descending", "least": "ascending"}.get(order, ""),
        "name_url": "?" + urlencode({**kept, "order": "name"}), "name_direction": "ascending" if order == "name" else "",
    })  # fmt: skip


def gap_export(request: TenantRequest) -> HttpResponse:
    year, unit = clock.today().year, gaps.unit_in_reach(request.actor, request.GET.get("unit", ""))
    content = services.export_behind(year=year, unit=unit, actor=request.actor, at=clock.now())
    return download_answer(content, name=_("%(year)d 年学时未达标名单.xlsx") % {"year": year}, content_type=XLSX)


def gap_remind(request: TenantRequest) -> HttpResponse:
    year, unit = clock.today().year, gaps.unit_in_reach(request.actor, request.POST.get("unit", ""))
    count = services.remind_behind(year=year, unit=unit, actor=request.actor, at=clock.now())
    messages.success(request, _("已提醒 %(count)d 人，七天内不再重复提醒。") % {"count": count})
    return redirect(url("gaps") + ("?" + urlencode({"unit": str(unit.pk)}) if unit else ""))
