"""Assessments in the console: phases, the scoring sheet of a target, appeals, the results as a file."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.forms import submitted
from jiceng.shell.requests import TenantRequest

from .. import selectors
from ..forms.assessments import AnswerForm
from ..manifest.words import PUBLISH
from ..models import Phase
from ..selectors import assessments as reads
from ..services import assessments_exporting as exporting
from ..services import assessments_running as services
from .addresses import url
from .tables import csv_answer

DEEDS: dict[str, tuple[Callable[..., Any], Any]] = {
    "score": (services.start_scoring, "已进入评分阶段。"), "close": (services.close_scoring, "已算出总分，进入公示申诉阶段。"),
    "conclude": (services.conclude, "结果已公布。"),
}  # fmt: skip


def phase(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """``deed``: ``score``, ``close`` or ``conclude``."""
    call, done = DEEDS.get(request.POST.get("deed", ""), DEEDS["score"])
    call(article_id=article_id, actor=request.actor, at=clock.now())
    messages.success(request, _(done))
    return redirect(url("preview", article_id=article_id))


def target(request: TenantRequest, target_id: uuid.UUID) -> HttpResponse:
    """What a target shows, the actor's own scores for it, its appeals."""
    found = reads.get_scored(target_id, actor=request.actor)
    faults: dict[str, str] = {}
    if request.method == "POST":
        given = _given(request, found)
        try:
            services.give_scores(target_id=target_id, scores=given, actor=request.actor, at=clock.now())
        except services.refusals.ScoresInvalid as error:
            faults = {fault.pointer.rpartition("/")[2]: fault.message for fault in error.fields}
        else:
            messages.success(request, _("评分已保存。"))
            return redirect(url("assessment-target", target_id=target_id))
    rows, own = reads.shown_evidence(found), reads.own_scores(found, request.actor)
    for row in rows:
        key = str(row["criterion"].pk)
        score = own.get(row["criterion"].pk)
        row["value"] = request.POST.get(f"value-{key}", score.value if score else "")
        row["comment"] = request.POST.get(f"comment-{key}", score.comment if score else "")
        row["fault"] = faults.get(key, "")
    article = found.assessment.article
    return render(request, "news/console/assessments/target.html", {
        "target": found, "assessment": found.assessment, "article": article, "rows": rows, "appeals": reads.appeals_of(found),
        "form": AnswerForm(), "is_scoring": found.assessment.phase == Phase.SCORING,
        "may_manage": selectors.is_managed(article, actor=request.actor, permission=PUBLISH),
        "crumbs": [(_("文章"), url("list")), (article.title, url("preview", article_id=article.pk)), (found.name, "")],
    }, status=422 if faults else 200)  # fmt: skip


def answer(request: TenantRequest, appeal_id: uuid.UUID) -> HttpResponse:
    form = AnswerForm(request.POST)
    row = submitted(form, lambda data: services.answer_appeal(
        appeal_id=appeal_id, answer=data["answer"], adjusted_total=data["adjusted_total"].strip() or None,
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if row is None:
        messages.error(request, " ".join(str(fault) for faults in form.errors.values() for fault in faults))
        return redirect(url("assessment-target", target_id=reads.target_of_appeal(appeal_id, actor=request.actor)))
    messages.success(request, _("申诉已答复。"))
    return redirect(url("assessment-target", target_id=row.target_id))


def results_export(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = selectors.get_managed(article_id=article_id, actor=request.actor, permission=PUBLISH)
    headers, rows = exporting.export_results(article=article, actor=request.actor)
    return csv_answer(_("考核结果"), headers, rows)


def _given(request: TenantRequest, found: Any) -> dict[uuid.UUID, services.Given]:
    """Criteria left empty are not scored yet."""
    keys = {criterion.pk: str(criterion.pk) for criterion in reads.criteria_of(found.assessment)}
    return {
        pk: services.Given(request.POST.get(f"value-{key}", "").strip(), request.POST.get(f"comment-{key}", ""))
        for pk, key in keys.items() if request.POST.get(f"value-{key}", "").strip()
    }  # fmt: skip
