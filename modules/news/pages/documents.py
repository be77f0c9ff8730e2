"""Signing and reading circulated documents on the phone."""

from __future__ import annotations

import uuid
from xml.sax.saxutils import escape

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .. import selectors
from ..selectors import documents as reads
from ..services import documents as services


def document_list(request: TenantRequest) -> HttpResponse:
    """What waits for my signature, and what has it."""
    show = "signed" if request.GET.get("show") == "signed" else "waiting"
    found = reads.mine(actor=request.actor, at=clock.now(), show=show)
    tabs = [
        {"label": _("待签收"), "url": "?", "active": show == "waiting"},
        {"label": _("已签收"), "url": "?show=signed", "active": show == "signed"},
    ]
    return render(
        request, "news/h5/documents/list.html", {"articles": found, "tabs": tabs, "show": show, "at": clock.now()}
    )


def document_sign(request: TenantRequest, article_id: uuid.UUID, unit_id: uuid.UUID) -> HttpResponse:
    row = services.sign(
        article_id=article_id,
        unit_id=unit_id,
        actor=request.actor,
        at=clock.now(),
        opinion=request.POST.get("opinion", ""),
    )
    messages.success(request, _("已代表%(unit)s签收。") % {"unit": row.unit_name})
    return redirect("h5-news-detail", article_id=article_id)


def document_comment(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = selectors.get_published(article_id=article_id, actor=request.actor)
    services.comment(article_id=article.pk, text=request.POST.get("text", ""), actor=request.actor, at=clock.now())
    messages.success(request, _("批注已保存。"))
    return redirect("h5-news-detail", article_id=article_id)


def watermark(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """The reader's name and the day, to lie behind the text. An SVG of words only; nobody else's cache keeps it."""
    selectors.get_published(article_id=article_id, actor=request.actor)
    at = clock.now().astimezone(clock.local_zone())
    words = escape(f"{request.actor.display_name} {str(request.actor.id or '')[-4:]} {at:%Y-%m-%d}", {'"': "&quot;"})
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="260" height="160"><text x="10" y="110" transform="rotate(-24 130 80)" '
        f'font-size="15" fill="#888" fill-opacity=".28" font-family="sans-serif">{words}</text></svg>'
    )
    answer = HttpResponse(picture, content_type="image/svg+xml; charset=utf-8")
    answer["Cache-Control"] = "private, max-age=600"
    return answer
