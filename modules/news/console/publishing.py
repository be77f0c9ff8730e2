"""Submitting, publishing, withdrawing, deleting: each asks first."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from jiceng.console.submission import posted, submitted
from jiceng.kernel import clock
from jiceng.members import audiences
from jiceng.shell.forms import status_of
from jiceng.shell.requests import TenantRequest

from .. import selectors, services
from ..forms.articles import PublishForm, WithdrawForm
from ..manifest.words import PUBLISH
from ..models import Article
from .addresses import url


def article_submit(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST hands in for review."""
    if request.method == "POST":
        article = services.submit_for_review(article_id=article_id, actor=request.actor, at=clock.now())
        messages.success(request, _("“%(title)s”已送审。") % {"title": article.title})
        return redirect(url("list"))
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    return _question(request, article, {
        "title": _("送审"), "action": _("确认送审"),
        "question": _("确定把“%(title)s”送审吗？") % {"title": article.title},
        "consequences": [*_reach(article), _("审核期间不能修改；通过后自动发布。")],
    })  # fmt: skip


def article_publish(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """GET asks and says who it goes to, POST publishes, at an hour if one is given."""
    form = PublishForm(*posted(request))
    article = submitted(form, lambda data: services.publish_article(
        article_id=article_id, publish_at=data["publish_at"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if article is not None:
        done = _("“%(title)s”将按时发布。") if article.is_scheduled else _("“%(title)s”已发布。")
        messages.success(request, done % {"title": article.title})
        return redirect(url("list"))
    article = selectors.get_managed(article_id=article_id, actor=request.actor, permission=PUBLISH)
    return _question(request, article, {
        "title": _("发布文章"), "action": _("确认发布"), "form": form,
        "question": _("确定发布“%(title)s”吗？") % {"title": article.title},
        "consequences": [*_reach(article), _("他们立即可以在手机上看到它。")],
    })  # fmt: skip


def _reach(article: Article) -> list[str]:
    """Whom it goes to: in words, and how many they are now."""
    if article.audience is None:
        return [_("发给：全体成员。")]
    count = audiences.count(article.audience, at=clock.now())
    words = "；".join(audiences.describe(audiences.definition_of(article.audience)))
    return [
        _("发给：%(words)s。") % {"words": words},
        _("共 %(people)d 人，其中 %(logins)d 人有账号、能在系统内收到。")
        % {"people": count.people, "logins": count.with_login},
    ]


def article_unschedule(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    article = services.unschedule_article(article_id=article_id, actor=request.actor, at=clock.now())
    messages.success(request, _("“%(title)s”已改回草稿。") % {"title": article.title})
    return redirect(url("edit", article_id=article.pk))


def article_withdraw(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """GET asks for a reason, POST withdraws."""
    form = WithdrawForm(*posted(request))
    article = submitted(form, lambda data: services.withdraw_article(
        article_id=article_id, reason=data["reason"], actor=request.actor, at=clock.now()
    ))  # fmt: skip
    if article is not None:
        messages.success(request, _("“%(title)s”已撤回。") % {"title": article.title})
        return redirect(url("list"))
    article = selectors.get_managed(article_id=article_id, actor=request.actor, permission=PUBLISH)
    return _question(request, article, {
        "title": _("撤回文章"), "action": _("确认撤回"), "danger": True, "form": form,
        "question": _("确定撤回“%(title)s”吗？") % {"title": article.title},
        "consequences": [_("旧链接将不再显示任何内容。"), _("撤回后不能再修改或重新发布。")],
    })  # fmt: skip


def article_delete(request: TenantRequest, article_id: uuid.UUID) -> HttpResponse:
    """GET asks, POST deletes a draft."""
    if request.method == "POST":
        services.delete_draft(article_id=article_id, actor=request.actor, at=clock.now())
        messages.success(request, _("草稿已删除。"))
        return redirect(url("list"))
    article = selectors.get_managed(article_id=article_id, actor=request.actor)
    return _question(request, article, {
        "title": _("删除草稿"), "action": _("确认删除"), "danger": True,
        "question": _("确定删除草稿“%(title)s”吗？") % {"title": article.title},
        "consequences": [_("删除后不能恢复。")],
    })  # fmt: skip


def _question(request: TenantRequest, article: Article, words: dict[str, object]) -> HttpResponse:
    form = words.get("form")
    status = status_of(form) if form is not None else 200  # type: ignore[arg-type]
    context = {**words, "cancel_url": url("edit", article_id=article.pk)}
    return render(request, "jiceng/console/confirm.html", context, status=status)
