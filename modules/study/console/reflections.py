"""Reflections in the console: the queue, reviewing one, hiding comments."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, submitted
from jiceng.kernel import clock
from jiceng.shell.paging import numbered_page
from jiceng.shell.requests import TenantRequest

from ..forms.reflections import AcceptForm, HideForm, ReturnForm
from ..selectors import reflections as reads
from ..services import reflections as services
from ..services import talking
from .addresses import url


def reflection_list(request: TenantRequest) -> HttpResponse:
    """``?show=``: submitted (where it is left out), flagged, returned, accepted, all."""
    labels = {
        "submitted": _("待点评"), "flagged": _("相似"), "returned": _("已退回"), "accepted": _("已通过"), "all": _("全部"),
    }  # fmt: skip
    show = request.GET.get("show", "submitted")
    show = show if show in labels else "submitted"
    return render(request, "study/console/reflections.html", {
        "page": numbered_page(reads.queue(request.actor, show=show), request.GET.get("cursor"), size=30), "show": show,
        "tabs": [{"label": label, "url": f"?show={code}", "active": code == show} for code, label in labels.items()],
    })  # fmt: skip


def reflection_detail(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    found = reads.get_reviewable(reflection_id=reflection_id, actor=request.actor)
    return render(request, "study/console/reflection.html", {
        "one": found, "passages": reads.passages_of(found) if found.is_flagged else [],
        "similar": reads.similar_in_reach(found, actor=request.actor),
        "page": numbered_page(
            reads.comments_of(found, with_hidden=True), request.GET.get("cursor"), size=30
        ),
        "crumbs": [(_("学习心得"), url("reflections")), (found.title, "")],
    })  # fmt: skip


def reflection_accept(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    found = reads.get_reviewable(reflection_id=reflection_id, actor=request.actor)
    form = AcceptForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: services.accept_reflection(
        reflection_id=reflection_id, comment=data["comment"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if done is not None:
        messages.success(request, _("已通过，作者会收到通知。"))
        return redirect(url("reflections"))
    here = url("reflection", reflection_id=reflection_id)
    crumbs = [(_("学习心得"), url("reflections")), (found.title, here), (_("通过"), "")]
    return form_page(request, form, title=_("通过“%(title)s”") % {"title": found.title}, crumbs=crumbs, cancel_url=here)


def reflection_return(request: TenantRequest, reflection_id: uuid.UUID) -> HttpResponse:
    found = reads.get_reviewable(reflection_id=reflection_id, actor=request.actor)
    form = ReturnForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: services.return_reflection(
        reflection_id=reflection_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if done is not None:
        messages.success(request, _("已退回，作者会收到通知。"))
        return redirect(url("reflections"))
    here = url("reflection", reflection_id=reflection_id)
    crumbs = [(_("学习心得"), url("reflections")), (found.title, here), (_("退回"), "")]
    return form_page(request, form, title=_("退回“%(title)s”") % {"title": found.title}, crumbs=crumbs, cancel_url=here)


def comment_hide(request: TenantRequest, reflection_id: uuid.UUID, comment_id: uuid.UUID) -> HttpResponse:
    found = reads.get_reviewable(reflection_id=reflection_id, actor=request.actor)
    form = HideForm(request.POST if request.method == "POST" else None)
    done = submitted(form, lambda data: talking.hide_comment(
        comment_id=comment_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    here = url("reflection", reflection_id=reflection_id)
    if done is not None:
        messages.success(request, _("评论已隐藏。"))
        return redirect(here)
    crumbs = [(_("学习心得"), url("reflections")), (found.title, here), (_("隐藏评论"), "")]
    return form_page(request, form, title=_("隐藏评论"), crumbs=crumbs, cancel_url=here)
