"""A learner's own notes."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..models import Note
from ..selectors import courses as reads
from ..selectors.learners import require_learner

TEXT_LENGTH = 1000
MOST_NOTES = 200


@transaction.atomic
def write_note(*, lesson_id: uuid.UUID, text: str, position: int = 0, actor: Actor, at: datetime) -> Note:
    """Keep a note beside a lesson; ``position``: seconds into what plays.

    Raises ``CourseInvalid`` on ``/text``, ``TooManyNotes``, and as ``learning.open_lesson``.
    """
    person = require_learner(actor)
    lesson = reads.get_lesson(lesson_id=lesson_id, actor=actor, person=person)
    cleaned = Cleaner().text("text", text, TEXT_LENGTH, needed=True).done(errors.CourseInvalid)
    if Note.objects.filter(lesson=lesson, person=person).count() >= MOST_NOTES:
        raise errors.TooManyNotes
    position = max(min(position, lesson.material.duration_seconds), 0)
    return Note.objects.create(
        lesson=lesson, person=person, text=cleaned["text"], position_seconds=position, created_at=at, updated_at=at
    )


@transaction.atomic
def delete_note(*, note_id: uuid.UUID, actor: Actor) -> Note:
    """Raises ``NoteMissing`` for anybody else's."""
    note = Note.objects.filter(pk=note_id, person=require_learner(actor)).first()
    if note is None:
        raise errors.NoteMissing
    note.delete()
    return note
