"""Courses and lessons on the phone."""

from __future__ import annotations

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..models import CompletionRule
from ..selectors import courses as reads
from ..selectors import learning
from ..selectors.learners import learner
from ..services import learning as services

PER_PAGE = 20


class TimeForm(forms.Form):
    """What the page reports: where the player is, and seconds since the last report."""

    position = forms.IntegerField(min_value=0, max_value=10**6)
    watched = forms.IntegerField(min_value=0, max_value=10**6)


def shelf(request: TenantRequest) -> HttpResponse:
    """What is asked, what is begun, where to find the rest."""
    person = learner(request.actor)
    return render(request, "study/h5/shelf.html", {
        "shelf": learning.shelf(person), "person": person, "at": clock.now(),
        "newest": learning.offered(person)[:3],
    })  # fmt: skip


def course_list(request: TenantRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    rows = learning.offered(learner(request.actor), words=words)
    page = numbered_page(rows, request.GET.get("cursor"), size=PER_PAGE)
    return render(request, "study/h5/courses.html", {"page": page, "words": words})


def course_detail(request: TenantRequest, course_id: uuid.UUID) -> HttpResponse:
    """Chapters, how far one is, and where to go on."""
    person = learner(request.actor)
    course = reads.get_course(course_id=course_id, actor=request.actor, person=person)
    return render(request, "study/h5/course.html", {
        "course": course, "outline": reads.outline(course, person), "person": person,
        "enrolment": reads.enrolment_of(course, person),
    })  # fmt: skip


@never_cache
def lesson_detail(request: TenantRequest, lesson_id: uuid.UUID) -> HttpResponse:
    """The lesson. Opening it begins it, with or without JavaScript, never by HEAD."""
    person = learner(request.actor)
    if request.method == "GET" and person is not None:
        services.open_lesson(lesson_id=lesson_id, actor=request.actor, at=clock.now())
    lesson = reads.get_lesson(lesson_id=lesson_id, actor=request.actor, person=person)
    progress = learning.progress_of(lesson, person)
    before, after = learning.neighbours(lesson)
    plays = lesson.material.duration_seconds
    return render(request, "study/h5/lesson.html", {
        "lesson": lesson, "course": lesson.chapter.course, "material": lesson.material, "progress": progress,
        "before": before, "after": after, "person": person, "notes": learning.notes_of(person, lesson=lesson)[:20],
        "is_timed": lesson.rule == CompletionRule.TIME,
        "resume_at": progress.position_seconds if progress and plays and progress.position_seconds < plays - 3 else 0,
        "left_minutes": -(-max(lesson.needed_seconds - (progress.effective_seconds if progress else 0), 0) // 60),
        "is_video": bool(lesson.material.file and lesson.material.file.content_type.startswith("video/")),
    })  # fmt: skip


@never_cache
def lesson_time(request: TenantRequest, lesson_id: uuid.UUID) -> HttpResponse:
    """How far the lesson is: ``{"seconds", "needed", "is_done"}``; 422 for what is no number of seconds."""
    form = TimeForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    progress = services.report_time(lesson_id=lesson_id, **form.cleaned_data, actor=request.actor, at=clock.now())
    return JsonResponse({
        "seconds": progress.effective_seconds, "needed": progress.lesson.needed_seconds,
        "is_done": progress.completed_at is not None,
    })  # fmt: skip


def lesson_confirm(request: TenantRequest, lesson_id: uuid.UUID) -> HttpResponse:
    """Done with it; on to the next lesson, or back to the course."""
    progress = services.confirm_lesson(lesson_id=lesson_id, actor=request.actor, at=clock.now())
    lesson = reads.get_lesson(lesson_id=lesson_id, actor=request.actor, person=learner(request.actor))
    following = reads.outline(lesson.chapter.course, progress.person).following
    messages.success(request, _("“%(title)s”已学完。") % {"title": lesson.title})
    if following is None:
        return redirect("h5-study-course", course_id=lesson.chapter.course_id)
    return redirect("h5-study-lesson", lesson_id=following.lesson.pk)
