"""Attendance in the console: the code to show, and the list to fill in by hand."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jiceng.console.submission import submitted
from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings
from jiceng.shell.forms import status_of
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.attendance import ListForm, read_attendance
from ..selectors import hours as hour_reads
from ..selectors import shifts as reads
from ..services import attending as services
from ..services import codes
from .addresses import url


@never_cache
def code(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    """The code on a large screen. The page comes anew before the code has expired, without JavaScript too."""
    kind = codes.OUT if request.GET.get("kind") == codes.OUT else codes.IN
    token = services.code_for(shift_id=shift_id, kind=kind, actor=request.actor, at=clock.now())
    shift = reads.get_managed(shift_id=shift_id, actor=request.actor)
    answer = render(request, "volunteering/console/code.html", {
        "shift": shift, "project": shift.project, "kind": kind, "when": reads.when(shift),
        "address": request.build_absolute_uri(reverse("h5-volunteering-check", args=[token])),
        "tabs": [
            {"label": _("签到"), "url": "?", "active": kind == codes.IN},
            {"label": _("签退"), "url": f"?kind={codes.OUT}", "active": kind == codes.OUT},
        ],
    })  # fmt: skip
    answer["Refresh"] = str(max(read_settings("volunteering").code_seconds // 2, 10))
    return answer


def attendance(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    """Times by hand: only the lines of this page are saved."""
    shift = reads.get_managed(shift_id=shift_id, actor=request.actor)
    page = numbered_page(hour_reads.joined_rows(shift), request.GET.get("cursor"))
    form = ListForm(request.POST if request.method == "POST" else None)
    saved = submitted(form, lambda data: services.enter_attendance(
        shift_id=shift_id, rows=read_attendance(request.POST, shift, page.rows), actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("考勤已保存，更新了 %(count)d 人。") % {"count": saved})
        return redirect(f"{url('attendance', shift_id=shift_id)}?{request.GET.urlencode()}")
    return render(request, "volunteering/console/attendance.html", {
        "shift": shift, "project": shift.project, "page": page, "form": form, "when": reads.when(shift),
        "lines": hour_reads.lines_of(shift, page.rows),
        "crumbs": [
            (_("志愿项目"), url("projects")), (shift.project.title, url("project", project_id=shift.project_id)),
            (reads.when(shift), url("shift", shift_id=shift_id)), (_("考勤"), ""),
        ],
    }, status=status_of(form))  # fmt: skip
