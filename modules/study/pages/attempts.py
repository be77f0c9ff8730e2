"""Answering on the phone, a question a page. Works without JavaScript; with it, answers are saved as one goes."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from jiceng.kernel import clock
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.requests import TenantRequest

from ..models import CHOICE_KINDS, Attempt, AttemptItem, QuestionKind
from ..selectors import attempts as reads
from ..selectors import exams
from ..selectors.learners import learner
from ..services import attempts as services
from .terminals import terminal_of


class AnswerForm(forms.Form):
    """``sequence``: of the browser's savings. The answer itself is judged by the service."""

    sequence = forms.IntegerField(required=False, min_value=0, max_value=2**53)


class SaveForm(AnswerForm):
    number = forms.IntegerField(min_value=1, max_value=500)


@never_cache
def attempt_question(request: TenantRequest, attempt_id: uuid.UUID, number: int) -> HttpResponse:
    """One question. POST keeps the answer and goes where ``go`` says: another number, or ``sheet``."""
    attempt = reads.get_attempt(attempt_id=attempt_id, person=learner(request.actor))
    if not attempt.is_running or clock.now() >= attempt.deadline_at:
        return redirect("h5-study-attempt", attempt_id=attempt_id)
    item = reads.get_item(attempt, number)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    given = answer_in(request.POST, item)
    if submitted(form, lambda data: _save(request, attempt_id, number, given, data["sequence"])) is not None:
        return _onwards(request, attempt_id, number)
    if form.is_bound:
        item.answer = given  # what was typed stays on the page
    return render(request, "study/h5/question.html", {
        **_frame(request, attempt), "item": item, "form": form, "kind": item.version.question.kind,
        "blanks": _blanks(item), "sequence": item.sequence, "before": number - 1,
        "after": number + 1 if number < attempt.items.count() else 0,
    }, status=status_of(form))  # fmt: skip


@never_cache
def attempt_save(request: TenantRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """Keep an answer while somebody is at it: ``{"saved", "left"}``; 409 when time is up or another terminal has it."""
    form = SaveForm(request.POST)
    attempt = reads.get_attempt(attempt_id=attempt_id, person=learner(request.actor))
    if not form.is_valid():
        return HttpResponse(status=422)
    number = form.cleaned_data["number"]
    given = answer_in(request.POST, reads.get_item(attempt, number))
    _save(request, attempt_id, number, given, form.cleaned_data["sequence"])
    return JsonResponse({"saved": True, "left": _left(attempt, clock.now())})


def attempt_here(request: TenantRequest, attempt_id: uuid.UUID) -> HttpResponse:
    services.continue_here(attempt_id=attempt_id, terminal=terminal_of(request), actor=request.actor, at=clock.now())
    return redirect("h5-study-attempt-question", attempt_id=attempt_id, number=1)


@never_cache
def attempt_hand_in(request: TenantRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """GET shows what is missing, POST hands in."""
    attempt = reads.get_attempt(attempt_id=attempt_id, person=learner(request.actor))
    if request.method == "POST":
        services.hand_in(attempt_id=attempt_id, terminal=terminal_of(request), actor=request.actor, at=clock.now())
        messages.success(request, _("已交卷。"))
        return redirect("h5-study-attempt", attempt_id=attempt_id)
    if not attempt.is_running:
        return redirect("h5-study-attempt", attempt_id=attempt_id)
    return render(request, "study/h5/hand_in.html", {**_frame(request, attempt), "sheet": reads.sheet_of(attempt)})


@never_cache
def attempt_result(request: TenantRequest, attempt_id: uuid.UUID) -> HttpResponse:
    """The score, and the right answers as far as they may be seen. An attempt that runs leads back to its questions."""
    attempt = reads.get_attempt(attempt_id=attempt_id, person=learner(request.actor))
    at = clock.now()
    if attempt.is_running and at < attempt.deadline_at:
        return redirect("h5-study-attempt-question", attempt_id=attempt_id, number=1)
    if attempt.is_running:
        services.hand_in_due(attempt_id=attempt_id, at=at)
        attempt.refresh_from_db()
    shows = exams.show_answers_at(attempt.exam, attempt.candidate, at=at)
    return render(request, "study/h5/result.html", {
        "attempt": attempt, "exam": attempt.exam, "shows": shows, "sheet": reads.sheet_of(attempt),
        "seat": exams.seat_of(attempt.exam, attempt.person, at=at),
    })  # fmt: skip


def answer_in(data: QueryDict, item: AttemptItem) -> list[Any] | None:
    """As services take it; what is no number is no option."""
    kind = item.version.question.kind
    if kind in CHOICE_KINDS:
        given = data.getlist("choice")[:50]
        return [int(one) if one.isascii() and one.isdigit() and len(one) < 4 else -1 for one in given]
    return [*data.getlist("blank")[:50]]


def _save(request: TenantRequest, attempt_id: uuid.UUID, number: int, given: Any, sequence: int | None) -> AttemptItem:
    return services.save_answer(
        attempt_id=attempt_id, number=number, answer=given, terminal=terminal_of(request), sequence=sequence,
        actor=request.actor, at=clock.now(),
    )  # fmt: skip


def _onwards(request: TenantRequest, attempt_id: uuid.UUID, number: int) -> HttpResponse:
    go = request.POST.get("go", "")
    if go.isascii() and go.isdigit() and 0 < len(go) < 4:
        return redirect("h5-study-attempt-question", attempt_id=attempt_id, number=int(go))
    if go == "stay":
        return redirect("h5-study-attempt-question", attempt_id=attempt_id, number=number)
    return redirect("h5-study-attempt-hand-in", attempt_id=attempt_id)


def _frame(request: TenantRequest, attempt: Attempt) -> dict[str, Any]:
    """What every page of a running attempt shows."""
    return {
        "attempt": attempt, "exam": attempt.exam, "left": _left(attempt, clock.now()), "count": attempt.items.count(),
        "is_elsewhere": attempt.terminal != terminal_of(request),
    }  # fmt: skip


def _blanks(item: AttemptItem) -> list[str]:
    """One text for each blank."""
    count = len(item.version.answer) if item.version.question.kind == QuestionKind.FILL else 1
    given = [str(text) for text in item.answer or []]
    return [*given, *[""] * count][:count]


def _left(attempt: Attempt, at: datetime) -> int:
    return max(int((attempt.deadline_at - at).total_seconds()), 0)
