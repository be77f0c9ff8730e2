"""The list of articles, the editor, the preview."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, posted, submitted
from jiceng.files import richtext, uploads
from jiceng.files.services import store_image
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .. import selectors, services
from ..forms.articles import ArticleFilterForm, ArticleForm
from ..models import Article, ColumnKind
from ..selectors import kinds, voices
from .addresses import url


def article_list(request: TenantRequest) -> HttpResponse:
    filter_form = ArticleFilterForm(request.GET)
    page = selectors.edited_page(actor=request.actor, **filter_form.criteria(), cursor=request.GET.get("cursor", ""))
    return render(request, "news/console/list.html", {"page": page, "filter_form": filter_form})


def article_new(request: TenantRequest) -> HttpResponse:
    """``?kind=``: of the column, which decides the fields."""
    kind = request.GET.get("kind", "")
    kind = kind if kind in ColumnKind.values else ColumnKind.ARTICLE
    form = ArticleForm(*posted(request), actor=request.actor, kind=kind)
    article = submitted(
        form, lambda data: services.create_article(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if article is not None:
        messages.success(request, _("草稿已保存。"))
        return redirect(url("edit", article_id=article.pk))
    return _editor(request, form, None)


def article_edit(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    form = ArticleForm(*posted(request), article=article, actor=request.actor)
    saved = submitted(form, lambda data: services.update_article(
        article_id=article.pk, fields=form.to_fields(), version=data["version"], note=data.get("note", ""),
        actor=request.actor, at=clock.now(),
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("preview" if "preview" in request.POST else "edit", article_id=article.pk))
    return _editor(request, form, article)


def _editor(request: TenantRequest, form: ArticleForm, article: Article | None) -> HttpResponse:
    title = _("编辑文章") if article else _("写文章")
    crumbs = [(_("文章"), url("list")), (title, "")]
    offered = {column.kind for column in selectors.columns()}
    tabs = [
        {"label": label, "url": f"?kind={kind}", "active": kind == form.kind}
        for kind, label in ColumnKind.choices if kind in offered
    ]  # fmt: skip
    return form_page(
        request, form, template="news/console/edit.html", article=article, title=title, crumbs=crumbs,
        tabs=tabs if article is None and len(tabs) > 1 else [],
    )  # fmt: skip


def article_preview(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """The article as readers see it, and what belongs to its kind."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    context = {
        "article": article, "crumbs": [(_("文章"), url("list")), (_("预览"), "")],
        "kind": kinds.console_part(article, actor=request.actor, at=clock.now()),
        "kind_template": f"news/console/kinds/{article.column.kind}.html",
        "voices": voices.console_part(article, actor=request.actor, at=clock.now()),
    }  # fmt: skip
    return render(request, "news/console/preview.html", context)


def paste(request: TenantRequest) -> HttpResponse:
    """``html`` as it was pasted into the editor: what stays of it, and how many pictures have to be uploaded apart."""
    given = request.POST.get("html", "")
    html = richtext.sanitise(given)
    dropped = max(richtext.picture_count(given) - richtext.picture_count(html), 0)
    message = _("有 %(count)d 张图片没有粘贴进来，请用“插入图片”上传。") % {"count": dropped} if dropped else ""
    return JsonResponse({"html": html, "dropped": dropped, "message": message})


def image_upload(request: TenantRequest) -> HttpResponse:
    """For the editor's picture button: ``{"url"}`` of the stored picture, attached when the article is saved."""
    picture = store_image(upload=uploads.take(request, "image"), actor=request.actor)
    return JsonResponse({"id": str(picture.pk), "url": picture.url()}, status=201)
