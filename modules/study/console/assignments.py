"""Assignments in the console: asking, seeing who is behind, reminding."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.members import audiences
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer

from ..forms.assignments import AssignmentForm, DeadlineForm
from ..models import Assignment
from ..selectors import assignments as reads
from ..selectors import courses
from ..services import assignments as services
from .addresses import url


def assignment_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.managed(request.actor), request.GET.get("cursor"), size=30)
    return render(request, "study/console/assignments.html", {"page": page, "at": clock.now()})


def assignment_new(request: TenantRequest) -> HttpResponse:
    """``?course=`` or ``?material=`` chooses one."""
    initial = {
        "what": next((f"{kind}:{request.GET[kind][:36]}" for kind in ("course", "material") if kind in request.GET), "")
    }
    form = AssignmentForm(request.POST or None, actor=request.actor, initial=initial)
    made = submitted(
        form, lambda data: services.create_assignment(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if made is not None:
        messages.success(request, _("已布置，正在通知大家。"))
        return redirect(url("assignment", assignment_id=made.pk))
    crumbs = [(_("学习任务"), url("assignments")), (_("布置学习"), "")]
    return form_page(
        request, form, template="study/console/assignment_new.html", title=_("布置学习"), crumbs=crumbs,
        cancel_url=url("assignments"),
    )  # fmt: skip


def assignment_detail(request: TenantRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """Figures and the list of people. ``?show=``: ``waiting``, ``done``, ``unreachable`` or everybody."""
    assignment = reads.get_assignment(assignment_id=assignment_id, actor=request.actor)
    at = clock.now()
    figures = reads.figures_of(assignment, at=at)
    counts = {
        "": (_("全部"), figures.people), "waiting": (_("未完成"), figures.waiting), "done": (_("已完成"), figures.done),
        "unreachable": (_("没有账号"), figures.unreachable),
    }  # fmt: skip
    show = request.GET.get("show", "")
    show = show if show in counts else ""
    return render(request, "study/console/assignment.html", {
        "assignment": assignment, "figures": figures, "show": show, "reach": _reach(assignment), "at": at,
        "needed": courses.outline(assignment.course, None).needed,
        "page": numbered_page(reads.people_of(assignment, show=show), request.GET.get("cursor")),
        "tabs": [
            {"label": f"{label} {count}", "url": f"?show={code}" if code else "?", "active": code == show}
            for code, (label, count) in counts.items()
        ],
        "crumbs": [(_("学习任务"), url("assignments")), (assignment.title, "")],
    })  # fmt: skip


def assignment_deadline(request: TenantRequest, assignment_id: uuid.UUID) -> HttpResponse:
    assignment = reads.get_assignment(assignment_id=assignment_id, actor=request.actor)
    form = DeadlineForm(request.POST or None, initial={"due_at": assignment.due_at})
    moved = submitted(form, lambda data: services.move_deadline(
        assignment_id=assignment_id, due_at=data["due_at"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("assignment", assignment_id=assignment_id)
    if moved is not None:
        messages.success(request, _("期限已调整。"))
        return redirect(here)
    return form_page(request, form, title=_("调整期限"), cancel_url=here)


def assignment_remind(request: TenantRequest, assignment_id: uuid.UUID) -> HttpResponse:
    count = services.remind_behind(assignment_id=assignment_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已提醒 %(count)d 人。") % {"count": count})
    return redirect(url("assignment", assignment_id=assignment_id))


def assignment_cancel(request: TenantRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST cancels."""
    here = url("assignment", assignment_id=assignment_id)
    if request.method == "POST":
        services.cancel_assignment(assignment_id=assignment_id, actor=request.actor, at=clock.now())
        messages.success(request, _("学习任务已取消。"))
        return redirect(here)
    assignment = reads.get_assignment(assignment_id=assignment_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("取消学习任务"), "action": _("确认取消"), "danger": True, "cancel_url": here,
        "question": _("确定取消“%(title)s”吗？") % {"title": assignment.title},
        "consequences": [_("它会从所有人的待办里消失。"), _("已学的内容和学时保留。")],
    })  # fmt: skip


def assignment_export(request: TenantRequest, assignment_id: uuid.UUID) -> HttpResponse:
    assignment, rows = services.export_people(assignment_id=assignment_id, actor=request.actor)
    headers = [_("姓名"), _("组织"), _("账号"), _("必修课时"), _("完成时间")]
    return csv_answer(assignment.title, headers, rows)


def _reach(assignment: Assignment) -> str:
    if assignment.audience is None:
        return _("全体成员")
    return "；".join(audiences.describe(audiences.definition_of(assignment.audience)))
