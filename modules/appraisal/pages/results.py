"""My own results on the phone, and disagreeing with one."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.requests import TenantRequest

from ..forms.rounds import AppealForm
from ..forms.turning import turned
from ..selectors import results as reads
from ..services import appeals as services

PER_PAGE = 20


def result_list(request: TenantRequest) -> HttpResponse:
    """Every published result of mine."""
    return render(request, "appraisal/h5/results.html", turned(request, reads.own(actor=request.actor), PER_PAGE))


def result(request: TenantRequest, subject_id: uuid.UUID) -> HttpResponse:
    """One result with how it came about; POST appeals."""
    subject = reads.get_own(subject_id=subject_id, actor=request.actor)
    form = AppealForm(request.POST if request.method == "POST" else None)
    made = submitted(form, lambda data: services.appeal(
        subject_id=subject_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("申诉已提交，答复后会通知您。"))
        return redirect("h5-appraisal-result", subject_id=subject_id)
    return render(request, "appraisal/h5/result.html", {
        "subject": subject, "round": subject.round, "why": reads.explain(subject), "comments": reads.comments_of(subject),
        "distribution": reads.distribution(subject.round_id), "appeals": reads.appeals_of(subject), "form": form,
        "may_appeal": reads.may_appeal(subject, at=clock.now()), "back_url": reverse("h5-appraisal-results"),
    }, status=status_of(form))  # fmt: skip
