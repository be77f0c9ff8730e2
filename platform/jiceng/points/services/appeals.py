"""Disputes: a member says what is wrong, somebody answers, and may put it right by another entry."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.kernel.cleaning import Cleaner
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from .. import errors
from ..manifest import MANAGE
from ..models import Appeal, AppealState, Entry
from ..selectors import ledger as reads
from . import by_hand

TEXT_LENGTH = 500


@transaction.atomic
def appeal(*, entry_id: uuid.UUID | None, text: str, actor: Actor, at: datetime) -> Appeal:
    """Dispute an own entry, or say that one is missing (``None``). It waits in the inbox of those who manage points.

    Raises ``NotOnRoster``, ``EntryMissing``, ``PointsInvalid`` on ``/text``, ``AppealOpen``.
    """
    person = reads.require_owner(actor)
    entry = Entry.objects.filter(person=person, pk=entry_id).first() if entry_id else None
    if entry_id and entry is None:
        raise errors.EntryMissing
    values = Cleaner().text("text", text, TEXT_LENGTH, needed=True).done(errors.PointsInvalid)
    if entry is None and Appeal.objects.filter(person=person, entry=None, state=AppealState.OPEN).count() >= 3:
        raise errors.AppealOpen
    made = Appeal(person=person, entry=entry, text=values["text"], created_at=at)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:  # one at a time for each entry
        raise errors.AppealOpen from error
    workflow.put_todo(
        owner=owner_of(made), kind="points.appeal", title=_("积分申诉：%(name)s") % {"name": person.name},
        url=f"/console/points/appeals/{made.pk}/", permission=MANAGE, unit_path=person.unit.path if person.unit else "", at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def answer(
    *, appeal_id: uuid.UUID, text: str, actor: Actor, at: datetime, takes_back: bool = False, points: int | None = None
) -> Appeal:
    """Answer, and put it right: take the disputed entry back (``takes_back``) or give ``points`` for a missing one.

    Raises ``AppealMissing``, ``AppealAnswered``, ``PointsInvalid``, ``EntryReversed``. The member is told.
    """
    found = reads.get_appeal(appeal_id=appeal_id, actor=actor)
    policy.require(actor, MANAGE, found.person.unit.path if found.person.unit else "")
    found = Appeal.objects.select_for_update(of=("self",)).select_related("person", "entry").get(pk=found.pk)
    if found.state != AppealState.OPEN:
        raise errors.AppealAnswered
    values = Cleaner().text("answer", text, TEXT_LENGTH, needed=True).done(errors.PointsInvalid)
    if takes_back and found.entry is not None:
        found.correction = by_hand.take_back(entry_id=found.entry.pk, reason=values["answer"][:200], actor=actor, at=at)
    elif points is not None:
        found.correction = by_hand.give(
            person_id=found.person_id, entry_id=found.pk, actor=actor, at=at,
            fields={"points": points, "label": _("申诉更正"), "reason": values["answer"][:200]},
        )  # fmt: skip
    found.state = AppealState.UPHELD if found.correction else AppealState.REJECTED
    found.answer, found.answered_by_name, found.answered_at = values["answer"], actor.display_name[:150], at
    found.save()
    workflow.close_todos(owner=owner_of(found), actor=actor, at=at)
    if found.person.user_id:
        notices.send(
            category="points.appeal", title=_("您的积分申诉已答复"), text=found.answer, url="/points/", at=at, actor=actor,
            source=owner_of(found), users=[found.person.user_id], key=owner_of(found),
        )  # fmt: skip
    record(action="points.appeal_answered", actor=actor, target=str(found.pk), target_label=found.person.name, after={
        "state": found.state, "correction": str(found.correction_id or ""),
    })  # fmt: skip
    return found


def owner_of(made: Appeal) -> str:
    return f"points.appeal:{made.pk}"
