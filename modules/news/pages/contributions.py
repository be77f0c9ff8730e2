"""Handing in new achievements and good cases, and the library of cases."""

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

from ..forms.contributing import ContributionForm, LibraryForm
from ..models import Article, Column
from ..selectors import contributions as reads
from ..selectors import contributions_library as shelf
from ..services import contributing as services

HOME = "h5-news-contributions"


def contribution_list(request: TenantRequest) -> HttpResponse:
    """What I have handed in, and the columns that take more."""
    page = reads.my_contributions(actor=request.actor, cursor=request.GET.get("cursor", ""))
    context = {"page": page, "columns": list(reads.open_columns())}
    return render(request, "news/h5/contributions/list.html", context)


def contribution_new(request: TenantRequest, column_id: uuid.UUID) -> HttpResponse:
    """The empty form of a column; POST keeps a draft, or hands it in right away (``submits``)."""
    column = reads.open_column(column_id)
    form = ContributionForm(*_posted(request), kind=column.kind, actor=request.actor)
    article = submitted(form, lambda data: services.start_contribution(
        column_id=column_id, given=form.to_contribution(), actor=request.actor, at=clock.now(),
        submits="submits" in request.POST,
    ))  # fmt: skip
    return _answer(request, form, column, article)


def contribution(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """One of my own: to be changed while it is a draft or was returned, otherwise to be read."""
    mine = reads.get_mine(article_id=article_id, actor=request.actor)
    if request.method != "POST" and not mine.is_editable:
        return render(request, "news/h5/contributions/detail.html", {"mine": mine, "article": mine.article})
    column = mine.article.column
    form = ContributionForm(*_posted(request), kind=column.kind, actor=request.actor, article=mine.article)
    article = submitted(form, lambda data: services.save_contribution(
        article_id=article_id, given=form.to_contribution(), actor=request.actor, at=clock.now(), version=data["version"],
        submits="submits" in request.POST,
    ))  # fmt: skip
    return _answer(request, form, column, article, mine)


def _posted(request: TenantRequest) -> tuple[object, object]:
    if request.method != "POST":
        return None, None
    uploads.check(request)
    return request.POST, request.FILES


def _answer(
    request: TenantRequest,
    form: ContributionForm,
    column: Column,
    article: Article | None,
    mine: reads.Mine | None = None,
) -> HttpResponse:
    if article is None:
        context = {"form": form, "column": column, "mine": mine}
        return render(request, "news/h5/contributions/form.html", context, status=status_of(form))
    if article.is_draft:
        messages.success(request, _("草稿已保存，还没有提交。"))
        return redirect("h5-news-contribution", article_id=article.pk)
    messages.success(request, _("投稿已提交，审核结果会通知您。"))
    return redirect(HOME)


def contribution_reclaim(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    services.reclaim_contribution(article_id=article_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已取回，可以修改后重新提交。"))
    return redirect("h5-news-contribution", article_id=article_id)


def contribution_delete(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    services.delete_contribution(article_id=article_id, actor=request.actor, at=clock.now())
    messages.success(request, _("草稿已删除。"))
    return redirect(HOME)


def case_library(request: TenantRequest) -> HttpResponse:
    """Good cases by word, tag and unit."""
    criteria = LibraryForm(request.GET).criteria()
    cases = shelf.library(actor=request.actor, at=clock.now())
    found = shelf.narrowed(cases, tag=criteria["tag"], unit=criteria["unit"], words=criteria["q"])
    page = shelf.page_of_cases(found, cursor=request.GET.get("cursor", ""))
    return render(request, "news/h5/contributions/cases.html", {
        "page": page, **criteria, "tags": shelf.tags_in(cases), "units": shelf.units_in(cases),
    })  # fmt: skip


def case_copy(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = services.copy_case(article_id=article_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已复制为您的草稿，请改成自己的内容。"))
    return redirect("h5-news-contribution", article_id=article.pk)
