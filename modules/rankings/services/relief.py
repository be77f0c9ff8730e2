"""Switching the relief mode."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from jiceng.access.actor import Actor
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner

from .. import errors
from ..models import ReliefChange
from ..selectors import checking
from ..selectors import relief as reads

REASON_LENGTH = 300


@transaction.atomic
def set_relief(*, is_on: bool, reason: str, actor: Actor, at: datetime) -> ReliefChange:
    """Close the boards, or open them with a reason. Audited.

    Raises ``ReliefUnchanged``, also when somebody else was faster, and ``ReliefInvalid`` on ``/reason`` when it is switched
    off without one.
    """
    newest = reads.newest()
    if reads.is_on() == is_on:
        raise errors.ReliefUnchanged
    values = Cleaner().text("reason", reason, REASON_LENGTH, needed=not is_on).done(errors.ReliefInvalid)
    change = ReliefChange(
        number=newest.number + 1 if newest else 1, is_on=is_on, reason=values["reason"],
        author_name=actor.display_name[:150], created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as error:  # two at once: the unique number lets one of them win
        raise errors.ReliefUnchanged from error
    emit("rankings.relief.changed", actor_id=actor.id, payload={"is_on": is_on, "reason": change.reason})
    record(action="rankings.relief_changed", actor=actor, after={"is_on": is_on, "reason": change.reason})
    return change


@transaction.atomic
def export_check(*, actor: Actor, at: datetime) -> list[checking.Finding]:
    """The self-check as it is now; the export is recorded."""
    found = checking.findings(actor=actor, at=at)
    record(action="rankings.check_exported", actor=actor, after={"look": sum(one.state != "ok" for one in found)})
    return found
