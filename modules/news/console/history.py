"""The trace of an article: deeds, versions, comparisons, all of it as a file."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .. import selectors, services
from .addresses import url
from .tables import csv_answer


def article_history(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """Who did what to the article, with the differences."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    changes, next_cursor = selectors.history(article=article, cursor=request.GET.get("cursor", ""))
    context = {
        "article": article, "changes": changes, "next": next_cursor, "versions": selectors.versions(article=article),
        "crumbs": [(_("文章"), url("list")), (_("修改记录"), "")],
    }  # fmt: skip
    return render(request, "news/console/history.html", context)


def article_version(request: TenantRequest, article_id: uuid.UUID, number: int) -> HttpResponse:
    """A version and how it differs from the one before; POST goes back to it."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    if request.method == "POST":
        services.restore_version(article_id=article_id, number=number, actor=request.actor, at=clock.now())
        messages.success(request, _("已恢复到第 %(number)d 版。") % {"number": number})
        return redirect(url("edit", article_id=article_id))
    version = selectors.get_version(article=article, number=number)
    older = selectors.previous_of(version)
    context = {
        "article": article, "version": version, "older": older, "compared": selectors.compared(older, version),
        "crumbs": [(_("文章"), url("list")), (_("修改记录"), url("history", article_id=article_id)), (str(number), "")],
    }  # fmt: skip
    return render(request, "news/console/version.html", context)


def history_export(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """Every deed as CSV."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    rows = services.export_history(article=article, actor=request.actor)
    return csv_answer(_("文章记录"), (_("时间"), _("谁"), _("做了什么"), _("修改前"), _("修改后"), _("说明")), rows)
