"""What units are credited with."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiceng.shell.requests import TenantRequest

from ..selectors import contributions as reads
from ..services.contributions_exporting import export_credits
from .tables import csv_answer


def credit_table(request: TenantRequest) -> HttpResponse:
    """One year's table; ``?year=``, otherwise the latest."""
    rows = reads.credits(actor=request.actor)
    years = sorted({row.year for row in rows}, reverse=True)
    wanted = request.GET.get("year", "")
    year = next((year for year in years if str(year) == wanted), years[0] if years else None)
    return render(request, "news/console/contributions/credits.html", {
        "rows": [row for row in rows if row.year == year],
        "tabs": [{"label": str(item), "url": f"?year={item}", "active": item == year} for item in years],
    })  # fmt: skip


def credit_export(request: TenantRequest) -> HttpResponse:
    rows = export_credits(actor=request.actor)
    return csv_answer(_("投稿采用"), (_("年度"), _("署名组织"), _("新成果"), _("好案例"), _("合计")), rows)
