"""What members see on the phone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .. import selectors, services
from ..models import ColumnKind, Section
from ..selectors import kinds, voices
from ..services.documents import note_reading


def article_list(request: TenantRequest) -> HttpResponse:
    """Tabs of columns, search, cards; htmx gets the feed alone."""
    return _feed_page(request, Section.NEWS)


def feature_list(request: TenantRequest) -> HttpResponse:
    """The same for 党员特色."""
    return _feed_page(request, Section.FEATURES)


def _feed_page(request: TenantRequest, section: Section) -> HttpResponse:
    column, words = (request.GET.get(name, "").replace("\x00", "")[:50].strip() for name in ("column", "q"))
    page = selectors.feed(
        actor=request.actor, at=clock.now(), section=section, column=column, words=words,
        cursor=request.GET.get("cursor", ""),
    )  # fmt: skip
    context = {
        "page": page, "column": column, "words": words, "tabs": _tabs(column, section), "heading": section.label,
        "show_read_count": selectors.settings().show_read_count,
    }  # fmt: skip
    fragment = request.headers.get("HX-Request") == "true"
    return render(request, "news/h5/feed.html" if fragment else "news/h5/list.html", context)


def article_detail(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """The article. Opening it is reading it: noted once per person, with or without JavaScript, never by HEAD."""
    at = clock.now()
    article = selectors.get_published(article_id=article_id, actor=request.actor, at=at)
    if request.method == "GET":
        is_first = services.mark_read(article=article, actor=request.actor, at=at)
        article.read_count += is_first  # type: ignore[attr-defined]  # annotated by the selector
        if article.column.kind == ColumnKind.DOCUMENT:
            note_reading(article=article, actor=request.actor, at=at)
    return render(request, "news/h5/detail.html", {
        "article": article, "show_read_count": selectors.settings().show_read_count, "at": at,
        "receipt": selectors.receipt_of(article=article, actor=request.actor) if article.needs_confirmation else None,
        "kind": kinds.phone_part(article, actor=request.actor, at=at),
        "kind_template": f"news/h5/kinds/{article.column.kind}.html",
        "voices": voices.phone_part(article, actor=request.actor, at=at),
    })  # fmt: skip


def article_review(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """The whole text for reviewers. Deciding happens in the inbox."""
    article = selectors.get_reviewed(article_id=article_id, actor=request.actor)
    return render(request, "news/h5/review.html", {"article": article})


def article_confirm(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """“我已知悉”."""
    at = clock.now()
    article = selectors.get_published(article_id=article_id, actor=request.actor, at=at)
    services.confirm(article=article, actor=request.actor, at=at)
    messages.success(request, _("已确认。"))
    return redirect("h5-news-detail", article_id=article_id)


def _tabs(current: str, section: Section) -> list[dict[str, object]]:
    tabs: list[dict[str, object]] = [{"label": _("全部"), "url": "?", "active": not current}]
    return tabs + [
        {"label": column.name, "url": f"?column={column.code}", "active": column.code == current}
        for column in selectors.columns(section=section)
    ]
