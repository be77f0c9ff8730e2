"""Following, windows for answers, and what a person has agreed to."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from ..models import Account, Identity

# WeChat, since June 2023: five answers in 48 hours after a message, three in a minute after a tap, scan or follow.
MESSAGE_WINDOW, MESSAGES = timedelta(hours=48), 5
EVENT_WINDOW, EVENTS = timedelta(minutes=1), 3
TAPS = frozenset({"CLICK", "SCAN", "subscribe"})


def ensure(account: Account, openid: str) -> Identity:
    """The identity, made where it is new; locked until the transaction ends."""
    identity, _is_new = Identity.objects.select_for_update().get_or_create(account=account, openid=openid)
    return identity


def seen(account: Account, openid: str, *, kind: str, event: str, at: datetime) -> Identity:
    """Take note of a message or event: following, and until when answers may be sent."""
    identity = ensure(account, openid)
    if kind != "event":
        identity.message_until, identity.message_left = at + MESSAGE_WINDOW, MESSAGES
    elif event in TAPS:
        identity.event_until, identity.event_left = at + EVENT_WINDOW, EVENTS
    if event == "unsubscribe":
        identity.is_following, identity.unfollowed_at = False, at
        identity.message_until = identity.event_until = None
        identity.message_left = identity.event_left = 0
        identity.offers = {}
    elif not identity.is_following and not account.is_wecom:
        # Whoever writes or taps follows, even if the event that said so never came.
        identity.is_following, identity.followed_at, identity.unfollowed_at = True, at, None
    identity.save()
    return identity


def has_window(identity: Identity, *, at: datetime) -> bool:
    """Whether a customer-service message may be sent now."""
    return bool(
        (identity.message_until and identity.message_until > at and identity.message_left)
        or (identity.event_until and identity.event_until > at and identity.event_left)
    )


def use_window(identity: Identity, *, at: datetime) -> None:
    """Count one customer-service message: first those that would expire at once. Does not save."""
    if identity.event_until and identity.event_until > at and identity.event_left:
        identity.event_left -= 1
    elif identity.message_left:
        identity.message_left -= 1


@transaction.atomic
def close_window(identity_id: uuid.UUID) -> None:
    """WeChat says that no more answers may be sent."""
    Identity.objects.filter(pk=identity_id).update(message_left=0, event_left=0)


@transaction.atomic
def stopped_following(identity_id: uuid.UUID, *, at: datetime) -> None:
    """WeChat says that the person does not follow; a later follow puts it right."""
    Identity.objects.filter(pk=identity_id).update(is_following=False, unfollowed_at=at)


@transaction.atomic
def change_offer(identity_id: uuid.UUID, template_id: str, by: int) -> None:
    """Count subscription messages that the person has agreed to (+1) or that were sent (-1); never below none."""
    identity = Identity.objects.select_for_update().get(pk=identity_id)
    left = max(0, int(identity.offers.get(template_id, 0)) + by)
    identity.offers = {**{key: value for key, value in identity.offers.items() if key != template_id}, **({template_id: left} if left else {})}  # fmt: skip
    identity.save(update_fields=["offers", "updated_at"])
