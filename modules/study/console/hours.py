"""Class hours in the console: who still lacks what, one person's ledger, entries by hand."""

from __future__ import annotations

import uuid
from typing import cast

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer

from ..forms.hours import ManualForm, ReverseForm
from ..selectors import hours as reads
from ..services import hours as services
from ..services.hours import ManualFields
from .addresses import url


def people(request: TenantRequest) -> HttpResponse:
    """Everybody within reach by name, with what this year asks and what is done."""
    year = clock.today().year
    page = numbered_page(reads.people_in_reach(request.actor), request.GET.get("cursor"), size=30)
    return render(request, "study/console/hours.html", {
        "page": page, "standings": reads.standings(page.rows, year=year), "year": year,
    })  # fmt: skip


def person(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    learner, year = reads.get_learner(person_id=person_id, actor=request.actor), clock.today().year
    return render(request, "study/console/hours_person.html", {
        "standing": reads.standing_of(learner, year=year), "crumbs": [(_("学时"), url("hours")), (learner.name, "")],
        "page": numbered_page(reads.entries_of(learner, year), request.GET.get("cursor"), size=30),
    })  # fmt: skip


def entry_new(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    learner = reads.get_learner(person_id=person_id, actor=request.actor)
    form = ManualForm(request.POST or None, initial={"entry_id": uuid.uuid4(), "date": clock.today()})
    here = url("hours-person", person_id=person_id)
    made = submitted(form, lambda data: services.record_manual(
        person_id=person_id, entry_id=data.pop("entry_id"), fields=cast("ManualFields", data), actor=request.actor,
        at=clock.now(),
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("学时已登记。"))
        return redirect(here)
    crumbs = [(_("学时"), url("hours")), (learner.name, here), (_("登记学时"), "")]
    return form_page(request, form, title=_("登记学时"), crumbs=crumbs, cancel_url=here)


def entry_reverse(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = reads.get_entry(entry_id=entry_id, actor=request.actor)
    form = ReverseForm(request.POST or None)
    here = url("hours-person", person_id=entry.person_id)
    made = submitted(form, lambda data: services.reverse(
        entry_id=entry_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("学时已冲销，原记录保留。"))
        return redirect(here)
    return form_page(request, form, title=_("冲销“%(label)s”") % {"label": entry.label}, cancel_url=here)


def export(request: TenantRequest) -> HttpResponse:
    year = clock.today().year
    rows = services.export_hours(year=year, actor=request.actor)
    headers = [_("姓名"), _("组织"), _("应修学时"), _("要求的依据"), _("已修学时"), _("还差学时"), _("集中培训次数")]
    return csv_answer(_("%(year)d 年学时") % {"year": year}, headers, rows)
