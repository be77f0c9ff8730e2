"""Projects in the console."""

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

from ..forms.projects import FilterForm, ProjectForm, ReasonForm
from ..selectors import projects as reads
from ..selectors.shifts import attendance_counts
from ..services import projects as services
from .addresses import url


def project_list(request: TenantRequest) -> HttpResponse:
    filter_form = FilterForm(request.GET)
    page = numbered_page(
        reads.search_managed(request.actor, **filter_form.criteria()), request.GET.get("cursor"), size=30
    )
    return render(request, "volunteering/console/projects.html", {"page": page, "filter_form": filter_form})


def project_new(request: TenantRequest) -> HttpResponse:
    form = ProjectForm(request.POST if request.method == "POST" else None, actor=request.actor)
    made = submitted(form, lambda data: services.create_project(
        fields=form.to_fields(), actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("草稿已保存。添加班次以后就可以发布。"))
        return redirect(url("project", project_id=made.pk))
    crumbs = [(_("志愿项目"), url("projects")), (_("新建项目"), "")]
    return form_page(request, form, title=_("新建项目"), crumbs=crumbs, cancel_url=url("projects"))


def project_detail(request: TenantRequest, project_id: uuid.UUID) -> HttpResponse:
    project, at = reads.get_managed(project_id=project_id, actor=request.actor), clock.now()
    page = numbered_page(attendance_counts(reads.shifts_of(project)), request.GET.get("cursor"), size=30)
    return render(request, "volunteering/console/project.html", {
        "project": project, "page": page, "at": at, "is_ended": project.state in reads.ENDED,
        "crumbs": [(_("志愿项目"), url("projects")), (project.title, "")],
    })  # fmt: skip


def project_edit(request: TenantRequest, project_id: uuid.UUID) -> HttpResponse:
    project = reads.get_managed(project_id=project_id, actor=request.actor)
    form = ProjectForm(request.POST if request.method == "POST" else None, actor=request.actor, project=project)
    saved = submitted(form, lambda data: services.update_project(
        project_id=project_id, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    here = url("project", project_id=project_id)
    if saved is not None:
        messages.success(request, _("项目已保存。"))
        return redirect(here)
    crumbs = [(_("志愿项目"), url("projects")), (project.title, here), (_("修改"), "")]
    return form_page(request, form, title=_("修改项目"), crumbs=crumbs, cancel_url=here)


def project_publish(request: TenantRequest, project_id: uuid.UUID) -> HttpResponse:
    services.publish_project(project_id=project_id, actor=request.actor, at=clock.now())
    messages.success(request, _("项目已发布，成员可以报名了。"))
    return redirect(url("project", project_id=project_id))


def project_delete(request: TenantRequest, project_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST deletes a draft."""
    if request.method == "POST":
        services.delete_project(project_id=project_id, actor=request.actor, at=clock.now())
        messages.success(request, _("草稿已删除。"))
        return redirect(url("projects"))
    project = reads.get_managed(project_id=project_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("删除草稿"), "action": _("确认删除"), "danger": True, "cancel_url": url("project", project_id=project_id),
        "question": _("确定删除“%(title)s”吗？") % {"title": project.title}, "consequences": [_("它的班次一并删除，不能恢复。")],
    })  # fmt: skip


def project_close(request: TenantRequest, project_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST closes."""
    here = url("project", project_id=project_id)
    if request.method == "POST":
        services.close_project(project_id=project_id, actor=request.actor, at=clock.now())
        messages.success(request, _("项目已结束。"))
        return redirect(here)
    project = reads.get_managed(project_id=project_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("结束项目"), "action": _("确认结束"), "cancel_url": here,
        "question": _("确定结束“%(title)s”吗？") % {"title": project.title},
        "consequences": [_("不再接受报名。"), _("已经报名的班次照常进行，时长照常核实。")],
    })  # fmt: skip


def project_cancel(request: TenantRequest, project_id: uuid.UUID) -> HttpResponse:
    project = reads.get_managed(project_id=project_id, actor=request.actor)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: services.cancel_project(
        project_id=project_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("project", project_id=project_id)
    if done is not None:
        messages.success(request, _("项目已取消，已通知所有报名的人。"))
        return redirect(here)
    note = _("还没有结束的班次一并取消，每个报名的人收到一次通知。")
    return form_page(
        request,
        form,
        title=_("取消“%(title)s”") % {"title": project.title},
        note=note,
        action=_("确认取消"),
        cancel_url=here,
    )
