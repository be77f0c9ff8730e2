"""Comments, likes and favourites on the phone."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from jiceng.kernel import clock
from jiceng.shell.forms import status_of, submitted
from jiceng.shell.requests import TenantRequest
from jiceng.shell.toasts import toast

from .. import selectors
from ..forms.voices import CommentForm, HideForm
from ..models import Comment, CommentState, ReactionKind
from ..selectors import voices as reads
from ..services import voices as services


def comment_list(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """All comments of an article, page by page; POST writes one. htmx gets the comments alone."""
    at, actor = clock.now(), request.actor
    form = CommentForm(request.POST if request.method == "POST" else None)
    comment = submitted(form, lambda data: services.write_comment(
        article_id=article_id, text=data["text"], parent_id=data["parent"], actor=actor, at=at
    ))  # fmt: skip
    if comment is not None and not _is_fragment(request):
        messages.success(request, _thanks(comment))
        return redirect(_below(article_id))
    article = selectors.get_published(article_id=article_id, actor=actor, at=at)
    cursor = request.GET.get("cursor", "")
    context = {"article": article, "talk": reads.talk(article, actor=actor, at=at, cursor=cursor), "cursor": cursor}
    if comment is None:
        context["form"] = form
    template = "news/h5/voices/comments.html" if _is_fragment(request) else "news/h5/voices/page.html"
    response = render(request, template, context, status=status_of(form) if comment is None else 200)
    return toast(response, _thanks(comment)) if comment is not None else response


def _thanks(comment: Comment) -> str:
    return _("评论已提交，审核通过后大家可见。") if comment.state == CommentState.PENDING else _("评论已发表。")


def comment_delete(request: TenantRequest, comment_id: uuid.UUID) -> HttpResponse:
    comment = services.delete_comment(comment_id=comment_id, actor=request.actor, at=clock.now())
    messages.success(request, _("评论已删除。"))
    return redirect(_below(comment.article.pk))


def comment_approve(request: TenantRequest, comment_id: uuid.UUID) -> HttpResponse:
    """For moderators who meet a waiting comment while reading."""
    services.approve_comments(comment_ids=[comment_id], actor=request.actor, at=clock.now())
    messages.success(request, _("评论已通过。"))
    return redirect(_below(_article_of(request, comment_id)))


def comment_hide(request: TenantRequest, comment_id: uuid.UUID) -> HttpResponse:
    article_id = _article_of(request, comment_id)
    form = HideForm(request.POST)
    hidden = submitted(form, lambda data: services.hide_comment(
        comment_id=comment_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if hidden is None:
        messages.error(request, _("请填写隐藏原因，不超过 200 个字。"))
    else:
        messages.success(request, _("评论已隐藏，并告知了作者。"))
    return redirect(_below(article_id))


def react(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """``kind``: like or favourite; ``on``: 1 or 0. htmx gets the buttons alone."""
    at = clock.now()
    services.set_reaction(
        article_id=article_id, kind=request.POST.get("kind", ""), is_on=request.POST.get("on") == "1",
        actor=request.actor, at=at,
    )  # fmt: skip
    if not _is_fragment(request):
        return redirect(_below(article_id))
    article = selectors.get_published(article_id=article_id, actor=request.actor, at=at)
    context = {"article": article, "reactions": reads.reactions(article, actor=request.actor, at=at)}
    return render(request, "news/h5/voices/reactions.html", context)


def favourite_list(request: TenantRequest) -> HttpResponse:
    """What I keep, the latest first."""
    cursor = request.GET.get("cursor", "")
    found, following = reads.favourites(actor=request.actor, at=clock.now(), cursor=cursor)
    return render(request, "news/h5/voices/favourites.html", {"favourites": found, "next": following})


def favourite_remove(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """Also what was withdrawn meanwhile can be let go of."""
    services.set_reaction(
        article_id=article_id, kind=ReactionKind.FAVOURITE, is_on=False, actor=request.actor, at=clock.now()
    )
    messages.success(request, _("已取消收藏。"))
    return redirect("h5-news-favourites")


def _is_fragment(request: TenantRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _article_of(request: TenantRequest, comment_id: uuid.UUID) -> uuid.UUID:
    return reads.get_moderated(comment_id=comment_id, actor=request.actor).article.pk


def _below(article_id: uuid.UUID) -> str:
    return f"{reverse('h5-news-detail', kwargs={'article_id': article_id})}#voices"
