"""What somebody did under two entries of the roster becomes one history, counted once."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from ..models import Certificate, HelpRequest, HoursEntry, Project, Shift, SignUp, SignUpState, Team, TeamMember
from .signing import locked_shift, promote


@transaction.atomic
def merge_person(*, keep_id: uuid.UUID, other_id: uuid.UUID, at: datetime) -> None:
    """Give everything of ``other_id`` to ``keep_id``; of a shift that both signed up for, one place becomes free.

    Hours that both have for one shift stay where they are, so that they count once. Again changes nothing.
    """
    shared = SignUp.objects.filter(person=other_id, shift__in=_shifts_of(keep_id))
    for shift_id in list(shared.order_by("shift").values_list("shift", flat=True)):
        _settle(shift_id, keep_id, other_id, at)
    mine = HoursEntry.objects.filter(person=keep_id).order_by().values("shift")
    HoursEntry.objects.filter(person=other_id).exclude(shift__in=mine).update(person=keep_id)
    SignUp.objects.filter(person=other_id).exclude(shift__in=_shifts_of(keep_id)).update(person=keep_id)
    teams = TeamMember.objects.filter(person=keep_id).values("team")
    TeamMember.objects.filter(person=other_id).exclude(team__in=teams).update(person=keep_id)
    Certificate.objects.filter(person=other_id).update(person=keep_id)
    HelpRequest.objects.filter(taker=other_id).update(taker=keep_id)
    Project.objects.filter(organiser=other_id).update(organiser=keep_id)
    Team.objects.filter(leader=other_id).update(leader=keep_id)


def _shifts_of(person_id: uuid.UUID) -> QuerySet[SignUp, Any]:
    return SignUp.objects.filter(person=person_id).order_by().values("shift")


def _settle(shift_id: uuid.UUID, keep_id: uuid.UUID, other_id: uuid.UUID, at: datetime) -> None:
    """Both have a row for the shift: the one that comes stays, and of two that come the kept person's."""
    shift = locked_shift(shift_id)
    keep = SignUp.objects.get(shift=shift, person=keep_id)
    other = SignUp.objects.get(shift=shift, person=other_id)
    if not other.is_coming:
        return
    if not keep.is_coming:
        keep.delete()
        return
    counter = "joined_count" if other.state == SignUpState.JOINED else "waiting_count"
    SignUp.objects.filter(pk=other.pk).update(state=SignUpState.WITHDRAWN, ended_at=at, updated_at=at)
    Shift.objects.filter(pk=shift.pk).update(**{counter: F(counter) - 1}, updated_at=at)
    shift.refresh_from_db(fields=("joined_count", "waiting_count"))
    promote(shift, at=at)
