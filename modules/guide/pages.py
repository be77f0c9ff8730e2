"""Phone pages: for members, and what visitors may read."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.files.views import download
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from .selectors import progress as steps
from .selectors import topics as reads
from .services import progress as services


def home(request: TenantRequest) -> HttpResponse:
    """The member's steps, and the topics."""
    context = {"checklist": steps.checklist(request.actor), "topics": reads.readable(request.actor)}
    return render(request, "guide/h5/home.html", context)


def about_module(request: TenantRequest, module: str) -> HttpResponse:
    """The topics about one module: where the question mark of its pages leads."""
    name = reads.module_names().get(module, "")
    topics = reads.readable(request.actor).filter(module=module)
    return render(request, "guide/h5/about.html", {"topics": topics, "name": name})


def topic_detail(request: TenantRequest, topic_id: uuid.UUID) -> HttpResponse:
    return render(request, "guide/h5/topic.html", {"topic": reads.get_topic(topic_id, request.actor)})


def picture(request: HttpRequest, topic_id: uuid.UUID) -> HttpResponseBase:
    """The picture, for visitors too."""
    return download(reads.picture_of(topic_id, request.actor))  # type: ignore[attr-defined]


def step_done(request: TenantRequest, code: str) -> HttpResponse:
    step = services.tick_by_hand(code=code, actor=request.actor, at=clock.now())
    messages.success(request, _("“%(label)s”已勾选。") % {"label": step.label})
    return redirect("h5-guide-home")
