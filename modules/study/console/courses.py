"""Courses in the console."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.courses import ChapterForm, CourseForm
from ..selectors import courses as reads
from ..services import courses as services
from .addresses import url


def course_list(request: TenantRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    rows = reads.managed(request.actor).filter(material_alone=None)
    page = numbered_page(rows.filter(title__icontains=words) if words else rows, request.GET.get("cursor"), size=30)
    return render(request, "study/console/courses.html", {"page": page, "words": words})


def course_new(request: TenantRequest) -> HttpResponse:
    form = CourseForm(*posted(request), actor=request.actor)
    course = submitted(
        form, lambda data: services.create_course(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if course is not None:
        messages.success(request, _("课程已建好，请添加章节和课时。"))
        return redirect(url("course", course_id=course.pk))
    crumbs = [(_("课程"), url("courses")), (_("新建课程"), "")]
    return form_page(request, form, title=_("新建课程"), cancel_url=url("courses"), crumbs=crumbs)


def course_detail(request: TenantRequest, course_id: uuid.UUID) -> HttpResponse:
    """The outline, with everything that is done to it."""
    course = reads.get_managed(course_id=course_id, actor=request.actor)
    return render(request, "study/console/course.html", {
        "course": course, "outline": reads.outline(course, None), "chapter_form": ChapterForm(),
        "crumbs": [(_("课程"), url("courses")), (course.title, "")],
    })  # fmt: skip


def course_edit(request: TenantRequest, course_id: uuid.UUID) -> HttpResponse:
    course = reads.get_managed(course_id=course_id, actor=request.actor)
    form = CourseForm(*posted(request), actor=request.actor, course=course)
    saved = submitted(form, lambda data: services.update_course(
        course_id=course_id, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("course", course_id=course_id)
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(here)
    crumbs = [(_("课程"), url("courses")), (course.title, here), (_("修改"), "")]
    return form_page(request, form, title=_("修改课程"), cancel_url=here, crumbs=crumbs)


def course_publish(request: TenantRequest, course_id: uuid.UUID) -> HttpResponse:
    course = services.publish_course(course_id=course_id, actor=request.actor, at=clock.now())
    messages.success(request, _("“%(title)s”已发布，可以学习了。") % {"title": course.title})
    return redirect(url("course", course_id=course_id))


def course_withdraw(request: TenantRequest, course_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST takes it down."""
    if request.method == "POST":
        course = services.withdraw_course(course_id=course_id, actor=request.actor, at=clock.now())
        messages.success(request, _("“%(title)s”已下架。") % {"title": course.title})
        return redirect(url("course", course_id=course_id))
    course = reads.get_managed(course_id=course_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("下架课程"), "action": _("确认下架"), "danger": True, "cancel_url": url("course", course_id=course_id),
        "question": _("确定下架“%(title)s”吗？") % {"title": course.title},
        "consequences": [_("手机上不再显示，学到一半的人不能继续。"), _("已有的学习记录和学时保留，可以再次发布。")],
    })  # fmt: skip


def course_delete(request: TenantRequest, course_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST deletes a draft."""
    if request.method == "POST":
        services.delete_course(course_id=course_id, actor=request.actor, at=clock.now())
        messages.success(request, _("课程已删除。"))
        return redirect(url("courses"))
    course = reads.get_managed(course_id=course_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("删除课程"), "action": _("确认删除"), "danger": True, "cancel_url": url("course", course_id=course_id),
        "question": _("确定删除“%(title)s”吗？") % {"title": course.title}, "consequences": [_("删除后不能恢复。")],
    })  # fmt: skip


def learners(request: TenantRequest, course_id: uuid.UUID) -> HttpResponse:
    """Who takes the course. ``?show=``: ``done``, ``running`` or everybody."""
    course = reads.get_managed(course_id=course_id, actor=request.actor)
    counts = {
        "": (_("全部"), course.learner_count), "done": (_("已学完"), course.completed_count),  # type: ignore[attr-defined]
        "running": (_("学习中"), course.learner_count - course.completed_count),  # type: ignore[attr-defined]
    }  # fmt: skip
    show = request.GET.get("show", "")
    show = show if show in counts else ""
    return render(request, "study/console/learners.html", {
        "course": course, "needed": reads.outline(course, None).needed,
        "page": numbered_page(reads.learners(course, show=show), request.GET.get("cursor")),
        "tabs": [
            {"label": f"{label} {count}", "url": f"?show={code}" if code else "?", "active": code == show}
            for code, (label, count) in counts.items()
        ],
        "crumbs": [
            (_("课程"), url("courses")), (course.title, url("course", course_id=course_id)), (_("学习情况"), "")
        ],
    })  # fmt: skip
