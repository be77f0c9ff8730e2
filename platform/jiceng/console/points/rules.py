"""积分规则: what holds, what will hold, and building sums anew."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings
from jiceng.points.models import RuleVersion
from jiceng.points.selectors import rules as reads
from jiceng.points.services import rules as services
from jiceng.points.services import standings
from jiceng.shell.requests import TenantRequest

from ..submission import form_page, page_url, submitted
from .forms import RulesForm

SHOWN = 20


def rule_list(request: TenantRequest) -> HttpResponse:
    at = clock.now()
    current = reads.version_at(at)
    return render(request, "console/points/rules.html", {
        "rules": reads.rules_of(current), "current": current, "versions": RuleVersion.objects.all()[:SHOWN],
        "coming": RuleVersion.objects.filter(effective_at__gt=at).count(), "is_on": read_settings("points").is_on,
    })  # fmt: skip


def rule_edit(request: TenantRequest) -> HttpResponse:
    newest = reads.newest_version()
    number = newest.number if newest else 0
    form = RulesForm(request.POST if request.method == "POST" else None, rules=reads.rules_of(newest), version=number)
    done = submitted(form, lambda data: services.publish_rules(
        rules=form.to_rules(), note=data["note"], effective_at=data["effective_at"], expected=data["version"],
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    back = page_url("rules", "points")
    if done is not None:
        messages.success(request, _("第 %(number)d 版规则已发布。") % {"number": done.number})
        return redirect(back)
    crumbs = [(_("积分规则"), back), (_("修改"), "")]
    return form_page(
        request,
        form,
        template="console/points/rules_edit.html",
        title=_("修改积分规则"),
        crumbs=crumbs,
        cancel_url=back,
    )


def recompute(request: TenantRequest) -> HttpResponse:
    """Build all sums from the ledger, and say what was wrong."""
    done = standings.recompute(actor=request.actor, at=clock.now())
    wrong = done.changed + done.gone
    words = _("核算完成，更正了 %(count)d 处。") % {"count": wrong} if wrong else _("核算完成，全部一致。")
    messages.success(request, words)
    return redirect(page_url("rules", "points"))
