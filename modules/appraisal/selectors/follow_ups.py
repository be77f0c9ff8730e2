"""Follow-ups: for those who work on them, and for the citizen behind the receipt."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db.models import Case, IntegerField, QuerySet, When

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now

from ..errors.survey import FollowUpMissing
from ..manifest.words import FOLLOW
from ..models import FollowUp, FollowUpState, FollowUpStep, StepKind, SurveyAnswer
from .reach import within


def visible(*, actor: Actor) -> QuerySet[FollowUp]:
    rows = FollowUp.objects.select_related("answer__point", "unit", "owner")
    return within(rows, actor=actor, permission=FOLLOW)


def listed(*, actor: Actor, at: datetime, show: str = "") -> QuerySet[FollowUp]:
    """``show``: ``overdue``, ``mine``, ``closed``, else all that are running; what is due first comes first."""
    found = visible(actor=actor)
    if show == "closed":
        return found.filter(state=FollowUpState.CLOSED).order_by("-closed_at", "-pk")
    found = found.exclude(state=FollowUpState.CLOSED)
    if show == "overdue":
        found = found.filter(due_at__lte=at)
    elif show == "mine":
        found = found.filter(owner__user=actor.user) if actor.user else found.none()
    return found.order_by("due_at", "pk")


def mine(*, actor: Actor, at: datetime) -> QuerySet[FollowUp]:
    """What is running within the actor's reach, their own first."""
    own = Case(When(owner__user=actor.user, then=0), default=1, output_field=IntegerField())
    return listed(actor=actor, at=at).order_by(own, "due_at", "pk")


def get_follow_up(*, follow_up_id: uuid.UUID, actor: Actor) -> FollowUp:
    """Raises ``FollowUpMissing``."""
    found = visible(actor=actor).filter(pk=follow_up_id).first()
    if found is None:
        raise FollowUpMissing
    return found


def steps_of(row: FollowUp) -> list[FollowUpStep]:
    """What staff see of what has been done. Where the citizen's words are hidden, those of asking again are too."""
    steps = list(FollowUpStep.objects.filter(follow_up=row))
    for step in steps:
        if step.kind == StepKind.REOPENED and row.answer.is_hidden:
            step.text = row.answer.hidden_text
    return steps


def public_steps(answer: SurveyAnswer) -> list[FollowUpStep]:
    """What the citizen sees of what has been done."""
    return list(FollowUpStep.objects.filter(follow_up__answer=answer, is_public=True))


def count_overdue() -> int:
    return FollowUp.objects.exclude(state=FollowUpState.CLOSED).filter(due_at__lte=now()).count()
