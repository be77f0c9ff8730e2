"""What follows from a bad answer: 受理, 办理, 答复, 办结; and once more if the citizen is still dissatisfied."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.module_settings import read as read_settings
from jiceng.members.models import Person, PersonState, Post, PostKind
from jiceng.notices import services as notices
from jiceng.workflow import addressees
from jiceng.workflow.models import Todo
from jiceng.workflow.services import close_todos, put_todo

from ..errors import survey as refusals
from ..manifest.words import FOLLOW
from ..models import FollowUp, FollowUpState, FollowUpStep, StepKind, SurveyAnswer
from . import scoping
from .addresses import follow_up_owner, follow_up_url
from .recording import record_deed
from .working_days import end_of_working_day

LENGTH, WISH_LENGTH = 1000, 500


def open_for(answer: SurveyAnswer, *, at: datetime) -> FollowUp:
    """Begin a follow-up; a to-do for the unit's secretaries. Emits ``appraisal.follow_up.opened``. In the caller's transaction."""
    unit = answer.point.unit
    posts = Post.objects.filter(unit=unit, kind=PostKind.SECRETARY, ended_on=None, person__state=PersonState.ACTIVE)
    post = posts.select_related("person").order_by("started_on", "pk").first() if unit else None
    row = FollowUp.objects.create(
        answer=answer, unit=unit, owner=post.person if post else None, owner_name=post.person.name if post else "",
        opened_at=at, due_at=_due(at),
    )  # fmt: skip
    _step(row, StepKind.OPENED, "", at, _("群众"))
    _put_todo(row, at)
    _emit("appraisal.follow_up.opened", row, None)
    return row


@transaction.atomic
def accept(*, follow_up_id: uuid.UUID, actor: Actor, at: datetime) -> FollowUp:
    """Take it on. Raises ``FollowUpMissing``, ``Forbidden``, ``AcceptedAlready``, ``FollowUpClosed``. Locks the follow-up."""
    row = _locked(follow_up_id, actor)
    if row.state != FollowUpState.OPEN:
        raise refusals.AcceptedAlready
    person = Person.objects.filter(user=actor.user).first() if actor.user else None
    row.state, row.owner, row.owner_name = FollowUpState.ACCEPTED, person, actor.display_name
    row.save()
    _step(row, StepKind.ACCEPTED, "", at, actor.display_name)
    record_deed("appraisal.follow_up.accepted", row, row.answer.point.name, actor)
    return row


@transaction.atomic
def add_note(*, follow_up_id: uuid.UUID, text: str, actor: Actor, at: datetime) -> FollowUpStep:
    """What has been done so far; the citizen does not see it. Raises as ``reply``."""
    row = _locked(follow_up_id, actor)
    if row.state == FollowUpState.OPEN:
        raise refusals.NotAccepted
    cleaned = Cleaner().text("text", text, LENGTH, needed=True).done(refusals.FollowUpInvalid)["text"]
    record_deed("appraisal.follow_up.noted", row, row.answer.point.name, actor)
    return _step(row, StepKind.NOTED, cleaned, at, actor.display_name, is_public=False)


@transaction.atomic
def reply(*, follow_up_id: uuid.UUID, text: str, actor: Actor, at: datetime) -> FollowUp:
    """The words that the citizen reads behind the receipt number; may be improved until it is closed.

    Raises ``FollowUpMissing``, ``Forbidden``, ``FollowUpClosed``, ``NotAccepted``, ``FollowUpInvalid``. Locks the follow-up.
    """
    row = _locked(follow_up_id, actor)
    if row.state == FollowUpState.OPEN:
        raise refusals.NotAccepted
    row.reply = Cleaner().text("text", text, LENGTH, needed=True).done(refusals.FollowUpInvalid)["text"]
    row.state, row.replied_at = FollowUpState.ANSWERED, at
    row.save()
    _step(row, StepKind.ANSWERED, row.reply, at, actor.display_name)
    record_deed("appraisal.follow_up.answered", row, row.answer.point.name, actor)
    return row


@transaction.atomic
def close(*, follow_up_id: uuid.UUID, actor: Actor, at: datetime) -> FollowUp:
    """Raises ``FollowUpMissing``, ``Forbidden``, ``FollowUpClosed``, ``NotAnswered``. Emits ``appraisal.follow_up.closed``. Locks it."""
    row = _locked(follow_up_id, actor)
    if row.state != FollowUpState.ANSWERED:
        raise refusals.NotAnswered
    row.state, row.closed_at = FollowUpState.CLOSED, at
    row.save()
    _step(row, StepKind.CLOSED, "", at, actor.display_name)
    close_todos(owner=follow_up_owner(row.pk), actor=actor, at=at)
    notices.withdraw(source=follow_up_owner(row.pk), at=at)
    record_deed("appraisal.follow_up.closed", row, row.answer.point.name, actor)
    _emit("appraisal.follow_up.closed", row, actor.id)
    return row


@transaction.atomic
def reopen(*, answer: SurveyAnswer, wish: str, at: datetime) -> FollowUp:
    """The citizen is not content with the answer: it begins again, with a new deadline, once.

    Raises ``CannotReopen``, ``FollowUpInvalid``. Locks the follow-up.
    """
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("unit", "answer__point")
    row = rows.filter(answer=answer).first()
    if row is None or not may_reopen(row):
        raise refusals.CannotReopen
    text = Cleaner().text("wish", wish, WISH_LENGTH, needed=True).done(refusals.FollowUpInvalid)["wish"]
    row.state, row.reopened_at, row.closed_at = FollowUpState.OPEN, at, None
    row.reply, row.replied_at, row.due_at = "", None, _due(at)
    row.save()
    _step(row, StepKind.REOPENED, text, at, _("群众"))
    _put_todo(row, at)
    return row


def may_reopen(row: FollowUp) -> bool:
    return row.state in (FollowUpState.ANSWERED, FollowUpState.CLOSED) and row.reopened_at is None


def _due(at: datetime) -> datetime:
    rules = read_settings("appraisal")
    return end_of_working_day(at, days=rules.follow_up_days, holidays=rules.holidays)


def _locked(follow_up_id: uuid.UUID, actor: Actor) -> FollowUp:
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("unit", "answer__point")
    row = rows.filter(pk=follow_up_id).first()
    if row is None:
        raise refusals.FollowUpMissing
    scoping.require_over(row, actor=actor, permission=FOLLOW)
    if row.is_closed:
        raise refusals.FollowUpClosed
    return row


def _step(
    row: FollowUp, kind: str, text: str, at: datetime, who: str, *, is_public: bool = True
) -> FollowUpStep:  # fmt: skip
    return FollowUpStep.objects.create(
        follow_up=row, kind=kind, text=text, happened_at=at, actor_name=who, is_public=is_public
    )


def _put_todo(row: FollowUp, at: datetime) -> None:
    """For whoever may follow up at the unit; the nearest are told now."""
    path, owner, url = scoping.path_of(row), follow_up_owner(row.pk), follow_up_url(row.pk)
    title = _("办理群众评价：%(name)s") % {"name": row.answer.point.name}
    put_todo(
        owner=owner, kind="appraisal.follow_up", title=title, url=url, at=at, due_at=row.due_at, permission=FOLLOW,
        unit_path=path,
    )  # fmt: skip
    notices.send(
        category="appraisal.follow_up", title=title, url=url, source=owner, at=at, actor=Actor.system(),
        users=addressees.users_of(Todo(permission=FOLLOW, unit_path=path), at=at),
        key=f"{owner}:{row.opened_at.timestamp() if row.reopened_at is None else row.reopened_at.timestamp()}",
    )  # fmt: skip


def _emit(name: str, row: FollowUp, actor_id: str | None) -> None:
    owner = row.owner
    payload = {
        "follow_up_id": row.pk, "point_id": row.answer.point_id, "person_id": str(owner.pk) if owner else "",
        "user_id": str(owner.user_id) if owner and owner.user_id else "",  # type: ignore[attr-defined]
    }  # fmt: skip
    emit(name, payload=payload, actor_id=actor_id)
