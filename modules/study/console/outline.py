"""Chapters and lessons in the console."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..forms.courses import LessonForm
from ..selectors import courses as reads
from ..services import outline as services
from .addresses import url


def chapter_new(request: TenantRequest, course_id: uuid.UUID) -> HttpResponse:
    services.add_chapter(
        course_id=course_id, title=request.POST.get("title", ""), actor=request.actor, at=clock.now()
    )  # fmt: skip
    messages.success(request, _("已添加一章。"))
    return redirect(url("course", course_id=course_id))


def chapter_change(request: TenantRequest, chapter_id: uuid.UUID) -> HttpResponse:
    """``deed``: ``up``, ``down``, ``remove``; otherwise ``title`` is the new name."""
    deed, actor, at = request.POST.get("deed", ""), request.actor, clock.now()
    if deed in ("up", "down"):
        course = services.move_chapter(chapter_id=chapter_id, direction=deed, actor=actor, at=at)  # type: ignore[arg-type]
    elif deed == "remove":
        course = services.remove_chapter(chapter_id=chapter_id, actor=actor, at=at)
        messages.success(request, _("已删除这一章。"))
    else:
        title = request.POST.get("title", "")
        course = services.change_chapter(chapter_id=chapter_id, title=title, actor=actor, at=at).course
        messages.success(request, _("已保存。"))
    return redirect(url("course", course_id=course.pk))


def lesson_new(request: TenantRequest, chapter_id: uuid.UUID) -> HttpResponse:
    """``?material=`` chooses one, as after making it."""
    chapter = reads.get_chapter(chapter_id=chapter_id, actor=request.actor)
    form = LessonForm(request.POST or None, chapter=chapter)
    form.initial["material_id"] = request.GET.get("material", "")[:36]
    lesson = submitted(form, lambda data: services.add_lesson(
        chapter_id=chapter_id, fields=form.to_fields(), actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("course", course_id=chapter.course_id)
    if lesson is not None:
        messages.success(request, _("已添加课时“%(title)s”。") % {"title": lesson.title})
        return redirect(here)
    return form_page(
        request, form, template="study/console/lesson.html", title=_("添加课时"), cancel_url=here, chapter=chapter,
        crumbs=[(_("课程"), url("courses")), (chapter.course.title, here), (_("添加课时"), "")],
    )  # fmt: skip


def lesson_edit(request: TenantRequest, lesson_id: uuid.UUID) -> HttpResponse:
    lesson = reads.get_managed_lesson(lesson_id=lesson_id, actor=request.actor)
    form = LessonForm(request.POST or None, chapter=lesson.chapter, lesson=lesson)
    saved = submitted(form, lambda data: services.change_lesson(
        lesson_id=lesson_id, fields=form.to_fields(), actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("course", course_id=lesson.chapter.course_id)
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(here)
    return form_page(
        request, form, template="study/console/lesson.html", title=_("修改课时"), cancel_url=here, chapter=lesson.chapter,
        crumbs=[(_("课程"), url("courses")), (lesson.chapter.course.title, here), (_("修改课时"), "")],
    )  # fmt: skip


def lesson_change(request: TenantRequest, lesson_id: uuid.UUID) -> HttpResponse:
    """``deed``: ``up``, ``down`` or ``remove``."""
    deed, actor, at = request.POST.get("deed", ""), request.actor, clock.now()
    if deed == "remove":
        course = services.remove_lesson(lesson_id=lesson_id, actor=actor, at=at)
        messages.success(request, _("已删除课时。"))
    else:
        course = services.move_lesson(
            lesson_id=lesson_id, direction="up" if deed == "up" else "down", actor=actor, at=at
        )
    return redirect(url("course", course_id=course.pk))
