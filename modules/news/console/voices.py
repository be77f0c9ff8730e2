"""The queue of comments."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import form_page, posted, submitted
from jiceng.kernel import clock
from jiceng.shell.requests import TenantRequest

from ..forms.voices import HideForm
from ..models import CommentState
from ..selectors import voices as reads
from ..services import voices as services
from .addresses import url

SHOWS = (CommentState.PENDING, CommentState.SHOWN, CommentState.HIDDEN)


def comment_queue(request: TenantRequest) -> HttpResponse:
    """``?state=`` pending, shown or hidden comments below the articles that the actor moderates."""
    state = request.GET.get("state", "")
    state = state if state in SHOWS else CommentState.PENDING
    page = reads.queue(actor=request.actor, state=state, cursor=request.GET.get("cursor", ""))
    tabs = [{"label": item.label, "url": f"?state={item}", "active": item == state} for item in SHOWS]
    return render(request, "news/console/voices/queue.html", {"page": page, "state": state, "tabs": tabs})


def comments_approve(request: TenantRequest) -> HttpResponse:
    """Those ticked, all or none."""
    count = services.approve_comments(
        comment_ids=reads.ids_in(request.POST.getlist("comment")), actor=request.actor, at=clock.now()
    )
    if count:
        messages.success(request, _("已通过 %(count)d 条评论。") % {"count": count})
    else:
        messages.error(request, _("请先勾选要通过的评论。"))
    return redirect(url("comments"))


def comment_hide(request: TenantRequest, comment_id: uuid.UUID) -> HttpResponse:
    """GET asks for the reason, POST hides."""
    comment = reads.get_moderated(comment_id=comment_id, actor=request.actor)
    form = HideForm(posted(request)[0])
    hidden = submitted(form, lambda data: services.hide_comment(
        comment_id=comment_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if hidden is not None:
        messages.success(request, _("评论已隐藏，并告知了作者。"))
        return redirect(url("comments"))
    return form_page(
        request, form, template="jiceng/console/confirm.html", title=_("隐藏评论"), action=_("隐藏"), danger=True,
        question=_("%(who)s：%(text)s") % {"who": comment.author_name, "text": comment.text},
        consequences=[_("除作者本人外，谁也不再看到它。"), _("作者会收到通知，看到您写的原因。")], cancel_url=url("comments"),
    )  # fmt: skip
