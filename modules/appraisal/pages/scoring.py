"""Scoring on the phone: whom I still have to score, and one page for each."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.kernel.errors import FieldError
from jiceng.shell.requests import TenantRequest

from ..errors.scoring import SheetInvalid
from ..models import Assignment, Duty
from ..selectors import sheets as reads
from ..selectors.rounds import criteria_of
from ..services import scoring as services

COOKIE, DAYS = "jc_sheet", 30


def duty_list(request: TenantRequest) -> HttpResponse:
    """Rounds that wait for me, those still to score first."""
    at = clock.now()
    return render(request, "appraisal/h5/duties.html", {"piles": reads.piles(actor=request.actor, at=at), "at": at})


def score(request: TenantRequest, assignment_id: uuid.UUID) -> HttpResponse:
    """One person's sheet. ``deed=draft`` keeps what there is; in a blind round on this phone only."""
    duty = reads.get_duty(assignment_id=assignment_id, actor=request.actor)
    if request.method != "POST":
        return _page(request, duty, _kept(request, duty), ())
    criteria = criteria_of(duty.round)
    given = {row.pk: request.POST.get(f"score-{row.pk}", "") for row in criteria}
    comment, is_draft = request.POST.get("comment", ""), request.POST.get("deed") == "draft"
    call = services.save_draft if is_draft else services.hand_in
    try:
        saved = call(assignment_id=assignment_id, scores=given, comment=comment, actor=request.actor, at=clock.now())
    except SheetInvalid as error:
        shown = {"scores": {str(key): value for key, value in given.items()}, "comment": comment[:1000]}
        return _page(request, duty, shown, error.fields or (FieldError("/", "incomplete", error.detail),))
    return _drafted(request, duty, saved) if is_draft else _handed_in(request, duty, saved)


def _drafted(request: TenantRequest, duty: Assignment, saved: services.Saved) -> HttpResponse:
    messages.success(request, _("草稿已保存，记得提交。"))
    answer = redirect("h5-appraisal-duties")
    if saved.sealed:
        answer.set_cookie(
            COOKIE, saved.sealed, max_age=DAYS * 24 * 3600, path=_path(duty), httponly=True, secure=request.is_secure(),
            samesite="Lax",
        )  # fmt: skip
    return answer


def _handed_in(request: TenantRequest, duty: Assignment, saved: services.Saved) -> HttpResponse:
    if saved.next_id is None:
        messages.success(request, _("全部评完了，谢谢。"))
        answer = redirect("h5-appraisal-duties")
    else:
        messages.success(request, _("已提交对%(name)s的评分，请评下一位。") % {"name": duty.subject.name})
        answer = redirect("h5-appraisal-score", assignment_id=saved.next_id)
    answer.delete_cookie(COOKIE, path=_path(duty), samesite="Lax")
    return answer


def _kept(request: TenantRequest, duty: Assignment) -> dict[str, Any]:
    if duty.round.is_blind:
        return services.open_draft(duty.pk, request.COOKIES.get(COOKIE, ""))
    return reads.filled_in(duty)


def _page(
    request: TenantRequest, duty: Assignment, shown: dict[str, Any], faults: tuple[FieldError, ...]
) -> HttpResponse:
    at, named = clock.now(), {fault.pointer.rpartition("/")[2]: fault.message for fault in faults}
    rows = [_row(criterion, shown["scores"].get(str(criterion.pk), ""), named) for criterion in criteria_of(duty.round)]
    done, count = reads.place_of(duty)
    is_final = duty.round.is_blind and duty.state == Duty.DONE
    return render(request, "appraisal/h5/score.html", {
        "duty": duty, "round": duty.round, "subject": duty.subject, "rows": rows, "comment": shown["comment"],
        "faults": faults, "comment_fault": named.get("comment", ""), "done": done, "count": count, "is_final": is_final,
        "is_begun": duty.round.opens_at <= at, "is_excused": duty.state == Duty.EXCUSED,
        "back_url": reverse("h5-appraisal-duties"),
    }, status=422 if faults else 200)  # fmt: skip


def _row(criterion: Any, value: str, faults: dict[str, str]) -> dict[str, Any]:
    levels = reads.levels_of(criterion)
    chosen = reads.same_points(value, [points for points, _label in levels])
    if value and not chosen:
        levels = [*levels, (value, _("原来的分"))]
    return {
        "criterion": criterion, "levels": levels, "chosen": chosen or value, "fault": faults.get(str(criterion.pk), ""),
    }  # fmt: skip


def _path(duty: Assignment) -> str:
    return reverse("h5-appraisal-score", kwargs={"assignment_id": duty.pk})
