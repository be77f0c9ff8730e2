"""Question banks in the console: questions, and whole files of them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.questions import BankForm, ImportForm, QuestionFilterForm, QuestionForm
from ..models import QuestionKind
from ..selectors import questions as reads
from ..services import question_imports, question_workbooks
from ..services import questions as services
from .addresses import url
from .files import workbook_answer

SHOWN = 200


def bank_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.banks(request.actor), request.GET.get("cursor"), size=30)
    return render(request, "study/console/banks.html", {"page": page})


def bank_new(request: TenantRequest) -> HttpResponse:
    form = BankForm(request.POST if request.method == "POST" else None, actor=request.actor)
    made = submitted(form, lambda data: services.create_bank(**data, actor=request.actor, at=clock.now()))
    if made is not None:
        messages.success(request, _("题库已建好，可以录入或导入题目。"))
        return redirect(url("bank", bank_id=made.pk))
    crumbs = [(_("题库"), url("banks")), (_("新建题库"), "")]
    return form_page(request, form, title=_("新建题库"), crumbs=crumbs, cancel_url=url("banks"))


def bank_detail(request: TenantRequest, bank_id: uuid.UUID) -> HttpResponse:
    bank = reads.get_bank(bank_id=bank_id, actor=request.actor)
    filter_form = QuestionFilterForm(request.GET)
    rows = reads.listed(request.actor, bank=bank, **filter_form.criteria())  # type: ignore[arg-type]
    return render(request, "study/console/bank.html", {
        "bank": bank, "filter_form": filter_form, "page": numbered_page(rows, request.GET.get("cursor"), size=30),
        "kinds": QuestionKind.choices, "crumbs": [(_("题库"), url("banks")), (bank.name, "")],
    })  # fmt: skip


def bank_edit(request: TenantRequest, bank_id: uuid.UUID) -> HttpResponse:
    """Rename; ``retire`` in the POST stops its use."""
    bank = reads.get_bank(bank_id=bank_id, actor=request.actor)
    form = BankForm(request.POST if request.method == "POST" else None, actor=request.actor, bank=bank)
    done = submitted(form, lambda data: services.update_bank(
        bank_id=bank_id, name=data["name"], is_retired="retire" in request.POST, actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("bank", bank_id=bank_id)
    if done is not None:
        messages.success(request, _("题库已停用。") if done.is_retired else _("已保存。"))
        return redirect(url("banks") if done.is_retired else here)
    crumbs = [(_("题库"), url("banks")), (bank.name, here), (_("修改"), "")]
    return form_page(
        request, form, template="study/console/bank_edit.html", title=_("修改题库"), crumbs=crumbs, cancel_url=here
    )


def bank_export(request: TenantRequest, bank_id: uuid.UUID) -> HttpResponse:
    name, content = question_imports.export_bank(bank_id=bank_id, actor=request.actor)
    return workbook_answer(name, content)


def import_template(request: TenantRequest) -> HttpResponse:
    return workbook_answer(_("题库模板"), question_workbooks.template())


def import_new(request: TenantRequest, bank_id: uuid.UUID) -> HttpResponse:
    """Read a file; nothing is written yet."""
    bank = reads.get_bank(bank_id=bank_id, actor=request.actor)
    form = ImportForm(*posted(request))
    made = submitted(form, lambda data: question_imports.begin_import(
        bank_id=bank_id, upload=data["upload"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if made is not None:
        return redirect(url("import", import_id=made.pk))
    here = url("bank", bank_id=bank_id)
    crumbs = [(_("题库"), url("banks")), (bank.name, here), (_("导入题目"), "")]
    return form_page(
        request, form, template="study/console/import_new.html", title=_("导入题目"), crumbs=crumbs, cancel_url=here
    )


def import_detail(request: TenantRequest, import_id: uuid.UUID) -> HttpResponse:
    """What the file holds, row by row; POST takes it over."""
    if request.method == "POST":
        done = question_imports.apply_import(import_id=import_id, actor=request.actor, at=clock.now())
        counts = {"new": done.counts.get("new", 0), "changed": done.counts.get("changed", 0)}
        messages.success(request, _("已写入：新增 %(new)d 道，更新 %(changed)d 道。") % counts)
        return redirect(url("bank", bank_id=done.bank_id))
    found = reads.get_import(import_id=import_id, actor=request.actor)
    rows = sorted(found.rows, key=lambda row: row["outcome"] != "error")
    return render(request, "study/console/import.html", {
        "found": found, "rows": rows[:SHOWN], "hidden_count": max(len(rows) - SHOWN, 0),
        "takes": sum(found.counts.get(outcome, 0) for outcome in ("new", "changed")),
        "crumbs": [
            (_("题库"), url("banks")), (found.bank.name, url("bank", bank_id=found.bank_id)), (_("导入题目"), "")
        ],
    })  # fmt: skip


def question_new(request: TenantRequest, bank_id: uuid.UUID) -> HttpResponse:
    """``?kind=`` chooses the form."""
    bank = reads.get_bank(bank_id=bank_id, actor=request.actor)
    kind = request.GET.get("kind", "")
    kind = kind if kind in QuestionKind.values else QuestionKind.SINGLE
    form = QuestionForm(*posted(request), kind=kind)
    made = submitted(form, lambda data: services.create_question(
        bank_id=bank_id, fields=form.to_fields(), actor=request.actor, at=clock.now()  # type: ignore[arg-type]
    ))  # fmt: skip
    here = url("bank", bank_id=bank_id)
    if made is not None:
        messages.success(request, _("题目已加入题库。"))
        again = url("question-new", bank_id=bank_id) + f"?kind={kind}"
        return redirect(again if "again" in request.POST else here)
    crumbs = [(_("题库"), url("banks")), (bank.name, here), (_("新建题目"), "")]
    return form_page(
        request, form, template="study/console/question.html", title=_("新建题目"), crumbs=crumbs, cancel_url=here,
        kind=kind, kinds=QuestionKind.choices, is_new=True,
    )  # fmt: skip


def question_edit(request: TenantRequest, question_id: uuid.UUID) -> HttpResponse:
    question = reads.get_question(question_id=question_id, actor=request.actor)
    current = reads.current_of(question)
    data, files = posted(request)
    form = QuestionForm(data, files, kind=question.kind, question=question, current=current)
    saved = submitted(form, lambda clean: services.update_question(
        question_id=question_id, fields=form.to_fields(), version=clean["version"],  # type: ignore[arg-type]
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    here = url("bank", bank_id=question.bank_id)
    if saved is not None:
        messages.success(request, _("已保存。考过的卷面不受影响。"))
        return redirect(here)
    crumbs = [(_("题库"), url("banks")), (question.bank.name, here), (_("修改题目"), "")]
    return form_page(
        request, form, template="study/console/question.html", title=_("修改题目"), crumbs=crumbs, cancel_url=here,
        kind=question.kind, question=question, current=current,
    )  # fmt: skip


def question_retire(request: TenantRequest, question_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST retires."""
    question = reads.get_question(question_id=question_id, actor=request.actor)
    here = url("bank", bank_id=question.bank_id)
    if request.method == "POST":
        services.retire_question(question_id=question_id, actor=request.actor, at=clock.now())
        messages.success(request, _("题目已停用。"))
        return redirect(here)
    return render(request, "jiceng/console/confirm.html", {
        "title": _("停用题目"), "action": _("确认停用"), "danger": True, "cancel_url": here,
        "question": _("确定停用“%(text)s”吗？") % {"text": reads.current_of(question).text[:40]},
        "consequences": [_("以后组卷和抽题不再用它。"), _("已发布的考试和成绩不受影响。")],
    })  # fmt: skip
