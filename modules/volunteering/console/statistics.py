"""Figures by team and unit, and the workbook for the national system."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from jiceng.shell.requests import TenantRequest

from ..forms.help import PeriodForm
from ..selectors import statistics as reads
from ..services import exporting

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def statistics(request: TenantRequest) -> HttpResponse:
    """Of verified hours from ``?first=`` to ``?last=``."""
    form = PeriodForm(request.GET)
    first, last = form.period()
    rows = reads.entries(request.actor, first=first, last=last)
    return render(request, "volunteering/console/statistics.html", {
        "form": PeriodForm(initial={"first": first, "last": last}), "first": first, "last": last, "whole": reads.whole(rows),
        "teams": reads.by_team(rows), "units": reads.by_unit(rows),
    })  # fmt: skip


def export(request: TenantRequest) -> HttpResponse:
    first, last = PeriodForm(request.GET).period()
    content = exporting.export_hours(first=first, last=last, actor=request.actor)
    name = _("志愿服务时长_%(first)s_%(last)s.xlsx") % {"first": first, "last": last}
    disposition = content_disposition_header(as_attachment=True, filename=name) or "attachment"
    return HttpResponse(
        content, content_type=XLSX, headers={"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    )
