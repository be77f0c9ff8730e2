"""Liking a shared reflection and talking about it. Likes are a kindness: nothing counts or sorts by them."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel import limits
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..manifest.words import REVIEW
from ..models import ReflectionComment, ReflectionLike
from ..selectors import reflections as reads
from ..selectors.learners import require_learner
from .scoping import require_over

COMMENT_LENGTH, REASON_LENGTH = 500, 200
PER_MINUTE = 6


@transaction.atomic
def like_reflection(*, reflection_id: uuid.UUID, is_on: bool, actor: Actor, at: datetime) -> None:
    """One each, however often. Raises ``NotOnRoster``, ``ReflectionMissing`` unless it is shared."""
    person = require_learner(actor)
    found = reads.get_shared(reflection_id=reflection_id, actor=actor)
    if is_on:
        ReflectionLike.objects.bulk_create(
            [ReflectionLike(reflection=found, person=person, created_at=at)], ignore_conflicts=True
        )
    else:
        ReflectionLike.objects.filter(reflection=found, person=person).delete()


@transaction.atomic
def comment_reflection(*, reflection_id: uuid.UUID, text: str, actor: Actor, at: datetime) -> ReflectionComment:
    """Raises ``NotOnRoster``, ``ReflectionMissing``, ``TalkClosed``, ``ReflectionInvalid`` on ``/text``, ``TalkTooOften``."""
    person = require_learner(actor)
    found = reads.get_shared(reflection_id=reflection_id, actor=actor)
    if not reads.has_comments_open():
        raise errors.TalkClosed
    cleaned = Cleaner().text("text", text, COMMENT_LENGTH, needed=True).done(errors.ReflectionInvalid)
    seen = limits.tally(f"study.comment:{actor.id}", window_seconds=60)
    if seen is not None and seen.count > PER_MINUTE:
        raise errors.TalkTooOften(retry_after=seen.reset_seconds)
    return ReflectionComment.objects.create(reflection=found, person=person, text=cleaned["text"], created_at=at)


@transaction.atomic
def hide_comment(*, comment_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> ReflectionComment:
    """Out of sight, kept with who hid it and why. Raises ``CommentMissing``, ``Forbidden``, ``ReflectionInvalid`` on ``/reason``."""
    rows = ReflectionComment.objects.select_for_update(of=("self",)).select_related("reflection__unit")
    found = rows.filter(pk=comment_id).first()
    if found is None or found.hidden_at is not None:
        raise errors.CommentMissing
    require_over(found.reflection.unit, actor=actor, permission=REVIEW)
    cleaned = Cleaner().text("reason", reason, REASON_LENGTH, needed=True).done(errors.ReflectionInvalid)
    found.hidden_at, found.hidden_by_name, found.hide_reason = at, actor.display_name, cleaned["reason"]
    found.save(update_fields=("hidden_at", "hidden_by_name", "hide_reason"))
    record(
        action="study.comment.hidden", actor=actor, target=str(found.pk), target_label=found.reflection.title,
        after={"reason": found.hide_reason},
    )  # fmt: skip
    return found
