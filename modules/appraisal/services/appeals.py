"""A person disagrees with their result, and is answered."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.errors import FieldError
from jiceng.notices import services as notices
from jiceng.workflow.services import close_todos, put_todo

from ..errors import scoring as refusals
from ..manifest.words import MANAGE
from ..models import AppraisalAppeal, Subject
from ..selectors import results as reads
from . import scoping
from .addresses import result_url, source_of
from .cleaning import points
from .concluding import grade_of
from .recording import record_deed
from .running import RESULT

LENGTH = 1000


@transaction.atomic
def appeal(*, subject_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> AppraisalAppeal:
    """Raises ``ResultMissing``, ``AppealTooLate``, ``AppealOpen``, ``AppealInvalid``. Locks the result."""
    reads.get_own(subject_id=subject_id, actor=actor)
    subject = _locked(subject_id)
    if subject.round.appeal_until is None or at >= subject.round.appeal_until:
        raise refusals.AppealTooLate
    if AppraisalAppeal.objects.filter(subject=subject, state=AppraisalAppeal.State.OPEN).exists():
        raise refusals.AppealOpen
    text = Cleaner().text("reason", reason, LENGTH, needed=True).done(refusals.AppealInvalid)["reason"]
    row = AppraisalAppeal.objects.create(subject=subject, reason=text, made_at=at)
    put_todo(
        owner=f"appraisal.appeal:{row.pk}", kind="appraisal.appeal", permission=MANAGE, at=at,
        unit_path=scoping.path_of(subject.round), title=_("答复申诉：%(title)s") % {"title": subject.round.title},
        url=f"/console/appraisal/subjects/{subject.pk}/",
    )  # fmt: skip
    record_deed("appraisal.appeal.made", subject.round, subject.round.title, actor)
    return row


@transaction.atomic
def answer_appeal(
    *, appeal_id: uuid.UUID, answer: str, actor: Actor, at: datetime, adjusted_total: Any = None
) -> AppraisalAppeal:
    """``adjusted_total``: the new total where the appeal is upheld; ``None`` keeps the result.

    Raises ``AppealMissing``, ``Forbidden``, ``AppealInvalid``. Tells the person. Locks appeal and result.
    """
    row = AppraisalAppeal.objects.select_for_update().filter(pk=appeal_id, state=AppraisalAppeal.State.OPEN).first()
    if row is None:
        raise refusals.AppealMissing
    subject = _locked(row.subject_id)
    round = subject.round
    scoping.require_over(round, actor=actor, permission=MANAGE)
    row.answer = Cleaner().text("answer", answer, LENGTH, needed=True).done(refusals.AppealInvalid)["answer"]
    row.state, row.answered_at, row.answered_by_name = AppraisalAppeal.State.REJECTED, at, actor.display_name
    before = subject.total
    if adjusted_total is not None:
        total = points(adjusted_total, 100)
        if total is None:
            sentence = _("调整后的总分应为 0 到 100 的数，最多两位小数。")
            raise refusals.AppealInvalid(fields=(FieldError("/adjusted_total", "out_of_range", sentence),))
        row.state, row.adjusted_total, subject.total = AppraisalAppeal.State.UPHELD, total, total
        subject.grade = grade_of(round, subject)
        subject.save(update_fields=("total", "grade"))
    row.save()
    close_todos(owner=f"appraisal.appeal:{row.pk}", actor=actor, at=at)
    record_deed(
        "appraisal.appeal.answered", round, round.title, actor, before={"name": subject.name, "total": str(before)},
        after={"name": subject.name, "total": str(subject.total)},
    )  # fmt: skip
    if subject.person.user_id:
        notices.send(
            category=RESULT, title=_("申诉已答复：%(title)s") % {"title": round.title}, url=result_url(subject.pk),
            source=source_of(round.pk), users=[subject.person.user_id], at=at, actor=actor, key=f"appraisal.appeal:{row.pk}",
        )  # fmt: skip
    return row


def _locked(subject_id: Any) -> Subject:
    rows = Subject.objects.select_for_update(of=("self",)).select_related("round__unit", "person")
    return rows.get(pk=subject_id)
