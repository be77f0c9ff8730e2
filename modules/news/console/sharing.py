"""Links for people outside: what is shared, making one, taking one back."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .. import selectors
from ..forms.voices import ShareForm
from ..manifest.words import SHARE
from ..selectors import sharing as reads
from ..selectors.voices import is_shareable
from ..services import sharing as services
from .addresses import url

PER_PAGE = 30


def share_overview(request: TenantRequest) -> HttpResponse:
    """The public articles that may be shared, with their live links and views."""
    found = reads.shareable(actor=request.actor, at=clock.now())
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("cursor"))
    return render(request, "news/console/voices/shared_articles.html", {
        "page": page, "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
    })  # fmt: skip


def share_list(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """An article's links; POST makes one and shows it, this once, with its QR code."""
    at = clock.now()
    article = selectors.get_managed(article_id=article_id, actor=request.actor, permission=SHARE)
    form = ShareForm(posted(request)[0])
    made = submitted(form, lambda data: services.create_link(
        article_id=article_id, actor=request.actor, at=at, days=data["days"], note=data["note"]
    ))  # fmt: skip
    address = request.build_absolute_uri(reverse("h5-news-shared", kwargs={"token": made[1]})) if made else ""
    return form_page(
        request, ShareForm() if made else form, template="news/console/voices/shares.html", article=article, at=at,
        links=reads.links_of(article), may_share=is_shareable(article, at=at), address=address, made=made and made[0],
        crumbs=[(_("对外分享"), url("shared-articles")), (_("分享链接"), "")],
    )  # fmt: skip


def share_revoke(request: TenantRequest, article_id: uuid.UUID, link_id: uuid.UUID) -> HttpResponse:
    services.revoke_link(article_id=article_id, link_id=link_id, actor=request.actor, at=clock.now())
    messages.success(request, _("链接已作废，打开它的人什么也看不到。"))
    return redirect(url("shares", article_id=article_id))
