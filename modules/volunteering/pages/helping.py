"""Requests for help that volunteers may take, on the phone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..models import HelpRequest, HelpState
from ..selectors import help as reads
from ..selectors.people import volunteer
from ..services import helping as services


def request_list(request: TenantRequest) -> HttpResponse:
    """What is open, and what one has taken."""
    page = numbered_page(reads.open_requests(), request.GET.get("cursor"), size=20)
    return render(request, "volunteering/h5/help_list.html", {
        "page": page, "mine": reads.taken_by(request.actor)[:20], "at": clock.now(),
    })  # fmt: skip


def request_detail(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    return _shown(request, reads.get_for_volunteer(request_id=request_id, actor=request.actor))


def take(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    services.take_request(request_id=request_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已认领，请尽快联系居民。"))
    return redirect("h5-volunteering-help-request", request_id=request_id)


def give_back(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    """``reason``."""
    services.give_back(
        request_id=request_id, reason=request.POST.get("reason", ""), actor=request.actor, at=clock.now()
    )
    messages.success(request, _("已退回，别的志愿者可以认领。"))
    return redirect("h5-volunteering-help-open")


def done(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    """``words``."""
    words = request.POST.get("words", "")
    services.complete_request(request_id=request_id, words=words, actor=request.actor, at=clock.now())
    messages.success(request, _("辛苦了，等居民确认。"))
    return redirect("h5-volunteering-help-request", request_id=request_id)


@never_cache
def phone(request: TenantRequest, request_id: uuid.UUID) -> HttpResponse:
    """The number in clear, on this page only; the look is recorded."""
    number = services.see_phone(request_id=request_id, actor=request.actor)
    return _shown(request, reads.get_for_volunteer(request_id=request_id, actor=request.actor), number)


def _shown(request: TenantRequest, case: HelpRequest, number: str = "") -> HttpResponse:
    person = volunteer(request.actor)
    is_mine = person is not None and case.taker_id == person.pk
    return render(request, "volunteering/h5/help_request.html", {
        "case": case, "number": number, "person": person, "is_mine": is_mine,
        "is_in_hand": is_mine and case.state == HelpState.TAKEN, "is_open": case.state == HelpState.OPEN,
        "steps": reads.steps_of(case) if is_mine else [],
    })  # fmt: skip
