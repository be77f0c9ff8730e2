"""Who comes: signing up, the waiting list, cancelling, who was there."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import Forbidden

from .. import errors, selectors
from ..errors import activities as refusals
from ..manifest.words import PUBLISH
from ..models import Activity, Article, SignUp, SignUpState
from ..selectors.activities import closes_at
from ..selectors.contributions import first_unit_of
from . import guarding
from .activities import locked_activity, move_up
from .recording import record_deed

NOTE_LENGTH = 100
UNIT_NAME_LENGTH = 60
# People come early, and are ticked off at the door.
EARLY = timedelta(hours=2)


@transaction.atomic
def sign_up(*, article_id: uuid.UUID, actor: Actor, at: datetime, note: str = "") -> SignUp:
    """Come, or wait where it is full. ``note``: up to 100 characters, for the organisers. Doing it again changes nothing.

    Raises ``ArticleMissing``, ``ArticleWithdrawn``, ``ActivityMissing``, ``SignUpsNotTaken``, ``SignUpClosed``,
    ``NoteInvalid``, ``SensitiveWords``, ``Forbidden`` for programs. Emits ``news.activity.signed_up``. Locks the
    activity, so exactly as many join as there is room.
    """
    user = _person(actor)
    activity, article = _open_activity(article_id, actor, at)
    if not activity.takes_sign_ups:
        raise refusals.SignUpsNotTaken
    row = SignUp.objects.filter(activity=activity, user=user).first()
    if row is not None and row.state != SignUpState.CANCELLED:
        return row
    if closes_at(activity) <= at:
        raise refusals.SignUpClosed
    row = row or SignUp(activity=activity, user=user)
    row.note = _note(note)
    _take_place(row, activity, actor, at)
    record_deed("news.activity.signed_up", article, actor, after={"state": row.state})
    payload = {"article_id": str(article.pk), "user_id": str(user.pk)}
    emit("news.activity.signed_up", payload=payload, actor_id=actor.id)
    return row


@transaction.atomic
def cancel(*, article_id: uuid.UUID, actor: Actor, at: datetime) -> SignUp:
    """Not come after all, until the activity begins; the first who waits comes in and is told. Again changes nothing.

    Raises ``ArticleMissing``, ``ArticleWithdrawn``, ``ActivityMissing``, ``SignUpMissing``, ``ActivityStarted``,
    ``Forbidden`` for programs. Emits ``news.activity.cancelled``. Locks the activity.
    """
    user = _person(actor)
    activity, article = _open_activity(article_id, actor, at)
    row = SignUp.objects.filter(activity=activity, user=user).first()
    if row is None:
        raise refusals.SignUpMissing
    if row.state == SignUpState.CANCELLED:
        return row
    if activity.starts_at <= at:
        raise refusals.ActivityStarted
    before, row.state, row.cancelled_at, row.attended_at = row.state, SignUpState.CANCELLED, at, None
    row.save()
    move_up(activity, article, at=at)
    record_deed("news.activity.cancelled", article, actor, before={"state": before}, after={"state": row.state})
    payload = {"article_id": str(article.pk), "user_id": str(user.pk)}
    emit("news.activity.cancelled", payload=payload, actor_id=actor.id)
    return row


@transaction.atomic
def mark_attendance(
    *, article_id: uuid.UUID, shown: Iterable[uuid.UUID], present: Iterable[uuid.UUID], actor: Actor, at: datetime
) -> int:
    """Of the sign-ups ``shown`` on a page, those ``present`` were there and the others were not; returns how many were.

    Who waited may have come too; who cancelled is left out. Raises ``ArticleMissing``, ``NotPublished``,
    ``ActivityMissing``, ``ActivityNotStarted`` earlier than two hours before. Locks the activity.
    """
    article = selectors.get_managed(article_id=article_id, actor=actor, permission=PUBLISH)
    activity = locked_activity(article_id)
    if activity is None:
        raise refusals.ActivityMissing
    if not article.is_published:
        raise errors.NotPublished
    if activity.starts_at - EARLY > at:
        raise refusals.ActivityNotStarted
    rows = SignUp.objects.filter(activity=activity, pk__in=set(shown)).exclude(state=SignUpState.CANCELLED)
    there = set(present)
    came = rows.filter(pk__in=there)
    names = {
        "present": list(came.filter(attended_at=None).values_list("name", flat=True)),
        "absent": list(rows.exclude(pk__in=there).exclude(attended_at=None).values_list("name", flat=True)),
    }
    came.filter(attended_at=None).update(attended_at=at)
    rows.exclude(pk__in=there).exclude(attended_at=None).update(attended_at=None)
    if names["present"] or names["absent"]:
        record_deed("news.activity.attended", article, actor, after=names)
    return came.count()


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise Forbidden
    return actor.user


def _open_activity(article_id: uuid.UUID, actor: Actor, at: datetime) -> tuple[Activity, Article]:
    """The locked activity of an article that ``actor`` may read; the article as it is once the lock is held."""
    activity = locked_activity(article_id)
    article = selectors.get_published(article_id=article_id, actor=actor, at=at)
    if activity is None:
        raise refusals.ActivityMissing
    return activity, article


def _take_place(row: SignUp, activity: Activity, actor: Actor, at: datetime) -> None:
    """At the end of the order; inside while there is room."""
    rows = SignUp.objects.filter(activity=activity)
    unit = first_unit_of(actor)
    row.name, row.unit_name = actor.display_name, unit.name[:UNIT_NAME_LENGTH] if unit else ""
    row.number = (rows.aggregate(last=Max("number"))["last"] or 0) + 1
    is_full = activity.capacity is not None and rows.filter(state=SignUpState.JOINED).count() >= activity.capacity
    row.state = SignUpState.WAITING if is_full else SignUpState.JOINED
    row.signed_up_at, row.cancelled_at, row.attended_at = at, None, None
    row.save()


def _note(text: str) -> str:
    cleaned = Cleaner().text("note", text, NOTE_LENGTH).done(refusals.NoteInvalid)["note"]
    guarding.check_text(cleaned, pointer="/note")
    return str(cleaned)
