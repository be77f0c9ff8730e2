"""What staff and volunteers do about requests for help."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.members.models import Person
from jiceng.notices import services as notices
from jiceng.workflow import services as workflow

from .. import errors
from ..manifest.words import HELP
from ..models import HelpRequest, HelpState, HelpStepKind
from ..selectors import help as reads
from ..selectors.people import require_volunteer
from .asking import locked, owner_of, phone_of, save, step
from .recording import record_deed

KEPT = timedelta(days=30)
BATCH = 500


@transaction.atomic
def accept_request(*, request_id: uuid.UUID, actor: Actor, at: datetime) -> HelpRequest:
    """Volunteers may take it; also again after a complaint. Raises ``Forbidden``, ``HelpMissing``, ``HelpMoved``."""
    policy.require(actor, HELP)
    row = locked(request_id, HelpState.NEW, HelpState.COMPLAINED)
    row.state, row.taker = HelpState.OPEN, None
    return _moved(row, HelpStepKind.ACCEPTED, "accepted", actor, at)


@transaction.atomic
def refuse_request(*, request_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> HelpRequest:
    """The resident reads why. Raises as ``accept_request``, ``HelpInvalid`` on ``/reason``."""
    policy.require(actor, HELP)
    row = locked(request_id, HelpState.NEW, HelpState.OPEN)
    words = _reason(reason)
    row.state, row.answer, row.ended_at = HelpState.REFUSED, words, at
    return _moved(row, HelpStepKind.REFUSED, "refused", actor, at, words)


@transaction.atomic
def close_request(*, request_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> HelpRequest:
    """The end that staff put to it, with words for the resident. Raises as ``refuse_request``."""
    policy.require(actor, HELP)
    row = locked(request_id, HelpState.TAKEN, HelpState.DONE, HelpState.COMPLAINED)
    words = _reason(reason)
    row.state, row.answer, row.ended_at = HelpState.CLOSED, words, at
    return _moved(row, HelpStepKind.CLOSED, "closed", actor, at, words)


@transaction.atomic
def take_request(*, request_id: uuid.UUID, actor: Actor, at: datetime) -> HelpRequest:
    """Say that one will help; of several at once one does. Taking one's own again changes nothing.

    Raises ``NotOnRoster``, ``HelpMissing``, ``HelpTaken``, ``HelpMoved``. Emits ``volunteering.help.taken``. Locks the request.
    """
    person = require_volunteer(actor)
    row = HelpRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if row is None or row.state in (HelpState.NEW, HelpState.REFUSED):
        raise errors.HelpMissing
    if row.state == HelpState.TAKEN:
        if row.taker_id == person.pk:
            return row
        raise errors.HelpTaken
    if row.state != HelpState.OPEN:
        raise errors.HelpMoved
    row.state, row.taker = HelpState.TAKEN, person
    emit("volunteering.help.taken", payload=_payload(row, person), actor_id=actor.id)
    return _moved(row, HelpStepKind.TAKEN, "taken", actor, at)


@transaction.atomic
def give_back(*, request_id: uuid.UUID, reason: str, actor: Actor, at: datetime) -> HelpRequest:
    """The taker cannot help after all. Raises ``NotOnRoster``, ``HelpMissing``, ``HelpMoved``, ``HelpInvalid`` on ``/reason``."""
    row = _taken(request_id, actor)
    words = _reason(reason)
    row.state, row.taker = HelpState.OPEN, None
    return _moved(row, HelpStepKind.GIVEN_BACK, "given_back", actor, at, words)


@transaction.atomic
def complete_request(*, request_id: uuid.UUID, words: str, actor: Actor, at: datetime) -> HelpRequest:
    """The taker has helped; the resident may confirm. Emits ``volunteering.help.completed``. Raises as ``give_back``."""
    row = _taken(request_id, actor)
    said = Cleaner().text("words", words, 300).done(errors.HelpInvalid)["words"]
    row.state, row.answer = HelpState.DONE, said
    emit("volunteering.help.completed", payload=_payload(row, row.taker), actor_id=actor.id)
    return _moved(row, HelpStepKind.DONE, "completed", actor, at, said)


@transaction.atomic
def see_phone(*, request_id: uuid.UUID, actor: Actor) -> str:
    """The number in clear, for staff and for whoever took the request; every look is recorded.

    Raises ``HelpMissing``, also for those who may not see it.
    """
    row = reads.seen_by(actor).filter(pk=request_id).first()
    if row is None:
        raise errors.HelpMissing
    record_deed("help.phone_seen", row, row.number, actor)
    return phone_of(row)


@transaction.atomic
def purge(*, at: datetime) -> int:
    """Take numbers away that nobody needs any more; returns how many. Also the ones done long ago that nobody confirmed."""
    over = HelpRequest.objects.filter(phone_sealed__isnull=False).filter(reads.long_over(at - KEPT))
    found = list(over.values_list("pk", flat=True)[:BATCH])
    return HelpRequest.objects.filter(pk__in=found).update(phone_sealed=None)


def _taken(request_id: uuid.UUID, actor: Actor) -> HelpRequest:
    person = require_volunteer(actor)
    row = HelpRequest.objects.select_for_update(of=("self",)).filter(pk=request_id, taker=person).first()
    if row is None:
        raise errors.HelpMissing
    if row.state != HelpState.TAKEN:
        raise errors.HelpMoved
    return row


def _moved(row: HelpRequest, kind: str, deed: str, actor: Actor, at: datetime, words: str = "") -> HelpRequest:
    save(row, at)
    step(row, kind, words=words, author_name=actor.display_name, at=at)
    if deed in ("accepted", "refused", "closed"):
        workflow.close_todos(owner=owner_of(row), actor=actor, at=at)
    if deed == "closed" and row.taker is not None and row.taker.user_id:
        notices.send(
            category="volunteering.help", title=_("求助已结案：%(number)s") % {"number": row.number}, text=words,
            url=f"/volunteering/help/requests/{row.pk}/", source=owner_of(row), users=[row.taker.user_id], at=at, actor=actor,
        )  # fmt: skip
    record_deed(f"help.{deed}", row, row.number, actor, after={"state": row.state}, note=words)
    return row


def _reason(text: str) -> str:
    return str(Cleaner().text("reason", text, 300, needed=True).done(errors.HelpInvalid)["reason"])


def _payload(row: HelpRequest, person: Person | None) -> dict[str, str]:
    user_id = str(person.user_id or "") if person else ""
    return {"request_id": str(row.pk), "person_id": str(person.pk) if person else "", "user_id": user_id}
