"""Offline classes in the console: planned, attended, credited."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import UNPROCESSABLE, form_page, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.forms import status_of
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.classes import AttendanceForm, AttendanceImportForm, ClassForm, ReasonForm, states_in
from ..models import AttendanceState, OfflineClass
from ..selectors import classes as reads
from ..selectors import gaps
from ..services import attendance
from ..services import classes as services
from .addresses import url


def class_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.managed(request.actor), request.GET.get("cursor"), size=30)
    return render(request, "study/console/classes.html", {"page": page})


def class_new(request: TenantRequest) -> HttpResponse:
    form = ClassForm(request.POST if request.method == "POST" else None, actor=request.actor)
    made = submitted(
        form, lambda data: services.create_class(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if made is not None:
        messages.success(request, _("培训班已建好，结束后登记出席。"))
        return redirect(url("class", class_id=made.pk))
    crumbs = [(_("线下培训"), url("classes")), (_("新建培训班"), "")]
    return form_page(request, form, title=_("新建培训班"), crumbs=crumbs, cancel_url=url("classes"))


def class_detail(request: TenantRequest, class_id: uuid.UUID) -> HttpResponse:
    """Who was there. ``?show=``: present, leave or absent."""
    found = reads.get_class(class_id=class_id, actor=request.actor)
    figures, show = reads.figures_of(found), request.GET.get("show", "")
    show = show if show in AttendanceState.values else ""
    counts = {
        "": (_("全部"), figures.present + figures.leave + figures.absent), "present": (_("出席"), figures.present),
        "leave": (_("请假"), figures.leave), "absent": (_("缺席"), figures.absent),
    }  # fmt: skip
    return render(request, "study/console/class.html", {
        "one": found, "figures": figures, "rule": services.rule_of(found), "history": reads.history_of(found)[:20],
        "page": numbered_page(reads.attendances_of(found, show=show), request.GET.get("cursor"), size=50),
        "tabs": [
            {"label": f"{label} {count}", "url": f"?show={code}" if code else "?", "active": code == show}
            for code, (label, count) in counts.items()
        ],
        "crumbs": [(_("线下培训"), url("classes")), (found.title, "")],
    })  # fmt: skip


def class_edit(request: TenantRequest, class_id: uuid.UUID) -> HttpResponse:
    found = reads.get_class(class_id=class_id, actor=request.actor)
    form = ClassForm(request.POST if request.method == "POST" else None, actor=request.actor, offline_class=found)
    saved = submitted(form, lambda data: services.update_class(
        class_id=class_id, fields=form.to_fields(), version=data["version"] or 0, actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("class", class_id=class_id))
    return form_page(request, form, title=_("修改培训班"), crumbs=_crumbs(found, _("修改")), cancel_url=_here(found))


def class_attendance(request: TenantRequest, class_id: uuid.UUID) -> HttpResponse:
    """The roster with a choice for everybody. ``?unit=``: of a subtree instead of the class's unit."""
    found = reads.get_class(class_id=class_id, actor=request.actor)
    form = AttendanceForm(request.POST if request.method == "POST" else None)
    unit = gaps.unit_in_reach(request.actor, request.GET.get("unit", ""))
    done = submitted(form, lambda data: attendance.record_attendance(
        class_id=class_id, states=states_in(request.POST), reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    page = numbered_page(reads.roster(found, actor=request.actor, unit=unit), request.GET.get("cursor"), size=100)
    if done is not None:
        messages.success(request, _("已登记 %(count)d 人。") % {"count": done.created + done.changed})
        kept = {"unit": str(unit.pk) if unit else "", "cursor": page.next or request.GET.get("cursor", "")}
        return redirect("?" + urlencode(kept) if page.next else _here(found))
    return render(request, "study/console/attendance.html", {
        "one": found, "form": form, "page": page, "unit": unit, "units": gaps.units_offered(request.actor),
        "states": AttendanceState.choices, "crumbs": _crumbs(found, _("登记出席")),
    }, status=status_of(form))  # fmt: skip


def class_import(request: TenantRequest, class_id: uuid.UUID) -> HttpResponse:
    """A rehearsal shows what would happen; nothing is written while a row has faults."""
    found = reads.get_class(class_id=class_id, actor=request.actor)
    form = AttendanceImportForm(*posted(request))
    result = submitted(form, lambda data: attendance.import_attendance(
        class_id=class_id, table=attendance.read_upload(data["upload"]), is_rehearsal=data["is_rehearsal"],
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if result is not None and not result.faults and not form.cleaned_data["is_rehearsal"]:
        messages.success(request, _("新登记 %(created)d 人，更改 %(changed)d 人。") % {
            "created": result.created, "changed": result.changed,
        })  # fmt: skip
        return redirect(_here(found))
    status = UNPROCESSABLE if result is not None and result.faults else status_of(form)
    return render(request, "study/console/attendance_import.html", {
        "one": found, "form": form, "result": result, "headers": attendance.HEADERS,
        "crumbs": _crumbs(found, _("导入出席")),
    }, status=status)  # fmt: skip


def class_confirm(request: TenantRequest, class_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST credits."""
    if request.method == "POST":
        done = services.confirm_class(class_id=class_id, actor=request.actor, at=clock.now())
        messages.success(request, _("已计入学时，每人 %(hours)s 学时。") % {"hours": f"{float(done.hours):g}"})
        return redirect(_here(done))
    found = reads.get_class(class_id=class_id, actor=request.actor)
    figures = reads.figures_of(found)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("计入学时"), "action": _("确认计入"), "cancel_url": _here(found),
        "question": _("给 %(count)d 个出席的人各计 %(hours)s 学时？") % {
            "count": figures.present, "hours": f"{float(found.hours):g}",
        },
        "consequences": [_("请假和缺席的人不计。"), _("计入后还可以更正，更正要写原因，学时随之调整。")],
    })  # fmt: skip


def class_take_back(request: TenantRequest, class_id: uuid.UUID) -> HttpResponse:
    found = reads.get_class(class_id=class_id, actor=request.actor)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: services.take_back_class(
        class_id=class_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if done is not None:
        messages.success(request, _("学时已收回，原记录保留。"))
        return redirect(_here(found))
    title = _("收回“%(title)s”的学时") % {"title": found.title}
    return form_page(request, form, title=title, crumbs=_crumbs(found, _("收回学时")), cancel_url=_here(found))


def class_cancel(request: TenantRequest, class_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST cancels."""
    if request.method == "POST":
        services.cancel_class(class_id=class_id, actor=request.actor, at=clock.now())
        messages.success(request, _("培训班已取消。"))
        return redirect(url("classes"))
    found = reads.get_class(class_id=class_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("取消培训班"), "action": _("确认取消"), "danger": True, "cancel_url": _here(found),
        "question": _("确定取消“%(title)s”吗？") % {"title": found.title},
        "consequences": [_("不能再登记出席和计学时。")],
    })  # fmt: skip


def _here(found: OfflineClass) -> str:
    return url("class", class_id=found.pk)


def _crumbs(found: OfflineClass, last: str) -> list[tuple[str, str]]:
    return [(_("线下培训"), url("classes")), (found.title, _here(found)), (last, "")]
