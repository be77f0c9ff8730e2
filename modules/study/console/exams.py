"""Exams in the console: writing, publishing, and care while they run."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.members import audiences
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.exams import ExamForm, ExtensionForm, VoidForm
from ..models import Candidate, Exam
from ..selectors import exams as reads
from ..selectors import papers, results
from ..services import exam_care
from ..services import exams as services
from .addresses import url


def exam_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.managed(request.actor), request.GET.get("cursor"), size=30)
    at = clock.now()
    return render(request, "study/console/exams.html", {
        "page": page, "rows": [(exam, exam.phase(at)) for exam in page.rows],
    })  # fmt: skip


def exam_new(request: TenantRequest) -> HttpResponse:
    """``?course=`` and ``?paper=`` choose one."""
    initial = {f"{name}_id": request.GET[name][:36] for name in ("course", "paper") if name in request.GET}
    form = ExamForm(request.POST if request.method == "POST" else None, actor=request.actor, initial=initial)
    made = submitted(form, lambda data: services.create_exam(
        fields=form.to_fields(), actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("已保存为草稿，检查后发布。"))
        return redirect(url("exam", exam_id=made.pk))
    crumbs = [(_("考试"), url("exams")), (_("新建考试"), "")]
    return form_page(
        request,
        form,
        template="study/console/exam_edit.html",
        title=_("新建考试"),
        crumbs=crumbs,
        cancel_url=url("exams"),
    )


def exam_detail(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    exam = reads.get_managed(exam_id=exam_id, actor=request.actor)
    return render(request, "study/console/exam.html", {
        "exam": exam, "phase": exam.phase(clock.now()), "figures": results.figures(exam), "reach": _reach(exam),
        "paper": papers.papers(request.actor).filter(pk=exam.paper_id).first(),
        "crumbs": [(_("考试"), url("exams")), (exam.title, "")],
    })  # fmt: skip


def exam_edit(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    exam = reads.get_managed(exam_id=exam_id, actor=request.actor)
    form = ExamForm(request.POST if request.method == "POST" else None, actor=request.actor, exam=exam)
    saved = submitted(form, lambda data: services.update_exam(
        exam_id=exam_id, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("exam", exam_id=exam_id)
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(here)
    crumbs = [(_("考试"), url("exams")), (exam.title, here), (_("修改"), "")]
    return form_page(
        request, form, template="study/console/exam_edit.html", title=_("修改考试"), crumbs=crumbs, cancel_url=here
    )


def exam_publish(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST publishes."""
    here = url("exam", exam_id=exam_id)
    if request.method == "POST":
        exam = services.publish_exam(exam_id=exam_id, actor=request.actor, at=clock.now())
        messages.success(request, _("“%(title)s”已发布。") % {"title": exam.title})
        return redirect(here)
    exam = reads.get_managed(exam_id=exam_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("发布考试"), "action": _("发布"), "cancel_url": here,
        "question": _("确定发布“%(title)s”吗？") % {"title": exam.title},
        "consequences": [_("范围：%(reach)s。") % {"reach": _reach(exam)}, _("发布后试卷和时间不能再改。")],
    })  # fmt: skip


def exam_close(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST closes."""
    here = url("exam", exam_id=exam_id)
    if request.method == "POST":
        services.close_exam(exam_id=exam_id, actor=request.actor, at=clock.now())
        messages.success(request, _("考试已结束。"))
        return redirect(here)
    exam = reads.get_managed(exam_id=exam_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("提前结束考试"), "action": _("确认结束"), "danger": True, "cancel_url": here,
        "question": _("现在就结束“%(title)s”吗？") % {"title": exam.title},
        "consequences": [_("正在答题的人，按已保存的答案交卷。"), _("没有参加的人不能再考。")],
    })  # fmt: skip


def exam_withdraw(request: TenantRequest, exam_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST withdraws."""
    here = url("exam", exam_id=exam_id)
    if request.method == "POST":
        services.withdraw_exam(exam_id=exam_id, actor=request.actor, at=clock.now())
        messages.success(request, _("考试已撤回。"))
        return redirect(here)
    exam = reads.get_managed(exam_id=exam_id, actor=request.actor)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("撤回考试"), "action": _("确认撤回"), "danger": True, "cancel_url": here,
        "question": _("确定撤回“%(title)s”吗？") % {"title": exam.title},
        "consequences": [_("大家的手机上不再显示，正在进行的答卷作废。"), _("撤回后不能恢复。")],
    })  # fmt: skip


def candidate_extend(request: TenantRequest, exam_id: uuid.UUID, candidate_id: uuid.UUID) -> HttpResponse:
    exam = reads.get_managed(exam_id=exam_id, actor=request.actor)
    candidate = Candidate.objects.select_related("person").filter(exam=exam, pk=candidate_id).first()
    initial = {"extra_minutes": candidate.extra_minutes, "until_at": candidate.until_at} if candidate else None
    form = ExtensionForm(request.POST if request.method == "POST" else None, initial=initial)
    done = submitted(form, lambda data: exam_care.extend(
        exam_id=exam_id, candidate_id=candidate_id, fields=data, actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    back = url("candidates", exam_id=exam_id)
    if done is not None:
        messages.success(request, _("已延长。"))
        return redirect(back)
    name = candidate.person.name if candidate else ""
    crumbs = [(_("考试"), url("exams")), (exam.title, url("exam", exam_id=exam_id)), (_("延长时间"), "")]
    return form_page(request, form, title=_("为%(name)s延长时间") % {"name": name}, crumbs=crumbs, cancel_url=back)


def question_void(request: TenantRequest, exam_id: uuid.UUID, question_id: uuid.UUID) -> HttpResponse:
    """Ask for the reason, then give everybody the question's points."""
    exam = reads.get_managed(exam_id=exam_id, actor=request.actor)
    form = VoidForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: exam_care.void_question(
        exam_id=exam_id, question_id=question_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    back = url("analysis", exam_id=exam_id)
    if done is not None:
        messages.success(request, _("已作废，成绩正在重新计算。"))
        return redirect(back)
    crumbs = [(_("考试"), url("exams")), (exam.title, url("exam", exam_id=exam_id)), (_("作废考题"), "")]
    return form_page(request, form, title=_("作废考题"), crumbs=crumbs, cancel_url=back)


def _reach(exam: Exam) -> str:
    if exam.audience is None:
        return _("人人可考")
    return "；".join(audiences.describe(audiences.definition_of(exam.audience)))
