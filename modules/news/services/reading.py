"""Having read, and saying so."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.notices import services as notices

from .. import errors
from ..models import Article, ReadReceipt
from .publishing import source_of


@transaction.atomic
def mark_read(*, article: Article, actor: Actor, at: datetime) -> bool:
    """Note that a signed-in user has read a published article; whether for the first time.

    Idempotent, also under concurrency. Emits ``news.article.read`` the first time; the inbox's entry is read too.
    """
    if actor.user is None or not article.is_published:
        return False
    receipt, is_first = ReadReceipt.objects.get_or_create(article=article, user=actor.user, defaults={"read_at": at})
    if is_first:
        payload = {"article_id": str(article.pk), "title": article.title, "user_id": str(actor.id)}
        emit("news.article.read", payload=payload, actor_id=actor.id, key=f"news.read:{receipt.pk}")
        notices.mark_source_read(user=actor.user, source=source_of(article), at=at)
    return is_first


@transaction.atomic
def confirm(*, article: Article, actor: Actor, at: datetime) -> bool:
    """Note that a signed-in user knows the article; whether for the first time. Idempotent.

    Raises ``NothingToConfirm``. Emits ``news.article.confirmed`` the first time.
    """
    if actor.user is None or not article.is_published or not article.needs_confirmation:
        raise errors.NothingToConfirm
    mark_read(article=article, actor=actor, at=at)
    rows = ReadReceipt.objects.filter(article=article, user=actor.user, confirmed_at=None, read_at__lte=at)
    if not rows.update(confirmed_at=at):
        return False
    payload = {"article_id": str(article.pk), "title": article.title, "user_id": str(actor.id)}
    emit("news.article.confirmed", payload=payload, actor_id=actor.id)
    return True
