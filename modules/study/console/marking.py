"""Marking short answers, one after the other."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..forms.exams import MarkForm
from ..manifest.words import MARK
from ..selectors import exams, results
from ..services import marking as services
from .addresses import url


def mark_next(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    """The next answer that waits for this marker; POST gives its points and goes on."""
    exam = exams.get_managed(exam_id=exam_id, actor=request.actor, permission=MARK)
    waiting = results.to_mark(exam, request.actor)
    item = waiting.first()
    initial = {"item_id": item.pk} if item else None
    form = MarkForm(request.POST if request.method == "POST" else None, initial=initial)
    done = submitted(form, lambda data: services.mark_answer(
        exam_id=exam_id, **data, actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("mark", exam_id=exam_id)
    if done is not None:
        messages.success(request, _("已给分。"))
        return redirect(here)
    if form.is_bound:
        shown = form["item_id"].value()
        item = waiting.filter(pk=shown).first() if str(shown).isdigit() else item
    if item is None:
        messages.info(request, _("没有等您批阅的答案了。"))
        return redirect(url("candidates", exam_id=exam_id))
    back = url("candidates", exam_id=exam_id)
    return form_page(
        request, form, template="study/console/mark.html", title=_("阅卷"), exam=exam, item=item, cancel_url=back,
        waiting=waiting.count(), crumbs=[(_("阅卷与成绩"), url("results")), (exam.title, back), (_("阅卷"), "")],
    )  # fmt: skip
