"""积分明细: what was given and why; giving and taking back by hand."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import PersonState
from jiceng.members.scope import people_in_reach
from jiceng.points.manifest import MANAGE
from jiceng.points.selectors import ledger as reads
from jiceng.points.services import by_hand
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer

from ..submission import form_page, page_url, submitted
from .forms import EntryFilterForm, GiveForm, ReasonForm


def entry_list(request: TenantRequest) -> HttpResponse:
    filter_form = EntryFilterForm(request.GET)
    page = numbered_page(reads.managed(request.actor, **filter_form.criteria()), request.GET.get("cursor"), size=50)
    waiting = reads.appeals(request.actor).filter(state="open").count()
    return render(request, "console/points/entries.html", {
        "page": page, "filter_form": filter_form, "is_on": read_settings("points").is_on, "waiting": waiting,
        "flagged": reads.flags(request.actor).count(),
    })  # fmt: skip


def entry_export(request: TenantRequest) -> HttpResponse:
    rows = by_hand.export_entries(criteria=EntryFilterForm(request.GET).criteria(), actor=request.actor)
    headers = [_("姓名"), _("组织"), _("积分"), _("因为什么"), _("依据或原因"), _("日期"), _("规则版本"), _("登记人")]
    return csv_answer(_("积分明细"), headers, rows)


def people(request: TenantRequest) -> HttpResponse:
    """Whom to give points to. ``?q=`` narrows by name."""
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    rows = people_in_reach(request.actor, MANAGE).filter(state=PersonState.ACTIVE).select_related("unit")
    rows = rows.filter(name__icontains=words) if words else rows
    page = numbered_page(rows.order_by("pinyin", "pk"), request.GET.get("cursor"), size=50)
    crumbs = [(_("积分明细"), page_url("entries", "points")), (_("手工登记"), "")]
    return render(request, "console/points/people.html", {"page": page, "words": words, "crumbs": crumbs})


def give(request: TenantRequest, person_id: uuid.UUID) -> HttpResponse:
    person = reads.get_person(person_id=person_id, actor=request.actor)
    form = GiveForm(request.POST if request.method == "POST" else None, initial={"entry_id": uuid.uuid4()})
    given = submitted(form, lambda data: by_hand.give(
        person_id=person_id, entry_id=data.pop("entry_id"), fields=data, actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    back = page_url("entries", "points")
    if given is not None:
        messages.success(request, _("已给%(name)s登记 %(points)d 分。") % {"name": person.name, "points": given.points})
        return redirect(back)
    crumbs = [(_("积分明细"), back), (_("手工登记"), "")]
    title = _("给%(name)s登记积分") % {"name": person.name}
    return form_page(request, form, title=title, crumbs=crumbs, cancel_url=back)


def take_back(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = reads.get_entry(entry_id=entry_id, actor=request.actor)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: by_hand.take_back(
        entry_id=entry_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    back = page_url("entries", "points")
    if done is not None:
        messages.success(request, _("已收回 %(points)d 分。") % {"points": entry.points})
        return redirect(back)
    crumbs = [(_("积分明细"), back), (_("收回积分"), "")]
    title = _("收回%(name)s的“%(label)s”") % {"name": entry.person.name, "label": entry.label}
    return form_page(request, form, title=title, crumbs=crumbs, cancel_url=back)
