"""What the public said: the list, hiding words, the workbook, the trend."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.access import policy
from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..forms.survey import ReasonForm, SearchForm
from ..forms.turning import turned
from ..manifest.words import FOLLOW, MODERATE
from ..selectors import answers as reads
from ..services import exporting, moderating
from .addresses import posted, url, xlsx_answer

PER_PAGE = 50
SHOWS = (
    ("", gettext_lazy("全部")), ("bad", gettext_lazy("不满意")), ("text", gettext_lazy("有意见")),
    ("hidden", gettext_lazy("已隐藏")),
)  # fmt: skip
STEPS = (("day", gettext_lazy("按天")), ("week", gettext_lazy("按周")), ("month", gettext_lazy("按月")))


def answer_list(request: TenantRequest) -> HttpResponse:
    search, show = SearchForm(request.GET), request.GET.get("show", "")
    rows = reads.listed(actor=request.actor, show=show, words=search.words())
    tabs = [{"label": label, "url": f"?show={code}" if code else "?", "active": code == show} for code, label in SHOWS]
    return render(request, "appraisal/console/answers.html", {
        **turned(request, rows, PER_PAGE), "search": search, "words": search.words(), "show": show, "tabs": tabs,
        "may_moderate": policy.may(request.actor, MODERATE), "may_follow": policy.may(request.actor, FOLLOW),
    })  # fmt: skip


def answers_export(request: TenantRequest) -> HttpResponse:
    rows = reads.listed(actor=request.actor, show=request.GET.get("show", ""), words=SearchForm(request.GET).words())
    content = exporting.export_answers(answers=rows[: exporting.ROWS_AT_MOST], actor=request.actor)
    return xlsx_answer(_("群众评价"), content)


def answer_hide(request: TenantRequest, answer_id: uuid.UUID) -> HttpResponse:
    """The words and why they are hidden; ``deed=show`` takes it back."""
    answer = reads.get_moderated(answer_id=answer_id, actor=request.actor)
    if request.method == "POST" and request.POST.get("deed") == "show":
        moderating.show_text(answer_id=answer_id, actor=request.actor, at=clock.now())
        messages.success(request, _("文字已恢复显示。"))
        return redirect(url("answers"))
    form = ReasonForm(posted(request))
    hidden = submitted(form, lambda data: moderating.hide_text(
        answer_id=answer_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if hidden is not None:
        messages.success(request, _("文字已隐藏，原文保留备查。"))
        return redirect(url("answers"))
    crumbs = [(_("群众评价"), url("answers")), (_("隐藏文字"), "")]
    return form_page(request, form, template="appraisal/console/answer_hide.html", answer=answer, crumbs=crumbs)


def trend(request: TenantRequest) -> HttpResponse:
    step = request.GET.get("step", "")
    step = step if step in reads.STEPS else "week"
    tabs = [{"label": label, "url": f"?step={code}", "active": code == step} for code, label in STEPS]
    found = reads.trend(actor=request.actor, at=clock.now(), step=step)
    return render(request, "appraisal/console/trend.html", {"trend": found, "tabs": tabs})
