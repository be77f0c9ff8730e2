"""Making the list of recipients and telling them: a worker's job, however many they are."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.db.models import F, Value
from django.db.models.fields import UUIDField

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.kernel.bulk import insert_selected
from jiceng.members import audiences
from jiceng.members.models import Person, PersonState
from jiceng.notices import services as notices

from ..models import Article, Recipient
from .addresses import article_url
from .kinds import kind_of
from .publishing import source_of


@transaction.atomic
def deliver_article(*, article_id: uuid.UUID | str, at: datetime) -> int | None:
    """Write down whom a published article goes to, and put it into their inboxes; returns how many people.

    Two statements whatever their number. Exactly once: a second run finds the list made and returns ``None``, as it
    does for articles withdrawn meanwhile. Locks the article.
    """
    article = (
        Article.objects.select_for_update(of=("self",))
        .select_related("column", "audience")
        .filter(pk=article_id)
        .first()
    )
    if article is None or not article.is_published or article.recipient_count is not None:
        return None
    count = _write_recipients(article, at)
    Article.objects.filter(pk=article.pk).update(recipient_count=count)
    if not kind_of(article).sends_own_notice:
        _tell(article, at)
    return count


def _write_recipients(article: Article, at: datetime) -> int:
    if article.audience is not None:
        people = audiences.people(article.audience, at=at)
    elif kind_of(article).is_closed:
        return 0
    else:
        people = Person.objects.filter(state=PersonState.ACTIVE)
    rows = people.order_by().values_list(
        Value(article.pk, output_field=UUIDField()), "pk", F("user_id"), F("unit_id"), named=False
    )
    return insert_selected(Recipient, ("article_id", "person_id", "user_id", "unit_id"), rows)


def _tell(article: Article, at: datetime) -> None:
    """Those on the list; everybody with a login where the article is for everybody."""
    listed = Recipient.objects.filter(article=article, user__isnull=False)
    users = User.objects.filter(is_active=True).values("pk") if article.audience is None else listed.values("user_id")
    notices.send(
        category="news.must_read" if article.needs_confirmation else "news.article", title=article.title,
        text=article.summary, url=article_url(article),
        source=source_of(article), users=users, at=at, actor=Actor.system(), key=f"news.article:{article.pk}",
        sender_name=article.publisher_name,
    )  # fmt: skip
