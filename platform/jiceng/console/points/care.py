"""Appeals, and what is unusual."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.points.models import AppealState
from jiceng.points.selectors import ledger as reads
from jiceng.points.services import appeals, flags
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..submission import form_page, page_url, submitted
from .forms import AnswerForm, FlagForm


def appeal_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.appeals(request.actor), request.GET.get("cursor"), size=30)
    return render(request, "console/points/appeals.html", {"page": page, "crumbs": _crumbs(_("申诉"))})


def appeal_detail(request: TenantRequest, appeal_id: uuid.UUID) -> HttpResponse:
    found = reads.get_appeal(appeal_id=appeal_id, actor=request.actor)
    form = AnswerForm(request.POST if request.method == "POST" else None, has_entry=found.entry is not None)
    done = submitted(form, lambda data: appeals.answer(
        appeal_id=appeal_id, text=data["text"], takes_back=data.get("takes_back", False), points=data.get("points"),
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if done is not None:
        messages.success(request, _("已答复。"))
        return redirect(page_url("appeals", "points"))
    return form_page(
        request, form, template="console/points/appeal.html", appeal=found, is_open=found.state == AppealState.OPEN,
        title=_("%(name)s的申诉") % {"name": found.person.name}, crumbs=_crumbs(_("申诉")),
        cancel_url=page_url("appeals", "points"),
    )  # fmt: skip


def flag_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.flags(request.actor), request.GET.get("cursor"), size=30)
    return render(request, "console/points/flags.html", {"page": page, "crumbs": _crumbs(_("异常提示"))})


def flag_settle(request: TenantRequest, flag_id: uuid.UUID) -> HttpResponse:
    flag = reads.flags(request.actor).filter(pk=flag_id).first()
    if flag is None:
        raise Http404
    form = FlagForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: flags.settle(
        flag_id=flag_id, note=data["note"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    back = page_url("flags", "points")
    if done is not None:
        messages.success(request, _("已记录。"))
        return redirect(back)
    title = _("%(name)s，%(day)s") % {"name": flag.person.name, "day": flag.day}
    return form_page(request, form, title=title, crumbs=_crumbs(_("异常提示")), cancel_url=back)


def _crumbs(here: str) -> list[tuple[str, str]]:
    return [(_("积分明细"), page_url("entries", "points")), (here, "")]
