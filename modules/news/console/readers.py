"""Who has read, who has not, reminding them."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .. import selectors, services
from ..manifest.words import PUBLISH
from .addresses import url
from .tables import csv_answer

PEOPLE_PER_PAGE = 50


def article_readers(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """How far the article got: ``?show=`` read, unread, confirmed, unconfirmed or unreachable people of its list."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    figures = selectors.reading_figures(article=article, at=clock.now())
    counts = {
        "unread": (_("未读"), figures.unread_count), "read": (_("已读"), figures.reader_count),
        "unconfirmed": (_("未确认"), figures.unconfirmed_count), "confirmed": (_("已确认"), figures.confirmed_count),
        "unreachable": (_("没有账号"), figures.unreachable_count), "guests": (_("名单外读者"), figures.guest_count),
    }  # fmt: skip
    if not article.needs_confirmation:
        del counts["unconfirmed"], counts["confirmed"]
    show = request.GET.get("show", "")
    show = show if show in counts else "unread" if figures.user_count else "guests"
    people = selectors.guests(article=article) if show == "guests" else selectors.recipients(article=article, show=show)
    page = Paginator(people, PEOPLE_PER_PAGE).get_page(request.GET.get("cursor"))
    return render(request, "news/console/readers.html", {
        "article": article, "figures": figures, "show": show, "page": page,
        "reminders": selectors.reminders(article=article),
        "may_remind": article.is_published and selectors.is_managed(article, actor=request.actor, permission=PUBLISH),
        "daily": [(f"{day.month}/{day.day}", count) for day, count in figures.daily],
        "tabs": [
            {"label": f"{label} {count}", "url": f"?show={name}", "active": name == show}
            for name, (label, count) in counts.items()
        ],
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
        "crumbs": [(_("文章"), url("list")), (_("阅读情况"), "")],
    })  # fmt: skip


def article_remind(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    reminder = services.remind_unread(article_id=article_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已提醒 %(count)d 人。") % {"count": reminder.recipient_count})
    return redirect(url("readers", article_id=article_id))


def readers_export(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """The list of recipients with what each has done, as CSV."""
    article = selectors.get_managed(article_id=article_id, actor=request.actor, permission=PUBLISH)
    rows = services.export_readers(article=article, actor=request.actor)
    return csv_answer(_("阅读情况"), (_("姓名"), _("组织"), _("账号"), _("阅读时间"), _("确认时间")), rows)
