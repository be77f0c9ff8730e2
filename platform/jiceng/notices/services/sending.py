"""Putting a notice into inboxes, and taking it out again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, Exists, OuterRef, QuerySet, UUIDField, Value

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.access.models.users import Id
from jiceng.events.services import emit
from jiceng.kernel.bulk import insert_selected
from jiceng.kernel.registry import registry

from .. import channels
from ..models import Delivery, DeliveryState, Entry, Mute, Notice, NoticeState, SkipReason
from . import planning


@transaction.atomic
def send(
    *, category: str, title: str, url: str, source: str, users: QuerySet[Any, Any] | Iterable[Id], at: datetime,
    actor: Actor | None = None, text: str = "", key: str | None = None, is_mandatory: bool | None = None,
    sender_name: str = "",
) -> Notice | None:  # fmt: skip
    """Put a notice into the inboxes of ``users``: a queryset of user ids (any number), or up to some thousand ids.

    One statement for the inboxes and one for each channel that the tenant uses, whatever the number of people.
    ``category``: code of a manifest's ``NoticeCategory``; ``is_mandatory``: where it differs from the category's.
    ``title``, ``text``: cut at 100 and 300 characters; no personal data beyond names. ``url``: a path on the tenant's
    host. ``source``: ``<module>.<object>:<id>``. ``sender_name``: whose word it is where that is not ``actor``.
    ``key``: ``None`` is returned, and nothing done, where it was used before. Emits ``notices.notice.sent``.
    """
    declared = registry.notice_categories[category]
    notice = Notice(
        category=category, title=title[:100], text=text[:300], url=url, source=source, key=key,
        is_mandatory=declared.is_mandatory if is_mandatory is None else is_mandatory, is_urgent=declared.is_urgent,
        state=NoticeState.SENT, sender_id=(actor.id or "") if actor else "",
        sender_name=sender_name or (actor.display_name if actor else ""), created_at=at, spread_at=at,
    )  # fmt: skip
    if not _keep(notice):
        return None
    notice.entry_count = _fill_inboxes(notice, users)
    Notice.objects.filter(pk=notice.pk).update(entry_count=notice.entry_count)
    planning.plan_deliveries(notice, at=at)
    emit(
        "notices.notice.sent", actor_id=notice.sender_id or None,
        payload={"notice_id": notice.pk, "category": category, "source": source, "count": notice.entry_count},
    )  # fmt: skip
    return notice


@transaction.atomic
def withdraw(*, source: str, at: datetime) -> int:
    """Take all notices about ``source`` out of the inboxes, and stop what is still on its way; returns how many notices."""
    found = list(Notice.objects.filter(source=source).exclude(state=NoticeState.WITHDRAWN).values_list("pk", flat=True))
    if found:
        Notice.objects.filter(pk__in=found).update(state=NoticeState.WITHDRAWN, withdrawn_at=at)
        Delivery.objects.filter(
            entry__notice__in=found, state__in=(DeliveryState.WAITING, DeliveryState.HANDED)
        ).update(state=DeliveryState.SKIPPED, reason=SkipReason.WITHDRAWN, finished_at=at)
        for channel in channels.all_channels():
            channel.recall(found)
    return len(found)


def _keep(notice: Notice) -> bool:
    """False where another notice has the key already, even one whose transaction is still open."""
    kept = Notice.objects.bulk_create([notice], ignore_conflicts=notice.key is not None)
    return notice.key is None or Notice.objects.filter(pk=kept[0].pk).exists()


def _fill_inboxes(notice: Notice, users: QuerySet[Any, Any] | Iterable[Id]) -> int:
    reached = User.objects.filter(pk__in=users if isinstance(users, QuerySet) else list(users), is_active=True)
    rows = reached.order_by().values_list(
        Value(notice.pk, output_field=UUIDField()), "pk", _is_muted(notice), named=False
    )
    return insert_selected(Entry, ("notice_id", "user_id", "is_muted"), rows)


def _is_muted(notice: Notice) -> Value | Exists:
    if notice.is_mandatory:
        return Value(False, output_field=BooleanField())
    return Exists(Mute.objects.filter(user=OuterRef("pk"), category=notice.category))
