"""Hours in the console: verifying, correcting, one person's ledger."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.forms import status_of
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.attendance import CorrectForm, ListForm, read_hours
from ..forms.projects import ReasonForm
from ..manifest.words import HOURS
from ..selectors import hours as reads
from ..selectors import shifts as shift_reads
from ..services import certificates
from ..services import hours as services
from .addresses import url


def shift_list(request: TenantRequest) -> HttpResponse:
    """Shifts with somebody to verify, the latest first; ``?show=all``: all that have begun."""
    is_all = request.GET.get("show") == "all"
    found = reads.shifts_to_verify(request.actor, at=clock.now(), is_all=is_all)
    page = numbered_page(found, request.GET.get("cursor"), size=30)
    tabs = [
        {"label": _("待核实"), "url": "?", "active": not is_all}, {"label": _("全部"), "url": "?show=all", "active": is_all},
    ]  # fmt: skip
    rows = [(shift, shift_reads.when(shift)) for shift in page.rows]
    return render(request, "volunteering/console/hours.html", {
        "page": page, "rows": rows, "tabs": tabs, "is_all": is_all,
    })  # fmt: skip


def verify(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    """Tick, change where needed with a reason, verify."""
    shift = shift_reads.get_managed(shift_id=shift_id, actor=request.actor, permission=HOURS)
    page = numbered_page(reads.joined_rows(shift), request.GET.get("cursor"))
    form = ListForm(request.POST if request.method == "POST" else None)
    made = submitted(form, lambda data: services.verify_hours(
        shift_id=shift_id, hours=read_hours(request.POST, page.rows), reason=data["reason"], actor=request.actor,
        at=clock.now(),
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("已核实 %(count)d 人的时长。") % {"count": len(made)})
        return redirect(f"{url('hours-shift', shift_id=shift_id)}?{request.GET.urlencode()}")
    when = shift_reads.when(shift)
    return render(request, "volunteering/console/hours_shift.html", {
        "shift": shift, "project": shift.project, "page": page, "lines": reads.lines_of(shift, page.rows), "form": form,
        "when": when, "crumbs": [(_("时长核实"), url("hours")), (when, "")],
    }, status=status_of(form))  # fmt: skip


def people(request: TenantRequest) -> HttpResponse:
    """Everybody within reach with hours, by name."""
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    page = numbered_page(reads.people(request.actor, words=words), request.GET.get("cursor"), size=30)
    crumbs = [(_("时长核实"), url("hours")), (_("个人时长"), "")]
    return render(request, "volunteering/console/hours_people.html", {"page": page, "words": words, "crumbs": crumbs})


def person(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    found = reads.get_person(person_id=person_id, actor=request.actor)
    return render(request, "volunteering/console/hours_person.html", {
        "person": found, "standing": reads.standing_of(found, year=clock.today().year),
        "page": numbered_page(reads.entries_of(found), request.GET.get("cursor"), size=30),
        "certificates": reads.certificates_of(found)[:20],
        "crumbs": [(_("时长核实"), url("hours")), (_("个人时长"), url("hours-people")), (found.name, "")],
    })  # fmt: skip


def correct(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = reads.get_entry(entry_id=entry_id, actor=request.actor)
    form = CorrectForm(request.POST if request.method == "POST" else None, initial={"hours": entry.hours})
    made = submitted(form, lambda data: services.correct_hours(
        entry_id=entry_id, hours=data["hours"], reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("hours-person", person_id=entry.person_id)
    if made is not None:
        messages.success(request, _("时长已更正，原记录保留。"))
        return redirect(here)
    title = _("更正 %(name)s 的时长") % {"name": entry.person.name}
    return form_page(request, form, title=title, note=entry.label, cancel_url=here)


def reverse(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = reads.get_entry(entry_id=entry_id, actor=request.actor)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    made = submitted(form, lambda data: services.reverse_hours(
        entry_id=entry_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("hours-person", person_id=entry.person_id)
    if made is not None:
        messages.success(request, _("时长已冲销，原记录保留。"))
        return redirect(here)
    title = _("冲销 %(name)s 的时长") % {"name": entry.person.name}
    return form_page(request, form, title=title, note=entry.label, cancel_url=here)


def certificate_revoke(request: TenantRequest, certificate_id: uuid.UUID) -> HttpResponse:
    found = reads.get_certificate(certificate_id=certificate_id, actor=request.actor)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: certificates.revoke_certificate(
        certificate_id=certificate_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("hours-person", person_id=found.person_id)
    if done is not None:
        messages.success(request, _("证明已撤销，扫码核验会显示“已撤销”。"))
        return redirect(here)
    return form_page(request, form, title=_("撤销 %(name)s 的证明") % {"name": found.name}, cancel_url=here)
