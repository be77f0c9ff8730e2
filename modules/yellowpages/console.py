"""Console pages."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, page_url, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.forms import UNPROCESSABLE, status_of
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer

from .forms import AnswerForm, CategoryForm, DayForm, EntryForm, FilterForm, ImportForm
from .models import Entry
from .selectors import entries as reads
from .services import corrections, days, entries, tables


def url(name: str, **kwargs: Any) -> str:
    return page_url(name, "yellowpages", **kwargs)


def entry_list(request: TenantRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    rows = reads.managed(**form.criteria(), today=clock.today())
    page = numbered_page(rows, request.GET.get("cursor"))
    context = {"page": page, "filter_form": form, "stale_before": reads.stale_before(clock.today())}
    return render(request, "yellowpages/console/list.html", context)


def entry_new(request: TenantRequest) -> HttpResponse:
    form = EntryForm(*posted(request))
    made = submitted(
        form, lambda data: entries.create_entry(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if made is not None:
        messages.success(request, _("“%(name)s”已添加。") % {"name": made.name})
        return redirect(url("list"))
    return _editor(request, form, None)


def entry_edit(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    entry = reads.get_entry(entry_id=entry_id, actor=request.actor)
    form = EntryForm(*posted(request), entry=entry)
    saved = submitted(form, lambda data: entries.update_entry(
        entry_id=entry_id, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("list"))
    return _editor(request, form, entry)


def _editor(request: TenantRequest, form: EntryForm, entry: Entry | None) -> HttpResponse:
    title = _("修改黄页") if entry else _("新增黄页")
    crumbs = [(_("黄页条目"), url("list")), (title, "")]
    return form_page(
        request, form, template="yellowpages/console/entry.html", title=title, entry=entry, crumbs=crumbs,
        cancel_url=url("list"),
    )  # fmt: skip


def entry_verify(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    entries.verify_entry(entry_id=entry_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已核实。"))
    return redirect(url("list"))


def entry_state(request: TenantRequest, entry_id: uuid.UUID) -> HttpResponse:
    """``listed``: 1 shows it, 0 marks it closed."""
    is_listed = request.POST.get("listed") == "1"
    entries.set_state(entry_id=entry_id, is_listed=is_listed, actor=request.actor, at=clock.now())
    messages.success(request, _("已恢复显示。") if is_listed else _("已标为停业，手机上不再显示。"))
    return redirect(url("list"))


def entry_import(request: TenantRequest) -> HttpResponse:
    """A rehearsal shows what would happen; nothing is written while a row has faults."""
    form = ImportForm(*posted(request))
    result = submitted(form, lambda data: tables.import_entries(
        table=tables.read_upload(data["upload"]), is_rehearsal=data["is_rehearsal"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    is_rehearsal = form.is_bound and bool(form.cleaned_data.get("is_rehearsal")) if form.is_valid() else True
    if result is not None and not result.faults and not is_rehearsal:
        messages.success(request, _("新增 %(created)d 条，更新 %(updated)d 条，%(unchanged)d 条没有变化。") % {
            "created": result.created, "updated": result.updated, "unchanged": result.unchanged,
        })  # fmt: skip
        return redirect(url("list"))
    context = {
        "form": form,
        "result": result,
        "headers": tables.HEADERS,
        "crumbs": [(_("黄页条目"), url("list")), (_("导入"), "")],
    }
    status = UNPROCESSABLE if result is not None and result.faults else status_of(form)
    return render(request, "yellowpages/console/import.html", context, status=status)


def entry_export(request: TenantRequest) -> HttpResponse:
    return csv_answer(_("生活黄页"), list(tables.HEADERS), tables.export_entries(actor=request.actor))


def category_list(request: TenantRequest) -> HttpResponse:
    form = CategoryForm(request.POST or None)
    made = submitted(form, lambda data: entries.save_category(
        category_id=None, name=data["name"], icon="store", position=data["position"] or 0, actor=request.actor
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("类别“%(name)s”已添加。") % {"name": made.name})
        return redirect(url("categories"))
    return form_page(request, form, template="yellowpages/console/categories.html", categories=reads.categories())


def category_edit(request: TenantRequest, category_id: uuid.UUID) -> HttpResponse:
    category = reads.get_category(category_id=category_id)
    form = CategoryForm(request.POST or None, initial={"name": category.name, "position": category.position})
    saved = submitted(form, lambda data: entries.save_category(
        category_id=category_id, name=data["name"], icon="", position=data["position"] or 0, actor=request.actor
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("categories"))
    return form_page(request, form, title=_("修改类别"), cancel_url=url("categories"))


def category_delete(request: TenantRequest, category_id: uuid.UUID) -> HttpResponse:
    entries.delete_category(category_id=category_id, actor=request.actor)
    messages.success(request, _("类别已删除。"))
    return redirect(url("categories"))


def day_list(request: TenantRequest) -> HttpResponse:
    form = DayForm(request.POST or None)
    made = submitted(form, lambda data: days.add_day(
        day=data["day"], label=data["label"], follows_weekday=data["follows_weekday"], actor=request.actor
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("days"))
    return form_page(request, form, template="yellowpages/console/days.html", days=reads.days(clock.today()))


def day_remove(request: TenantRequest, day_id: uuid.UUID) -> HttpResponse:
    days.remove_day(day_id=day_id, actor=request.actor)
    messages.success(request, _("已取消。"))
    return redirect(url("days"))


def correction_list(request: TenantRequest) -> HttpResponse:
    """``?show=``: ``open`` or ``answered``."""
    show = "answered" if request.GET.get("show") == "answered" else "open"
    tabs = [
        {"label": _("待核实"), "url": "?", "active": show == "open"},
        {"label": _("已答复"), "url": "?show=answered", "active": show == "answered"},
    ]
    page = numbered_page(reads.corrections(show=show), request.GET.get("cursor"))
    return render(request, "yellowpages/console/corrections.html", {"page": page, "tabs": tabs, "show": show})


def correction_detail(request: TenantRequest, correction_id: uuid.UUID) -> HttpResponse:
    """POST ``deed``: ``accept`` or ``decline``."""
    correction = reads.get_correction(correction_id=correction_id)
    form = AnswerForm(request.POST or None)
    accepts = request.POST.get("deed") == "accept"
    decide = corrections.accept_correction if accepts else corrections.decline_correction
    done = submitted(form, lambda data: decide(
        correction_id=correction_id, answer=data["answer"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if done is not None:
        messages.success(request, _("已采纳并更新条目。") if accepts else _("已答复。"))
        return redirect(url("corrections"))
    crumbs = [(_("黄页纠错"), url("corrections")), (correction.entry.name, "")]
    return form_page(
        request, form, template="yellowpages/console/correction.html", correction=correction, crumbs=crumbs
    )
