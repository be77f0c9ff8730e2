"""Relief mode, boards and the self-check in the console."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.console.submission import form_page, page_url, submitted
from jiceng.kernel import clock
from jiceng.points.models import Period
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer

from .models import ReliefChange
from .selectors import boards, checking, relief
from .services import relief as services

STATES = {"ok": gettext_lazy("符合"), "look": gettext_lazy("请留意"), "mend": gettext_lazy("要整改")}


class ReliefForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("原因"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("关闭减负模式必须写明原因，记入审计。"),
    )  # fmt: skip


def overview(request: TenantRequest) -> HttpResponse:
    """The mode, who changed it, and the units' board where it is open. ``?period=``."""
    in_relief = relief.is_on()
    today = clock.now().astimezone(clock.local_zone()).date()
    chosen = boards.span(request.GET.get("period", ""), today)
    return render(request, "rankings/console/overview.html", {
        "in_relief": in_relief, "changes": ReliefChange.objects.all()[:10],
        "lines": [] if in_relief else boards.units(chosen),
        "tabs": [
            {"label": label, "url": f"?period={code}", "active": code == chosen.period} for code, label in Period.choices
        ],
    })  # fmt: skip


def relief_page(request: TenantRequest) -> HttpResponse:
    """Switch the mode to what it is not."""
    turns_on = not relief.is_on()
    form = ReliefForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: services.set_relief(
        is_on=turns_on, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    back = page_url("overview", "rankings")
    if done is not None:
        messages.success(request, _("减负模式已开启。") if done.is_on else _("减负模式已关闭。"))
        return redirect(back)
    return form_page(
        request, form, template="rankings/console/relief.html", turns_on=turns_on, cancel_url=back,
        title=_("开启减负模式") if turns_on else _("关闭减负模式"), crumbs=[(_("减负与排行"), back), (_("减负模式"), "")],
    )  # fmt: skip


def check(request: TenantRequest) -> HttpResponse:
    """The self-check, to be read and printed."""
    at = clock.now()
    found = checking.findings(actor=request.actor, at=at)
    return render(request, "rankings/console/check.html", {
        "findings": [(one, STATES[one.state]) for one in found], "at": at,
        "crumbs": [(_("减负与排行"), page_url("overview", "rankings")), (_("减负自查"), "")],
    })  # fmt: skip


def check_export(request: TenantRequest) -> HttpResponse:
    found = services.export_check(actor=request.actor, at=clock.now())
    rows = [(one.ban, str(STATES[one.state]), one.words, one.advice) for one in found]
    return csv_answer(_("减负自查表"), [_("要求"), _("结论"), _("情况"), _("建议")], rows)
