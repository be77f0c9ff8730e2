"""Ticking members' steps: by what happened, or by their own word."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from jiceng.access.actor import Actor
from jiceng.access.models import User
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.members.models import Person
from jiceng.members.selectors import person_of_user

from .. import errors
from ..manifest.steps import BY_CODE, BY_EVENT, Step
from ..models import StepDone
from ..selectors import progress as reads


@transaction.atomic
def tick_by_event(*, name: str, payload: Mapping[str, Any], actor_id: str, at: datetime) -> None:
    """Tick the step of an event for whom it is about. Again changes nothing.

    Emits ``guide.step.completed``, also when the member had only said so before.
    """
    step = BY_EVENT[name]
    user = _concerned(step, payload, actor_id)
    if user is None:
        return
    _row, is_new = StepDone.objects.get_or_create(user=user, step=step.code, defaults={"cause": name, "done_at": at})
    if is_new or StepDone.objects.filter(user=user, step=step.code, cause="").update(cause=name, done_at=at):
        _tell(step, user)


@transaction.atomic
def tick_by_hand(*, code: str, actor: Actor, at: datetime) -> Step:
    """The member says that a step is behind them: it leaves the list, and earns nothing. Raises ``StepMissing``."""
    step = BY_CODE.get(code)
    if step is None or actor.user is None or not reads.page_of(step, actor):
        raise errors.StepMissing
    _row, is_new = StepDone.objects.get_or_create(user=actor.user, step=code, defaults={"done_at": at})
    if is_new:
        record(action="guide.step.ticked", actor=actor, target=code, target_label=str(step.label))
    return step


def _concerned(step: Step, payload: Mapping[str, Any], actor_id: str) -> User | None:
    """The active login that an event is about: by its person, or its user, or who caused it."""
    person_id, user_id = str(payload.get("person_id") or ""), str(payload.get("user_id") or "")
    if person_id:
        found = Person.objects.filter(pk=person_id).values_list("user_id", flat=True).first()
        user_id = str(found or user_id)
    if step.only_own:
        user_id = actor_id if not person_id or user_id == actor_id else ""
    if not _is_uuid(user_id):
        return None
    return User.objects.filter(pk=user_id, is_active=True).first()


def _tell(step: Step, user: User) -> None:
    person = person_of_user(user.pk)
    payload = {
        "step": step.code, "title": str(step.label), "user_id": str(user.pk), "person_id": str(person.pk) if person else "",
    }  # fmt: skip
    emit("guide.step.completed", payload=payload, actor_id=str(user.pk))


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
