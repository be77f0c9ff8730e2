"""A reviewer's sheets. In a blind round nothing that is kept says whose a sheet is; see docs/adr/0020."""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.events.services import emit
from jiceng.kernel.cleaning import Cleaner
from jiceng.kernel.crypto import Unsealable, open_sealed, seal
from jiceng.workflow.services import close_todos

from ..errors import scoring as refusals
from ..models import Assignment, Criterion, Duty, Round, Sheet, SheetScore
from ..selectors import sheets as reads
from ..selectors.rounds import criteria_of
from .addresses import reviewer_of
from .cleaning import points

COMMENT_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Saved:
    """``sealed``: in a blind round, the draft for the reviewer's own device to keep; the database keeps nothing.

    ``next_id``: the assignment to go on with, ``None`` when all are done.
    """

    assignment: Assignment
    sealed: str = ""
    next_id: uuid.UUID | None = None


@transaction.atomic
def save_draft(
    *, assignment_id: uuid.UUID, scores: Mapping[uuid.UUID, Any], comment: str, actor: Actor, at: datetime
) -> Saved:
    """Keep what has been filled in so far; criteria may be missing.

    Raises ``DutyMissing``, ``NotOpen``, ``NoLongerWanted``, ``HandedInAlready``, ``SheetInvalid``. Locks the assignment.
    """
    assignment, round = _own(assignment_id, actor, at)
    values, text = _checked(round, scores, comment, is_complete=False)
    if round.is_blind:
        return Saved(assignment, sealed=seal_draft(assignment.pk, values, text))
    _write_named(assignment, values, text, is_handed_in=assignment.state == Duty.DONE)
    return Saved(assignment)


@transaction.atomic
def hand_in(
    *, assignment_id: uuid.UUID, scores: Mapping[uuid.UUID, Any], comment: str, actor: Actor, at: datetime
) -> Saved:
    """A complete sheet. Final in a blind round; in a named one it can be handed in again until the round ends.

    Raises as ``save_draft``; ``SheetInvalid`` also where a criterion is missing. Emits ``appraisal.sheet.handed_in`` the first
    time. Locks the assignment.
    """
    assignment, round = _own(assignment_id, actor, at)
    values, text = _checked(round, scores, comment, is_complete=True)
    if round.is_blind:
        sheet = Sheet.objects.create(
            subject_id=assignment.subject_id, group=assignment.group, is_blind=True, is_handed_in=True, comment=text
        )
        _write_scores(sheet, values)
    else:
        _write_named(assignment, values, text, is_handed_in=True)
    if assignment.state != Duty.DONE:
        assignment.state = Duty.DONE
        assignment.save(update_fields=("state",))
        emit(
            "appraisal.sheet.handed_in", actor_id=actor.id,
            payload={"round_id": round.pk, "user_id": actor.id or "", "person_id": assignment.reviewer_id},
        )  # fmt: skip
    following = reads.next_duty(assignment)
    if following is None:
        close_todos(owner=reviewer_of(round.pk, assignment.reviewer_id), actor=actor, at=at)
    return Saved(assignment, next_id=following)


def seal_draft(assignment_id: uuid.UUID, values: Mapping[uuid.UUID, Decimal], comment: str) -> str:
    """A draft as its reviewer's device keeps it: only this organisation can open it, for this assignment."""
    facts = {"scores": {str(key): str(value) for key, value in values.items()}, "comment": comment}
    sealed = seal(json.dumps(facts, ensure_ascii=False).encode(), context=_place(assignment_id))
    # Shorter than hex: browsers silently drop cookies of more than 4096 bytes.
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def open_draft(assignment_id: uuid.UUID, sealed: str) -> dict[str, Any]:
    """``{"scores": {criterion: points}, "comment": …}``; nothing for what was not sealed here."""
    try:
        given = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        found: dict[str, Any] = json.loads(open_sealed(given, context=_place(assignment_id)))
    except (Unsealable, ValueError):
        return {"scores": {}, "comment": ""}
    return found


def _place(assignment_id: uuid.UUID) -> str:
    return f"appraisal_sheet|draft|{assignment_id}"


def _own(assignment_id: uuid.UUID, actor: Actor, at: datetime) -> tuple[Assignment, Round]:
    """The actor's assignment, locked, in a round that takes sheets now. The round is locked against closing meanwhile."""
    found = reads.own_duties(actor).filter(pk=assignment_id).values_list("pk", "round").first()
    if found is None:
        raise refusals.DutyMissing
    round = _shared(found[1])
    if not round.is_open or not round.opens_at <= at < round.closes_at:
        raise refusals.NotOpen
    assignment = Assignment.objects.select_for_update().get(pk=assignment_id)
    if assignment.state == Duty.EXCUSED:
        raise refusals.NoLongerWanted
    if assignment.state == Duty.DONE and round.is_blind:
        raise refusals.HandedInAlready
    return assignment, round


def _shared(round_id: uuid.UUID) -> Round:
    """The round under a shared lock: reviewers do not wait for one another, closing waits for them all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM appraisal_round WHERE id = %s FOR SHARE", [round_id])
    return Round.objects.get(pk=round_id)


def _checked(
    round: Round, scores: Mapping[uuid.UUID, Any], comment: str, *, is_complete: bool
) -> tuple[dict[uuid.UUID, Decimal], str]:
    cleaner = Cleaner().text("comment", comment, COMMENT_LENGTH)
    criteria = {row.pk: row for row in criteria_of(round)}
    for key in list(scores)[:50]:
        if key not in criteria:
            cleaner.refuse(f"scores/{key}", "unknown", _("没有这项指标。"))
    values = {}
    for key, criterion in criteria.items():
        given = scores.get(key, "")
        if given in ("", None):
            if is_complete:
                cleaner.refuse(f"scores/{key}", "required", _("“%(name)s”还没有评。") % {"name": criterion.name})
            continue
        value = points(given, criterion.max_score)
        if value is None:
            sentence = _("“%(name)s”应为 0 到 %(most)d 的数，最多两位小数。")
            cleaner.refuse(
                f"scores/{key}", "out_of_range", sentence % {"name": criterion.name, "most": criterion.max_score}
            )
        else:
            values[key] = value
    return values, str(cleaner.done(refusals.SheetInvalid)["comment"])


def _write_named(
    assignment: Assignment, values: Mapping[uuid.UUID, Decimal], comment: str, *, is_handed_in: bool
) -> None:
    sheet, _is_new = Sheet.objects.update_or_create(
        assignment=assignment,
        defaults={"comment": comment, "is_handed_in": is_handed_in},
        create_defaults={
            "subject_id": assignment.subject_id, "group": assignment.group, "is_blind": False, "comment": comment,
            "is_handed_in": is_handed_in,
        },
    )  # fmt: skip
    if is_handed_in and len(values) < Criterion.objects.filter(round=assignment.round_id).count():
        raise refusals.SheetInvalid  # a sheet that counts is never left incomplete
    SheetScore.objects.filter(sheet=sheet).delete()
    _write_scores(sheet, values)


def _write_scores(sheet: Sheet, values: Mapping[uuid.UUID, Decimal]) -> None:
    SheetScore.objects.bulk_create(
        SheetScore(sheet=sheet, criterion_id=criterion_id, value=value) for criterion_id, value in values.items()
    )
