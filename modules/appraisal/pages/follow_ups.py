"""Follow-ups on the phone, for staff."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..forms.turning import turned
from ..selectors import follow_ups as reads
from ..services import follow_up_deeds as deeds

PER_PAGE = 20


def follow_up_list(request: TenantRequest) -> HttpResponse:
    """What is running within my reach; ``?show=mine`` or ``closed``."""
    at, show = clock.now(), request.GET.get("show", "")
    show = show if show in ("mine", "overdue", "closed") else ""
    rows = reads.listed(actor=request.actor, at=at, show=show)
    return render(request, "appraisal/h5/follow_ups.html", {
        **turned(request, rows, PER_PAGE), "show": show, "at": at, "tabs": deeds.tabs(show),
    })  # fmt: skip


def follow_up(request: TenantRequest, follow_up_id: uuid.UUID) -> HttpResponse:
    """One follow-up; POST does what ``deed`` says."""
    row, at = reads.get_follow_up(follow_up_id=follow_up_id, actor=request.actor), clock.now()
    phone = ""
    if request.method == "POST":
        done = deeds.do(
            request.POST.get("deed", ""), follow_up_id=follow_up_id, text=request.POST.get("text", ""),
            actor=request.actor, at=at,
        )  # fmt: skip
        phone = done.phone
        if not phone:
            messages.success(request, done.message)
            return redirect("h5-appraisal-follow-up", follow_up_id=follow_up_id)
    return render(request, "appraisal/h5/follow_up.html", {
        "row": row, "answer": row.answer, "steps": reads.steps_of(row), "at": at, "phone": phone,
        "has_phone": bool(row.answer.phone_sealed), "back_url": reverse("h5-appraisal-follow-ups"),
    })  # fmt: skip
