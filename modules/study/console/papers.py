"""Papers in the console."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.exams import PaperForm, RuleForm
from ..forms.questions import QuestionFilterForm
from ..models import PaperMode
from ..selectors import papers as reads
from ..selectors import questions
from ..services import papers as services
from .addresses import url


def paper_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.papers(request.actor), request.GET.get("cursor"), size=30)
    return render(request, "study/console/papers.html", {"page": page})


def paper_new(request: TenantRequest) -> HttpResponse:
    form = PaperForm(request.POST if request.method == "POST" else None, actor=request.actor)
    made = submitted(form, lambda data: services.create_paper(
        fields={name: value for name, value in data.items() if name != "version"},  # type: ignore[arg-type]
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if made is not None:
        messages.success(request, _("试卷已建好，接着选题。"))
        return redirect(url("paper", paper_id=made.pk))
    crumbs = [(_("试卷"), url("papers")), (_("新建试卷"), "")]
    return form_page(request, form, title=_("新建试卷"), crumbs=crumbs, cancel_url=url("papers"))


def paper_detail(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponse:
    paper = reads.get_paper(paper_id=paper_id, actor=request.actor)
    is_fixed = paper.mode == PaperMode.FIXED
    return render(request, "study/console/paper.html", {
        "paper": paper, "is_fixed": is_fixed, "items": reads.items_of(paper) if is_fixed else [],
        "rules": [] if is_fixed else reads.rules_of(paper), "crumbs": [(_("试卷"), url("papers")), (paper.title, "")],
    })  # fmt: skip


def paper_edit(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponse:
    paper = reads.get_paper(paper_id=paper_id, actor=request.actor)
    form = PaperForm(request.POST if request.method == "POST" else None, actor=request.actor, paper=paper)
    saved = submitted(form, lambda data: services.update_paper(
        paper_id=paper_id, fields={name: value for name, value in data.items() if name != "version"},  # type: ignore[arg-type]
        version=data["version"], actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    here = url("paper", paper_id=paper_id)
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(here)
    crumbs = [(_("试卷"), url("papers")), (paper.title, here), (_("修改"), "")]
    return form_page(request, form, title=_("修改试卷"), crumbs=crumbs, cancel_url=here)


def paper_copy(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponse:
    made = services.copy_paper(paper_id=paper_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已复制，可以修改。"))
    return redirect(url("paper", paper_id=made.pk))


def paper_questions(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponse:
    """Choosing questions out of the banks; POST appends those that are ticked."""
    paper = reads.get_paper(paper_id=paper_id, actor=request.actor)
    if request.method == "POST":
        count = services.add_questions(
            paper_id=paper_id, question_ids=request.POST.getlist("question_ids"), actor=request.actor, at=clock.now()
        )
        messages.success(request, _("已加入 %(count)d 道题。") % {"count": count})
        return redirect(url("paper", paper_id=paper_id))
    filter_form = QuestionFilterForm(request.GET)
    rows = questions.listed(request.actor, **filter_form.criteria()).exclude(  # type: ignore[arg-type]
        pk__in=paper.items.values("question")
    )
    return render(request, "study/console/paper_questions.html", {
        "paper": paper, "filter_form": filter_form, "page": numbered_page(rows, request.GET.get("cursor"), size=50),
        "crumbs": [(_("试卷"), url("papers")), (paper.title, url("paper", paper_id=paper_id)), (_("选题"), "")],
    })  # fmt: skip


def rule_new(request: TenantRequest, paper_id: uuid.UUID) -> HttpResponse:
    paper = reads.get_paper(paper_id=paper_id, actor=request.actor)
    form = RuleForm(request.POST if request.method == "POST" else None, actor=request.actor)
    made = submitted(form, lambda data: services.add_rule(
        paper_id=paper_id, fields=data, actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    here = url("paper", paper_id=paper_id)
    if made is not None:
        messages.success(request, _("抽题规则已加上。"))
        return redirect(here)
    crumbs = [(_("试卷"), url("papers")), (paper.title, here), (_("添加抽题规则"), "")]
    return form_page(request, form, title=_("添加抽题规则"), crumbs=crumbs, cancel_url=here)


def part_change(request: TenantRequest, paper_id: uuid.UUID, part_id: int) -> HttpResponse:
    """``deed``: ``up``, ``down``, ``remove``; or ``points`` to be set."""
    deed, at = request.POST.get("deed", ""), clock.now()
    part = {"paper_id": paper_id, "part_id": part_id, "actor": request.actor, "at": at}
    if deed in ("up", "down"):
        services.move_part(**part, step=-1 if deed == "up" else 1)  # type: ignore[arg-type]
    elif deed == "remove":
        services.remove_part(**part)  # type: ignore[arg-type]
    else:
        services.set_points(**part, points=request.POST.get("points", ""))  # type: ignore[arg-type]
        messages.success(request, _("分值已改。"))
    return redirect(url("paper", paper_id=paper_id) + f"#part-{part_id}")
