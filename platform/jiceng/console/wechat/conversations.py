"""微信咨询: what members write, and the staff's answers."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jiceng.kernel import clock
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.requests import TenantRequest
from jiceng.wechat import selectors, wording
from jiceng.wechat.models import Conversation, ConversationState, Push, PushState
from jiceng.wechat.services import conversations as services
from jiceng.wechat.services import identities

from ..submission import page_url

PER_PAGE = 30
ON_THE_WAY = frozenset({PushState.QUEUED, PushState.SENDING})
SHOWS = (
    ("waiting", gettext_lazy("待回复")), ("answered", gettext_lazy("已回复")), ("closed", gettext_lazy("已办结")), ("all", gettext_lazy("全部")),
)  # fmt: skip


class AnswerForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("回复"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}))


def conversation_list(request: TenantRequest) -> HttpResponse:
    """``?show=``: by state. ``?q=``: part of a name or of the last message."""
    show = request.GET.get("show", "waiting")
    show = show if show in dict(SHOWS) else "waiting"
    words = request.GET.get("q", "").replace("\x00", "")[:50].strip()
    found = selectors.conversations_for(request.actor, show="" if show == "all" else show, words=words)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("cursor"))
    return render(request, "console/wechat/conversations.html", {
        "page": page, "words": words, "show": show,
        "tabs": [
            {"label": label, "url": f"?{urlencode({'show': code, 'q': words})}", "active": code == show}
            for code, label in SHOWS
        ], **_turns(page),
    })  # fmt: skip


def conversation(request: TenantRequest, conversation_id: uuid.UUID) -> HttpResponse:
    """The talk; POST answers. htmx asks for the messages alone."""
    found = services.find(conversation_id, actor=request.actor)
    form = AnswerForm(request.POST if request.method == "POST" else None)
    said = submitted(
        form,
        lambda clean: services.answer(
            conversation_id=conversation_id, text=clean["text"], actor=request.actor, at=clock.now()
        ),
    )
    if said is not None:
        return redirect(page_url("conversation", "wechat", conversation_id=conversation_id))
    context: dict[str, Any] = {
        "conversation": found, "form": form, **_thread(found),
        "has_window": identities.has_window(found.identity, at=clock.now()),
        "crumbs": [(_("微信咨询"), page_url("conversations", "wechat")), (str(found.person or _("未绑定的关注者")), "")],
    }  # fmt: skip
    template = "console/wechat/remarks.html" if request.htmx else "console/wechat/conversation.html"  # type: ignore[attr-defined]
    return render(request, template, context, status=status_of(form))


def close(request: TenantRequest, conversation_id: uuid.UUID) -> HttpResponse:
    services.close(conversation_id=conversation_id, actor=request.actor, at=clock.now())
    messages.success(request, _("已办结。"))
    return redirect(page_url("conversations", "wechat"))


def _thread(found: Conversation) -> dict[str, Any]:
    """The remarks, each with why its push did not arrive; ``is_live``: whether there is something to wait for."""
    remarks = selectors.remarks_of(found)
    pushes: list[Push | None] = [remark.push for remark in remarks]  # type: ignore[attr-defined]
    on_the_way = any(push is not None and push.state in ON_THE_WAY for push in pushes)
    return {
        "remarks": [(remark, push, _why(push)) for remark, push in zip(remarks, pushes, strict=True)],
        "is_live": found.state == ConversationState.WAITING or on_the_way,
    }  # fmt: skip


def _why(push: Push | None) -> str:
    """``""`` for what arrived or still may."""
    if push is None or push.state not in (PushState.FAILED, PushState.SKIPPED):
        return ""
    return "；".join(filter(None, (push.detail, wording.trail_words(push.trail))))


def _turns(page: Any) -> dict[str, Any]:
    return {
        "next": str(page.next_page_number()) if page.has_next() else None,
        "previous": str(page.previous_page_number()) if page.has_previous() else None,
    }
