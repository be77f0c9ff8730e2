"""What editors see: the list, the editor, publishing and withdrawing, who has read, the columns."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, page_url, submitted
from jiceng.files import uploads
from jiceng.files.services import store_image
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from . import selectors, services
from .forms import ArticleFilterForm, ArticleForm, ColumnForm, NewColumnForm, WithdrawForm
from .models import Article

PEOPLE_PER_PAGE = 50


def _url(name: str, **kwargs: object) -> str:
    return page_url(name, "news", **kwargs)


def _posted(request: TenantRequest) -> tuple[Any, Any]:
    """Data and files of a POST; nothing otherwise, which leaves a form unbound. Raises ``UploadTooLarge``."""
    if request.method != "POST":
        return None, None
    uploads.check(request)
    return request.POST, request.FILES


# --- Articles ---------------------------------------------------------------------------------------------------------
def article_list(request: TenantRequest) -> HttpResponse:
    filter_form = ArticleFilterForm(request.GET)
    page = selectors.edited_page(**filter_form.criteria(), cursor=request.GET.get("cursor", ""))
    return render(request, "news/console/list.html", {"page": page, "filter_form": filter_form})


def article_new(request: TenantRequest) -> HttpResponse:
    form = ArticleForm(*_posted(request))
    article = submitted(
        form, lambda data: services.create_article(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if article is not None:
        messages.success(request, _("草稿已保存。"))
        return redirect(_url("edit", article_id=article.pk))
    return _editor(request, form, None)


def article_edit(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = selectors.get_article(article_id=article_id, actor=request.actor)
    form = ArticleForm(*_posted(request), article=article)
    saved = submitted(form, lambda data: services.update_article(
        article_id=article.pk, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(_url("preview" if "preview" in request.POST else "edit", article_id=article.pk))
    return _editor(request, form, article)


def _editor(request: TenantRequest, form: ArticleForm, article: Article | None) -> HttpResponse:
    title = _("编辑文章") if article else _("写文章")
    crumbs = [(_("文章"), _url("list")), (title, "")]
    return form_page(request, form, template="news/console/edit.html", article=article, title=title, crumbs=crumbs)


def article_preview(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = selectors.get_article(article_id=article_id, actor=request.actor)
    crumbs = [(_("文章"), _url("list")), (_("预览"), "")]
    return render(request, "news/console/preview.html", {"article": article, "crumbs": crumbs})


def image_upload(request: TenantRequest) -> HttpResponse:
    """For the editor's picture button: ``{"url"}`` of the stored picture, attached when the article is saved."""
    picture = store_image(upload=uploads.take(request, "image"), actor=request.actor)
    return JsonResponse({"id": str(picture.pk), "url": picture.url()}, status=201)


def article_publish(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST publishes."""
    if request.method == "POST":
        article = services.publish_article(article_id=article_id, actor=request.actor, at=clock.now())
        messages.success(request, _("“%(title)s”已发布。") % {"title": article.title})
        return redirect(_url("list"))
    article = selectors.get_article(article_id=article_id, actor=request.actor)
    return _question(request, article, {
        "title": _("发布文章"), "action": _("确认发布"),
        "question": _("确定发布“%(title)s”吗？") % {"title": article.title},
        "consequences": [_("成员立即可以在手机上看到它。")],
    })  # fmt: skip


def article_withdraw(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """GET asks for a reason, POST withdraws."""
    form = WithdrawForm(*_posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        article = services.withdraw_article(article_id=article_id, reason=reason, actor=request.actor, at=clock.now())
        messages.success(request, _("“%(title)s”已撤回。") % {"title": article.title})
        return redirect(_url("list"))
    article = selectors.get_article(article_id=article_id, actor=request.actor)
    return _question(request, article, {
        "title": _("撤回文章"), "action": _("确认撤回"), "danger": True, "form": form,
        "question": _("确定撤回“%(title)s”吗？") % {"title": article.title},
        "consequences": [_("旧链接将不再显示任何内容。"), _("撤回后不能再修改或重新发布。")],
    })  # fmt: skip


def article_delete(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST deletes a draft."""
    if request.method == "POST":
        services.delete_draft(article_id=article_id, actor=request.actor, at=clock.now())
        messages.success(request, _("草稿已删除。"))
        return redirect(_url("list"))
    article = selectors.get_article(article_id=article_id, actor=request.actor)
    return _question(request, article, {
        "title": _("删除草稿"), "action": _("确认删除"), "danger": True,
        "question": _("确定删除草稿“%(title)s”吗？") % {"title": article.title},
        "consequences": [_("删除后不能恢复。")],
    })  # fmt: skip


def _question(request: TenantRequest, article: Article, words: dict[str, object]) -> HttpResponse:
    cancel_url = _url("edit", article_id=article.pk)
    return render(request, "jiceng/console/confirm.html", {**words, "cancel_url": cancel_url})


def article_readers(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """How far the article got, who has read it, and (``?show=unread``) who has not."""
    article = selectors.get_article(article_id=article_id, actor=request.actor)
    show = "unread" if request.GET.get("show") == "unread" else "read"
    people = selectors.unread_users(article=article) if show == "unread" else selectors.readers(article=article)
    page = Paginator(people, PEOPLE_PER_PAGE).get_page(request.GET.get("cursor"))
    figures = selectors.reading_figures(article=article, at=clock.now())
    return render(request, "news/console/readers.html", {
        "article": article, "figures": figures, "show": show, "page": page,
        "daily": [(f"{day.month}/{day.day}", count) for day, count in figures.daily],
        "tabs": [
            {"label": _("已读 %(count)d") % {"count": figures.reader_count}, "url": "?", "active": show == "read"},
            {"label": _("未读 %(count)d") % {"count": figures.unread_count}, "url": "?show=unread",
             "active": show == "unread"},
        ],
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
        "crumbs": [(_("文章"), _url("list")), (_("阅读情况"), "")],
    })  # fmt: skip


def article_history(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """Who did what to the article, with the differences."""
    article = selectors.get_article(article_id=article_id, actor=request.actor)
    changes, next_cursor = selectors.history(article=article, cursor=request.GET.get("cursor", ""))
    crumbs = [(_("文章"), _url("list")), (_("修改记录"), "")]
    context = {"article": article, "changes": changes, "next": next_cursor, "crumbs": crumbs}
    return render(request, "news/console/history.html", context)


# --- Columns ----------------------------------------------------------------------------------------------------------
def column_list(request: TenantRequest) -> HttpResponse:
    form = NewColumnForm(*_posted(request))
    column = submitted(form, lambda data: services.create_column(**data, actor=request.actor))
    if column is not None:
        messages.success(request, _("栏目“%(name)s”已添加。") % {"name": column.name})
        return redirect(_url("columns"))
    return form_page(request, form, template="news/console/columns.html", columns=selectors.columns_with_counts())


def column_edit(request: TenantRequest, column_id: uuid.UUID) -> HttpResponse:
    column = selectors.get_column(column_id=column_id)
    initial = {"name": column.name, "order": column.order, "is_active": column.is_active}
    form = ColumnForm(*_posted(request), initial=initial)
    saved = submitted(form, lambda data: services.update_column(column_id=column_id, **data, actor=request.actor))
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(_url("columns"))
    return form_page(request, form, title=_("编辑栏目"), cancel_url=_url("columns"))


def column_delete(request: TenantRequest, column_id: uuid.UUID) -> HttpResponse:
    services.delete_column(column_id=column_id, actor=request.actor)
    messages.success(request, _("栏目已删除。"))
    return redirect(_url("columns"))
