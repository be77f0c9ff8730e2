"""Shifts on the phone: signing up, withdrawing, what one has ahead, a word afterwards."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..models import SignUpState
from ..selectors import shifts as reads
from ..selectors.people import volunteer
from ..services import feedback as feedbacks
from ..services import signing


def shift_detail(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    shift, person, at = reads.get_shift(shift_id=shift_id), volunteer(request.actor), clock.now()
    return render(request, "volunteering/h5/shift.html", {
        "shift": shift, "project": shift.project, "person": person, "sign_up": reads.own_sign_up(shift, person),
        "when": reads.when(shift), "may_run": reads.may_run(shift, request.actor), "is_over": shift.ends_at <= at,
        "has_begun": shift.starts_at <= at, "grades": range(5, 0, -1),
        "is_open": shift.project.is_published and shift.cancelled_at is None and shift.closes_at > at,
    })  # fmt: skip


def sign_up(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    row = signing.sign_up(shift_id=shift_id, actor=request.actor, at=clock.now())
    if row.state == SignUpState.WAITING:
        messages.success(request, _("名额已满，您在候补名单里；有人退出会按顺序递补并通知您。"))
    else:
        messages.success(request, _("报名成功，开始前会提醒您。"))
    return redirect("h5-volunteering-shift", shift_id=shift_id)


def withdraw(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    signing.withdraw(shift_id=shift_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已退出这个班次。"))
    return redirect("h5-volunteering-shift", shift_id=shift_id)


def feedback(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    """``rating``: 1 to 5, ``text``."""
    feedbacks.give_feedback(
        shift_id=shift_id, rating=request.POST.get("rating", ""), text=request.POST.get("text", ""), actor=request.actor,
        at=clock.now(),
    )  # fmt: skip
    messages.success(request, _("谢谢您的评价。"))
    return redirect("h5-volunteering-shift", shift_id=shift_id)


def mine(request: TenantRequest) -> HttpResponse:
    """What one has ahead; ``?show=past``: what was."""
    person, is_past = volunteer(request.actor), request.GET.get("show") == "past"
    if person is None:
        return render(request, "volunteering/h5/mine.html", {})
    rows = reads.mine(person, at=clock.now(), is_past=is_past)
    tabs = [
        {"label": _("要参加的"), "url": "?", "active": not is_past},
        {"label": _("参加过的"), "url": "?show=past", "active": is_past},
    ]
    page = numbered_page(rows, request.GET.get("cursor"), size=20)
    return render(request, "volunteering/h5/mine.html", {
        "page": page, "tabs": tabs, "is_past": is_past, "person": person,
        "rows": [(row, reads.when(row.shift)) for row in page.rows],
    })  # fmt: skip
