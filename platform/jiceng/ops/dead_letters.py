"""失败任务: work that was given up, why, and what an operator decides about it."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from jiceng.shell.paging import page_of
from jiceng.shell.requests import PlatformRequest
from tenants.background import dead_letters
from tenants.models import DeadLetter, Resolution

from .pages import show


def letter_list(request: PlatformRequest) -> HttpResponse:
    wanted = request.GET.get("state", Resolution.OPEN)
    state = wanted if wanted in Resolution.values else Resolution.OPEN
    page = page_of(DeadLetter.objects.filter(resolution=state), by=("id",), cursor=request.GET.get("cursor", ""))
    tabs = [{"label": label, "url": f"?state={value}", "active": value == state} for value, label in Resolution.choices]
    rows = [(letter, dead_letters.is_retryable(letter)) for letter in page.rows]
    return show(request, "ops/dead_letters.html", page=page, tabs=tabs, rows=rows)


def letter_retry(request: PlatformRequest, letter_id: uuid.UUID) -> HttpResponse:
    dead_letters.retry(letter_id=letter_id, actor=request.actor)
    messages.success(request, _("已重新排队执行。"))
    return redirect("ops-dead-letters")


def letter_discard(request: PlatformRequest, letter_id: uuid.UUID) -> HttpResponse:
    dead_letters.discard(letter_id=letter_id, actor=request.actor)
    messages.success(request, _("已放弃。"))
    return redirect("ops-dead-letters")
