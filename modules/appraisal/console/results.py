"""Results in the console: the table, one result, appeals, the workbook."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import submitted
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..errors.scoring import NotClosed
from ..forms.rounds import AnswerForm
from ..forms.turning import turned
from ..models import Round
from ..selectors import results as reads
from ..selectors import rounds
from ..services import appeals, exporting
from .addresses import url, xlsx_answer

PER_PAGE = 50


def result_table(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    """Everybody by name. Not a ranking."""
    round = _concluded(request, round_id)
    return render(request, "appraisal/console/results.html", {
        "round": round, "quota": reads.quota(round), "grades": reads.grades(round), "distribution": reads.distribution(round),
        **turned(request, reads.table(round), PER_PAGE),
        "crumbs": [(_("党员评分"), url("rounds")), (round.title, url("round", round_id=round_id)), (_("结果"), "")],
    })  # fmt: skip


def results_export(request: TenantRequest, round_id: uuid.UUID) -> HttpResponse:
    round = _concluded(request, round_id)
    return xlsx_answer(_("评分结果"), exporting.export_results(round=round, actor=request.actor))


def result_detail(request: TenantRequest, subject_id: uuid.UUID) -> HttpResponse:
    """How one result came about; who gave what only where the round is a named one."""
    subject = reads.get_managed(subject_id=subject_id, actor=request.actor)
    round = subject.round
    return render(request, "appraisal/console/result.html", {
        "subject": subject, "round": round, "why": reads.explain(subject), "comments": reads.comments_of(subject),
        "sheets": reads.named_sheets(subject), "appeals": reads.appeals_of(subject), "form": AnswerForm(),
        "crumbs": [
            (_("党员评分"), url("rounds")), (round.title, url("results", round_id=round.pk)), (subject.name, ""),
        ],
    })  # fmt: skip


def appeal_answer(request: TenantRequest, appeal_id: uuid.UUID) -> HttpResponse:
    subject_id = reads.subject_of_appeal(appeal_id, actor=request.actor)
    form = AnswerForm(request.POST)
    row = submitted(form, lambda data: appeals.answer_appeal(
        appeal_id=appeal_id, answer=data["answer"], adjusted_total=data["adjusted_total"].strip() or None,
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if row is None:
        messages.error(request, " ".join(str(fault) for faults in form.errors.values() for fault in faults))
        return redirect(url("result", subject_id=subject_id))
    messages.success(request, _("申诉已答复。"))
    return redirect(url("result", subject_id=subject_id))


def _concluded(request: TenantRequest, round_id: uuid.UUID) -> Round:
    round = rounds.get_round(round_id=round_id, actor=request.actor)
    if not round.has_results:
        raise NotClosed(_("评分还没有结束，没有结果可看。"))
    return round
