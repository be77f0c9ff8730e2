"""What staff do with answers beside following up: hiding text, and asking for a telephone number. Both leave a trace."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.module_settings import read as read_settings

from ..errors import survey as refusals
from ..manifest.words import FOLLOW, MODERATE
from ..models import FollowUp, FollowUpState, SurveyAnswer, SurveyTrace
from . import scoping
from .answering import phone_of
from .recording import record_deed

BATCH = 1000


@transaction.atomic
def hide_text(*, answer_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> SurveyAnswer:
    """Nobody but moderators sees the words any more; they are kept, and so is who hid them and why.

    Raises ``AnswerMissing``, ``Forbidden``, ``ModerationInvalid``. Locks the answer.
    """
    row = _locked(answer_id, actor)
    cleaned = Cleaner().text("reason", reason, 200, needed=True).done(refusals.ModerationInvalid)["reason"]
    row.hidden_at, row.hidden_by_name, row.hidden_reason = at, actor.display_name, cleaned
    row.save(update_fields=("hidden_at", "hidden_by_name", "hidden_reason"))
    record_deed("appraisal.answer.hidden", row, row.point.name, actor, note=cleaned)
    return row


@transaction.atomic
def show_text(*, answer_id: uuid.UUID, actor: Actor, at: datetime) -> SurveyAnswer:
    """Take back the hiding. Idempotent. Raises ``AnswerMissing``, ``Forbidden``. Locks the answer."""
    row = _locked(answer_id, actor)
    if row.is_hidden:
        row.hidden_at, row.hidden_by_name, row.hidden_reason = None, "", ""
        row.save(update_fields=("hidden_at", "hidden_by_name", "hidden_reason"))
        record_deed("appraisal.answer.shown", row, row.point.name, actor)
    return row


@transaction.atomic
def reveal_phone(*, follow_up_id: uuid.UUID, actor: Actor, at: datetime) -> str:
    """The citizen's number, for calling back; written down who saw it. ``""`` where none was left.

    Raises ``FollowUpMissing``, ``Forbidden``.
    """
    row = FollowUp.objects.select_related("unit", "answer__point").filter(pk=follow_up_id).first()
    if row is None:
        raise refusals.FollowUpMissing
    scoping.require_over(row, actor=actor, permission=FOLLOW)
    number = phone_of(row.answer)
    if number:
        record_deed("appraisal.answer.phone_seen", row, row.answer.point.name, actor)
    return number


@transaction.atomic
def purge(*, at: datetime) -> int:
    """Remove traces of devices that may answer again, and telephone numbers no longer needed; 1,000 of each at a time."""
    traces = SurveyTrace.objects.filter(expires_at__lte=at).order_by("expires_at").values("pk")[:BATCH]
    removed, _by_table = SurveyTrace.objects.filter(pk__in=list(traces.values_list("pk", flat=True))).delete()
    before = at - timedelta(days=read_settings("appraisal").phone_keep_days)
    running = FollowUp.objects.exclude(state=FollowUpState.CLOSED, closed_at__lte=before)
    done = SurveyAnswer.objects.filter(phone_sealed__isnull=False, answered_at__lte=before).exclude(
        pk__in=running.values("answer")
    )
    ids = list(done.order_by("pk").values_list("pk", flat=True)[:BATCH])
    return max(removed, SurveyAnswer.objects.filter(pk__in=ids).update(phone_sealed=None))


def _locked(answer_id: uuid.UUID, actor: Actor) -> SurveyAnswer:
    row = (
        SurveyAnswer.objects.select_for_update(of=("self",)).select_related("point__unit").filter(pk=answer_id).first()
    )
    if row is None:
        raise refusals.AnswerMissing
    scoping.require_over(row.point, actor=actor, permission=MODERATE)
    return row
