"""Doors for background work on rounds, and what happens when somebody leaves."""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.received import ReceivedEvent
from jiceng.kernel.clock import local_zone, now

from ..services import merging, running


def tell_reviewers(*, round_id: str) -> None:
    running.tell_reviewers(round_id=round_id, at=now())


def close_round(*, round_id: str) -> None:
    """The time for scoring is over."""
    running.close_round(round_id=round_id, actor=Actor.system(), at=now())


def person_left(event: ReceivedEvent) -> None:
    at = now()
    note = _("%(day)s 已离开，评分保留。") % {"day": f"{at.astimezone(local_zone()):%Y-%m-%d}"}
    running.note_leaver(person_id=event.payload["person_id"], note=note, at=at)


def person_merged(event: ReceivedEvent) -> None:
    merging.merge_person(
        keep_id=uuid.UUID(event.payload["person_id"]), other_id=uuid.UUID(event.payload["merged_id"]), at=now()
    )
