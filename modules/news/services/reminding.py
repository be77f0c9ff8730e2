"""One more word to those who have not read or confirmed. Bounded, so that nobody is pestered."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.module_settings import read as read_settings
from jiceng.notices import services as notices

from .. import errors, selectors
from ..manifest.words import PUBLISH
from ..models import Reminder
from . import scoping
from .addresses import article_url
from .locking import locked
from .publishing import source_of
from .recording import record_deed

BETWEEN = timedelta(hours=24)


@transaction.atomic
def remind_unread(*, article_id: uuid.UUID, actor: Actor, at: datetime) -> Reminder:
    """Remind those on the list who have not read (not confirmed, where that is asked for); at most once in 24 hours.

    Raises ``ArticleMissing``, ``NotPublished``, ``Forbidden``, ``RemindedLately``, ``RemindedEnough``, ``NobodyToRemind``.
    """
    article = locked(article_id)
    scoping.require_over(article, actor=actor, permission=PUBLISH)
    if not article.is_published:
        raise errors.NotPublished
    earlier = list(Reminder.objects.filter(article=article))
    if earlier and earlier[0].sent_at > at - BETWEEN:
        raise errors.RemindedLately
    if len(earlier) >= read_settings("news").reminders_per_article:
        raise errors.RemindedEnough
    users = selectors.outstanding_users(article=article)
    count = users.count()
    if not count:
        raise errors.NobodyToRemind
    title = _("请确认：%(title)s") if article.needs_confirmation else _("请阅读：%(title)s")
    notices.send(
        category="news.reminder", title=(title % {"title": article.title})[:100], text="", at=at, actor=actor,
        url=article_url(article), source=source_of(article),
        users=users.values("pk"), key=f"news.reminder:{article.pk}:{len(earlier) + 1}",
    )  # fmt: skip
    record_deed("news.article.reminded", article, actor, after={"recipient_count": count})
    return Reminder.objects.create(
        article=article, sent_at=at, sender_id=actor.id or "", sender_name=actor.display_name, recipient_count=count
    )
