"""Who began a lesson, and who is through."""

from __future__ import annotations

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiceng.shell.requests import TenantRequest

from .. import selectors
from ..selectors import lessons as reads
from .addresses import url

PER_PAGE = 50


def learners(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """``?show=``: all, ``completed``, ``begun``."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    figures = reads.figures(article)
    counts = {
        "": (_("全部"), figures.begun), "completed": (_("已学完"), figures.completed),
        "begun": (_("学习中"), figures.begun - figures.completed),
    }  # fmt: skip
    show = request.GET.get("show", "")
    show = show if show in counts else ""
    page = Paginator(reads.learners(article, show=show), PER_PAGE).get_page(request.GET.get("cursor"))
    return render(request, "news/console/lessons/learners.html", {
        "article": article, "lesson": reads.lesson_of(article), "page": page,
        "tabs": [
            {"label": f"{label} {count}", "url": f"?show={code}" if code else "?", "active": code == show}
            for code, (label, count) in counts.items()
        ],
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
        "crumbs": [(_("文章"), url("list")), (_("学习情况"), "")],
    })  # fmt: skip
