"""A learner's notes."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..selectors import learning
from ..selectors.learners import learner
from ..services import notes as services


def note_new(request: TenantRequest, lesson_id: uuid.UUID) -> HttpResponse:
    position = request.POST.get("position", "")
    services.write_note(
        lesson_id=lesson_id, text=request.POST.get("text", ""), actor=request.actor, at=clock.now(),
        position=int(position) if position.isascii() and position.isdigit() and len(position) < 7 else 0,
    )  # fmt: skip
    messages.success(request, _("笔记已保存，只有您自己能看到。"))
    return redirect("h5-study-lesson", lesson_id=lesson_id)


def note_list(request: TenantRequest) -> HttpResponse:
    """All of one's notes, the newest first."""
    rows = learning.notes_of(learner(request.actor))
    return render(request, "study/h5/notes.html", {"page": numbered_page(rows, request.GET.get("cursor"), size=20)})


def note_delete(request: TenantRequest, note_id: uuid.UUID) -> HttpResponse:
    services.delete_note(note_id=note_id, actor=request.actor)
    messages.success(request, _("笔记已删除。"))
    return redirect("h5-study-notes")
