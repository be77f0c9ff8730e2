"""Console pages."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.console.figures import Step, setup_steps
from jiceng.console.submission import form_page, page_url, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest, organisation_of

from .forms import TopicForm
from .models import Topic
from .selectors import golive as stages
from .selectors import progress as steps
from .selectors import topics as reads
from .services import golive as roads
from .services import handouts, topics


def url(name: str, **kwargs: Any) -> str:
    return page_url(name, "guide", **kwargs)


def golive(request: TenantRequest) -> HttpResponse:
    """The way to going live, and how far the members are."""
    counts, members = steps.count_by_step(), steps.count_members()
    context = {"road": stages.road(_setup_steps(request)), "counts": counts, "members": members}
    return render(request, "guide/console/golive.html", context)


def put_off(request: TenantRequest) -> HttpResponse:
    """``key``: which step; ``on``: 1 leaves it out, 0 takes it up again."""
    is_put_off = request.POST.get("on") == "1"
    key = request.POST.get("key", "")[:80]
    steps_here = _setup_steps(request)
    roads.put_off(steps=steps_here, key=key, is_put_off=is_put_off, actor=request.actor, at=clock.now())
    messages.success(request, _("这一步以后再做。") if is_put_off else _("已恢复这一步。"))
    return redirect(url("golive"))


def topic_list(request: TenantRequest) -> HttpResponse:
    page = numbered_page(reads.managed(), request.GET.get("cursor"))
    return render(request, "guide/console/topics.html", {"page": page, "names": reads.module_names()})


def topic_new(request: TenantRequest) -> HttpResponse:
    form = TopicForm(*posted(request))
    made = submitted(
        form, lambda data: topics.create_topic(fields=form.to_fields(), actor=request.actor, at=clock.now())
    )
    if made is not None:
        messages.success(request, _("“%(title)s”已添加。") % {"title": made.title})
        return redirect(url("topics"))
    return _editor(request, form, None)


def topic_edit(request: TenantRequest, topic_id: uuid.UUID) -> HttpResponse:
    topic = reads.get_topic(topic_id, request.actor)
    form = TopicForm(*posted(request), topic=topic)
    saved = submitted(form, lambda data: topics.update_topic(
        topic_id=topic_id, fields=form.to_fields(), version=data["version"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if saved is not None:
        messages.success(request, _("已保存。"))
        return redirect(url("topics"))
    return _editor(request, form, topic)


def topic_delete(request: TenantRequest, topic_id: uuid.UUID) -> HttpResponse:
    topics.delete_topic(topic_id=topic_id, actor=request.actor)
    messages.success(request, _("已删除。"))
    return redirect(url("topics"))


def handout_list(request: TenantRequest) -> HttpResponse:
    return render(request, "guide/console/handouts.html", {"handouts": handouts.offered(request.actor.modules)})


def handout(request: TenantRequest, kind: str) -> HttpResponse:
    """The page as a PDF."""
    found = handouts.get_handout(kind, request.actor.modules)
    address = request.build_absolute_uri(reverse(found.route))
    made = handouts.handout_pdf(found, organisation=organisation_of(request), address=address)
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="{found.kind}.pdf"'
    return answer


def first_call(request: TenantRequest) -> HttpResponse:
    """From no key to the first answer of the API."""
    keys, last = stages.first_call()
    context = {"keys": keys, "last_used_at": last, "base": request.build_absolute_uri("/api/v1")}
    return render(request, "guide/console/first_call.html", context)


def _setup_steps(request: TenantRequest) -> tuple[Step, ...]:
    return setup_steps(actor=request.actor, modules=request.actor.modules or ())


def _editor(request: TenantRequest, form: TopicForm, topic: Topic | None) -> HttpResponse:
    title = _("修改指南") if topic else _("新增指南")
    crumbs = [(_("指南内容"), url("topics")), (title, "")]
    return form_page(
        request, form, template="guide/console/topic.html", title=title, topic=topic, crumbs=crumbs,
        cancel_url=url("topics"),
    )  # fmt: skip
