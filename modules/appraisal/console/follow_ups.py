"""Follow-ups in the console."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..forms.turning import turned
from ..selectors import follow_ups as reads
from ..services import follow_up_deeds as deeds
from .addresses import url

PER_PAGE = 50


def follow_up_list(request: TenantRequest) -> HttpResponse:
    at, show = clock.now(), request.GET.get("show", "")
    rows = reads.listed(actor=request.actor, at=at, show=show)
    return render(request, "appraisal/console/follow_ups.html", {
        **turned(request, rows, PER_PAGE), "show": show, "at": at, "tabs": deeds.tabs(show),
    })  # fmt: skip


def follow_up(request: TenantRequest, follow_up_id: uuid.UUID) -> HttpResponse:
    """One follow-up; POST does what ``deed`` says."""
    row, at, phone = reads.get_follow_up(follow_up_id=follow_up_id, actor=request.actor), clock.now(), ""
    if request.method == "POST":
        done = deeds.do(
            request.POST.get("deed", ""), follow_up_id=follow_up_id, text=request.POST.get("text", ""),
            actor=request.actor, at=at,
        )  # fmt: skip
        phone = done.phone
        if not phone:
            messages.success(request, done.message)
            return redirect(url("follow-up", follow_up_id=follow_up_id))
    return render(request, "appraisal/console/follow_up.html", {
        "row": row, "answer": row.answer, "steps": reads.steps_of(row), "at": at, "phone": phone,
        "has_phone": bool(row.answer.phone_sealed), "crumbs": [(_("跟进办理"), url("follow-ups")), (row.answer.point.name, "")],
    })  # fmt: skip
