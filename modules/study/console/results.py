"""Scores, and how the questions did."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest
from jiceng.shell.tables import csv_answer

from ..forms.exams import CandidateFilterForm
from ..manifest.words import EXAMINE, MARK
from ..models import ExamState
from ..selectors import exams
from ..selectors import results as reads
from ..services import marking
from .addresses import url

SHOWN = (ExamState.PUBLISHED, ExamState.CLOSED)


def exam_list(request: TenantRequest) -> HttpResponse:
    """Exams that can have scores, with what waits to be marked."""
    rows = exams.managed(request.actor, MARK).filter(state__in=SHOWN)
    page = numbered_page(rows, request.GET.get("cursor"), size=30)
    return render(request, "study/console/results.html", {"page": page, "at": clock.now()})


def candidates(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    """``?show=``: ``passed``, ``failed``, ``marking``, ``absent`` or everybody."""
    exam = exams.get_managed(exam_id=exam_id, actor=request.actor, permission=MARK)
    labels = {
        "": _("全部"), "passed": _("合格"), "failed": _("不合格"), "marking": _("等待阅卷"), "absent": _("未参加"),
    }  # fmt: skip
    show = request.GET.get("show", "")
    show = show if show in labels else ""
    filter_form = CandidateFilterForm(request.GET)
    rows = reads.candidates(exam, show=show, words=filter_form.words())
    return render(request, "study/console/candidates.html", {
        "exam": exam, "figures": reads.figures(exam), "filter_form": filter_form, "show": show,
        "page": numbered_page(rows, request.GET.get("cursor")), "waiting": reads.to_mark(exam, request.actor).count(),
        "may_extend": exam.is_published and policy.may(request.actor, EXAMINE, exam.unit.path if exam.unit else ""),
        "tabs": [
            {"label": label, "url": f"?show={code}" if code else "?", "active": code == show}
            for code, label in labels.items()
        ],
        "crumbs": [(_("阅卷与成绩"), url("results")), (exam.title, "")],
    })  # fmt: skip


def export(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    exam, rows = marking.export_results(exam_id=exam_id, actor=request.actor)
    headers = [_("姓名"), _("组织"), _("次数"), _("最好成绩"), _("百分比"), _("结果"), _("合格时间")]
    return csv_answer(exam.title, headers, rows)


def analysis(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    exam = exams.get_managed(exam_id=exam_id, actor=request.actor, permission=MARK)
    return render(request, "study/console/analysis.html", {
        "exam": exam, "lines": reads.analysis(exam),
        "may_void": policy.may(request.actor, EXAMINE, exam.unit.path if exam.unit else ""),
        "crumbs": [
            (_("阅卷与成绩"), url("results")), (exam.title, url("candidates", exam_id=exam_id)), (_("试题分析"), "")
        ],
    })  # fmt: skip
