"""Exams on the phone: what there is to take, the rules, how it went."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render

from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..models import AttemptItem
from ..selectors import attempts
from ..selectors import exams as reads
from ..selectors.learners import learner
from ..services import attempts as services
from .terminals import terminal_of


def exam_list(request: TenantRequest) -> HttpResponse:
    person = learner(request.actor)
    seats = reads.seats(person, at=clock.now()) if person else []
    return render(request, "study/h5/exams.html", {
        "person": person, "waiting": [seat for seat in seats if seat.phase != "over"],
        "over": [seat for seat in seats if seat.phase == "over"],
    })  # fmt: skip


def exam_detail(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    """The rules in words, what was tried so far, and the way in."""
    person = learner(request.actor)
    exam = reads.get_exam(exam_id=exam_id, person=person)
    return render(request, "study/h5/exam.html", {
        "exam": exam, "person": person, "seat": reads.seat_of(exam, person, at=clock.now()) if person else None,
        "tries": attempts.attempts_of(exam.pk, person) if person else (),
    })  # fmt: skip


def exam_start(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    attempt = services.start_attempt(
        exam_id=exam_id, terminal=terminal_of(request), actor=request.actor, at=clock.now()
    )
    return redirect("h5-study-attempt-question", attempt_id=attempt.pk, number=1)


def wrong_list(request: TenantRequest) -> HttpResponse:
    """What one got wrong, with the right answers, as far as exams show them."""
    person = learner(request.actor)
    rows = attempts.wrong_answers(person) if person else AttemptItem.objects.none()
    return render(request, "study/h5/wrong.html", {"page": numbered_page(rows, request.GET.get("cursor"), size=20)})
