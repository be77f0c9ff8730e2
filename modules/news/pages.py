"""What members see on the phone."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from . import selectors, services


def article_list(request: TenantRequest) -> HttpResponse:
    """Tabs of columns, search, cards; htmx gets the feed alone."""
    column, words = (request.GET.get(name, "").replace("\x00", "")[:50].strip() for name in ("column", "q"))
    page = selectors.published_page(
        actor=request.actor, column=column, words=words, cursor=request.GET.get("cursor", "")
    )
    context = {
        "page": page, "column": column, "words": words, "tabs": _tabs(column),
        "show_read_count": selectors.settings().show_read_count,
    }  # fmt: skip
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "news/h5/feed.html" if fragment else "news/h5/list.html", context)


def article_detail(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """The article. Opening it is reading it: noted once per person, with or without JavaScript, never by HEAD."""
    article = selectors.get_published(article_id=article_id)
    if request.method == "GET":
        is_first = services.mark_read(article=article, actor=request.actor, at=clock.now())
        article.read_count += is_first  # type: ignore[attr-defined]  # annotated by the selector
    return render(request, "news/h5/detail.html", {
        "article": article, "show_read_count": selectors.settings().show_read_count,
    })  # fmt: skip


def _tabs(current: str) -> list[dict[str, object]]:
    tabs: list[dict[str, object]] = [{"label": _("全部"), "url": "?", "active": not current}]
    return tabs + [
        {"label": column.name, "url": f"?column={column.code}", "active": column.code == current}
        for column in selectors.columns()
    ]
