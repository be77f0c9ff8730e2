"""What volunteers say after a shift."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..models import SignUp, SignUpState
from ..selectors import shifts as reads
from ..selectors.people import require_volunteer
from .recording import record_deed


@transaction.atomic
def give_feedback(*, shift_id: uuid.UUID, rating: Any, text: str, actor: Actor, at: datetime) -> SignUp:
    """1 to 5, and words for the organiser; again replaces what was said.

    Raises ``NotOnRoster``, ``ShiftMissing``, ``SignUpMissing``, ``FeedbackTooEarly``, ``FeedbackInvalid``.
    """
    person = require_volunteer(actor)
    shift = reads.get_shift(shift_id=shift_id)
    row = (
        SignUp.objects.select_for_update(of=("self",))
        .filter(shift=shift, person=person, state=SignUpState.JOINED)
        .first()
    )
    if row is None:
        raise errors.SignUpMissing
    if shift.ends_at > at:
        raise errors.FeedbackTooEarly
    cleaner = Cleaner().text("text", text, 500)
    if str(rating) not in ("1", "2", "3", "4", "5"):
        cleaner.refuse("rating", "required", _("请选择 1 到 5 分。"))
    row.feedback = cleaner.done(errors.FeedbackInvalid)["text"]
    row.rating, row.feedback_at, row.updated_at = int(rating), at, at
    row.save()
    record_deed("feedback.given", row, shift.project.title, actor, after={"rating": row.rating})
    return row
