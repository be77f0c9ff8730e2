"""Check-in and check-out by scanning: the organiser shows, the volunteer confirms."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings
from jiceng.shell.requests import TenantRequest

from ..selectors import shifts as reads
from ..selectors.people import require_volunteer
from ..services import attending, codes


@never_cache
def code(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    """The code to show on the spot. The page comes anew before the code has expired, without JavaScript too."""
    kind = codes.OUT if request.GET.get("kind") == codes.OUT else codes.IN
    token = attending.code_for(shift_id=shift_id, kind=kind, actor=request.actor, at=clock.now())
    shift = reads.get_shift(shift_id=shift_id)
    tabs = [
        {"label": _("签到"), "url": "?", "active": kind == codes.IN},
        {"label": _("签退"), "url": f"?kind={codes.OUT}", "active": kind == codes.OUT},
    ]
    answer = render(request, "volunteering/h5/code.html", {
        "shift": shift, "project": shift.project, "kind": kind, "tabs": tabs, "when": reads.when(shift),
        "address": request.build_absolute_uri(reverse("h5-volunteering-check", args=[token])),
        "people": reads.sign_ups(shift)[:200],
    })  # fmt: skip
    answer["Refresh"] = str(max(read_settings("volunteering").code_seconds // 2, 10))
    return answer


def mark(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    """``sign_up``, ``kind``: ``in`` or ``out``. The organiser ticks somebody who has no phone at hand."""
    kind = codes.OUT if request.POST.get("kind") == codes.OUT else codes.IN
    row = reads.get_sign_up(shift_id=shift_id, text=request.POST.get("sign_up", ""))
    attending.mark(shift_id=shift_id, sign_up_id=row.pk, kind=kind, actor=request.actor, at=clock.now())
    messages.success(request, _("已代为签退。") if kind == codes.OUT else _("已代为签到。"))
    return redirect("h5-volunteering-code", shift_id=shift_id)


@never_cache
def check(request: TenantRequest, token: str) -> HttpResponse:
    """What scanning leads to. POST ``word`` confirms; the code itself may expire meanwhile."""
    at = clock.now()
    if request.method == "POST":
        row = attending.check(
            word=request.POST.get("word", ""),
            whereabouts=request.POST.get("whereabouts", ""),
            actor=request.actor,
            at=at,
        )
        done = _("签退成功，辛苦了。") if row.checked_out_at else _("签到成功。")
        messages.success(request, done)
        return redirect("h5-volunteering-shift", shift_id=row.shift_id)
    found, person = codes.read(token, at=at), require_volunteer(request.actor)
    shift = reads.get_shift(shift_id=found.shift_id)
    return render(request, "volunteering/h5/check.html", {
        "shift": shift, "project": shift.project, "kind": found.kind, "when": reads.when(shift),
        "word": codes.word_for(found, person, at=at), "sign_up": reads.own_sign_up(shift, person),
    })  # fmt: skip
