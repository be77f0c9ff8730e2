"""Assessments on the phone: handing in, one's own result, appealing."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.files import uploads
from jiceng.kernel import clock
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.requests import TenantRequest

from ..forms.assessments import AppealForm, EvidenceForm
from ..models import AssessmentTarget
from ..selectors import assessments as reads
from ..services import assessments_running as services

TARGET = "h5-news-assessment-target"


def target_detail(request: TenantRequest, target_id: uuid.UUID) -> HttpResponse:
    """What is asked, what has been shown so far, the result once there is one."""
    return _page(request, reads.get_target(target_id, actor=request.actor), AppealForm())


def evidence(request: TenantRequest, target_id: uuid.UUID, criterion_id: uuid.UUID) -> HttpResponse:
    """Words and files for one criterion."""
    target = reads.get_target(target_id, actor=request.actor)
    row = next((row for row in reads.shown_evidence(target) if row["criterion"].pk == criterion_id), None)
    if row is None:
        raise services.refusals.AssessmentMissing
    is_post = request.method == "POST"
    if is_post:
        uploads.check(request)
    kept = [(str(file.pk), file.original_name) for file in row["files"]]
    form = EvidenceForm(
        request.POST if is_post else None, request.FILES if is_post else None, files_kept=kept,
        initial={"text": row["evidence"].text if row["evidence"] else ""},
    )  # fmt: skip
    saved = submitted(form, lambda data: services.write_evidence(
        target_id=target_id, criterion_id=criterion_id, text=data["text"], uploads=data["uploads"],
        drop=[uuid.UUID(pk) for pk in data.get("drop", ())], actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。全部填好后请提交。"))
        return redirect(TARGET, target_id=target_id)
    return render(request, "news/h5/assessments/evidence.html", {
        "form": form, "target": target, **row,
    }, status=status_of(form))  # fmt: skip


def hand_in(request: TenantRequest, target_id: uuid.UUID) -> HttpResponse:
    try:
        services.hand_in(target_id=target_id, actor=request.actor, at=clock.now())
    except services.refusals.EvidenceNeeded as error:
        for fault in error.fields:
            messages.error(request, fault.message)
        return redirect(TARGET, target_id=target_id)
    messages.success(request, _("材料已提交。"))
    return redirect(TARGET, target_id=target_id)


def appeal(request: TenantRequest, target_id: uuid.UUID) -> HttpResponse:
    target, form = reads.get_target(target_id, actor=request.actor), AppealForm(request.POST)
    made = submitted(form, lambda data: services.appeal(
        target_id=target_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if made is None:
        return _page(request, target, form)
    messages.success(request, _("申诉已提交，答复后会通知您。"))
    return redirect(TARGET, target_id=target_id)


def _page(request: TenantRequest, target: AssessmentTarget, form: AppealForm) -> HttpResponse:
    return render(request, "news/h5/assessments/target.html", {
        "target": target, "assessment": target.assessment, "article": target.assessment.article, "at": clock.now(),
        "rows": reads.shown_evidence(target), "appeals": reads.appeals_of(target), "form": form,
    }, status=status_of(form))  # fmt: skip
