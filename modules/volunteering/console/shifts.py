"""Shifts in the console, and who comes."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.projects import PersonForm, ReasonForm, ShiftForm
from ..selectors import projects as project_reads
from ..selectors import shifts as reads
from ..services import shifts as services
from ..services import signing
from .addresses import url


def shift_new(request: TenantRequest, project_id: uuid.UUID) -> HttpResponse:
    project = project_reads.get_managed(project_id=project_id, actor=request.actor)
    form = ShiftForm(request.POST if request.method == "POST" else None)
    made = submitted(form, lambda data: services.create_shift(
        project_id=project_id, fields=data, actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    here = url("project", project_id=project_id)
    if made is not None:
        messages.success(request, _("班次已添加。"))
        return redirect(here)
    crumbs = [(_("志愿项目"), url("projects")), (project.title, here), (_("新增班次"), "")]
    return form_page(request, form, title=_("新增班次"), crumbs=crumbs, cancel_url=here)


def shift_detail(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    """Who comes. ``?show=``: ``waiting``, ``gone`` or those who have joined."""
    shift, at = reads.get_managed(shift_id=shift_id, actor=request.actor), clock.now()
    show = request.GET.get("show", "")
    show = show if show in ("waiting", "gone") else ""
    labels = {"": _("已报名"), "waiting": _("候补"), "gone": _("已退出")}
    mean, words = reads.ratings(shift)
    return render(request, "volunteering/console/shift.html", {
        "shift": shift, "project": shift.project, "when": reads.when(shift), "show": show, "at": at,
        "page": numbered_page(reads.sign_ups(shift, show=show), request.GET.get("cursor")), "mean": mean, "words": words,
        "is_open": shift.cancelled_at is None and shift.starts_at > at,
        "tabs": [
            {"label": label, "url": f"?show={code}" if code else "?", "active": code == show} for code, label in labels.items()
        ],
        "crumbs": [
            (_("志愿项目"), url("projects")), (shift.project.title, url("project", project_id=shift.project_id)),
            (reads.when(shift), ""),
        ],
    })  # fmt: skip


def shift_edit(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    shift = reads.get_managed(shift_id=shift_id, actor=request.actor)
    form = ShiftForm(request.POST if request.method == "POST" else None, shift=shift)
    saved = submitted(form, lambda data: services.update_shift(
        shift_id=shift_id, fields=data, actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    here = url("shift", shift_id=shift_id)
    if saved is not None:
        messages.success(request, _("班次已保存；时间或地点有变动的，已通知报名的人。"))
        return redirect(here)
    return form_page(request, form, title=_("修改班次"), cancel_url=here)


def shift_cancel(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    shift = reads.get_managed(shift_id=shift_id, actor=request.actor)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: services.cancel_shift(
        shift_id=shift_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("shift", shift_id=shift_id)
    if done is not None:
        messages.success(request, _("班次已取消，已通知报名的人。"))
        return redirect(here)
    return form_page(
        request, form, title=_("取消班次 %(when)s") % {"when": reads.when(shift)}, action=_("确认取消"), cancel_url=here
    )


def person_new(request: TenantRequest, shift_id: uuid.UUID) -> HttpResponse:
    """Put somebody on the list who has no account or cannot do it."""
    shift = reads.get_managed(shift_id=shift_id, actor=request.actor)
    form = PersonForm(request.POST if request.method == "POST" else None, actor=request.actor)
    made = submitted(form, lambda data: signing.sign_up(
        shift_id=shift_id, person_id=data["person_id"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("shift", shift_id=shift_id)
    if made is not None:
        messages.success(request, _("已代为报名。"))
        return redirect(here)
    return form_page(request, form, title=_("代为报名：%(title)s") % {"title": shift.project.title}, cancel_url=here)


def person_remove(request: TenantRequest, shift_id: uuid.UUID, sign_up_id: uuid.UUID) -> HttpResponse:
    signing.withdraw(shift_id=shift_id, sign_up_id=sign_up_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已移出名单，候补的人按顺序递补。"))
    return redirect(url("shift", shift_id=shift_id))
