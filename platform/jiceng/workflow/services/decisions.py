"""What an approver does: approve, reject, return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.access.models.users import Id
from jiceng.kernel.errors import DomainError, FieldError
from jiceng.kernel.text import clean

from ..errors import CommentMissing, NobodyToReturnTo
from ..models import Assignment, AssignmentKind, AssignmentState, Case, CaseEventKind, CaseState
from ..models.cases import COMMENT_LENGTH
from . import running
from .candidates import decidable
from .todos import put_todo

MAX_BATCH = 100


@dataclass(frozen=True, slots=True)
class BatchResult:
    """``refusals``: (title of the case, why)."""

    approved: int
    refusals: tuple[tuple[str, str], ...]


@transaction.atomic
def approve(*, assignment_id: Id, actor: Actor, at: datetime, comment: str = "", version: int | None = None) -> Case:
    """Agree. The last open assignment of a step moves the case on; after the last step its module is told.

    Raises ``CaseUnknown``, ``AlreadyHandled``, ``OwnCase``, ``NotCandidate``, ``CaseChanged``, and what the module's
    ``decided`` raises. Locks the case.
    """
    comment = _comment(comment)
    case, assignment, other = decidable(assignment_id, actor=actor, at=at, version=version)
    running.close(assignment, AssignmentState.APPROVED, actor=actor, at=at, comment=comment)
    if assignment.kind == AssignmentKind.APPROVE:
        running.void(case, actor=actor, at=at, kind=AssignmentKind.APPROVE)
    running.tell(case, CaseEventKind.APPROVED, actor, at, comment=comment, other_name=other)
    if Assignment.objects.filter(case=case, state=AssignmentState.OPEN).exists():
        running.save(case)
    elif case.step + 1 < len(case.steps):
        case.step += 1
        running.save(case, "step")
        running.open_step(case, at=at)
    else:
        running.end(case, CaseState.APPROVED, actor=actor, at=at)
    return case


@transaction.atomic
def reject(*, assignment_id: Id, actor: Actor, at: datetime, comment: str, version: int | None = None) -> Case:
    """Refuse for good, with a reason. Raises as ``approve`` does, and ``CommentMissing``."""
    comment = _reason(comment)
    case, assignment, other = decidable(assignment_id, actor=actor, at=at, version=version)
    running.close(assignment, AssignmentState.REJECTED, actor=actor, at=at, comment=comment)
    running.tell(case, CaseEventKind.REJECTED, actor, at, comment=comment, other_name=other)
    running.end(case, CaseState.REJECTED, actor=actor, at=at)
    return case


@transaction.atomic
def return_case(*, assignment_id: Id, actor: Actor, at: datetime, comment: str, version: int | None = None) -> Case:
    """Give it back to the applicant to be completed. Raises as ``reject`` does, and ``NobodyToReturnTo``."""
    comment = _reason(comment)
    case, assignment, other = decidable(assignment_id, actor=actor, at=at, version=version)
    if case.applicant_id is None:
        raise NobodyToReturnTo
    running.close(assignment, AssignmentState.RETURNED, actor=actor, at=at, comment=comment)
    running.void(case, actor=actor, at=at)
    running.tell(case, CaseEventKind.RETURNED, actor, at, comment=comment, other_name=other)
    case.state = CaseState.RETURNED
    running.save(case, "state")
    put_todo(
        owner=f"workflow.case:{case.pk}", kind=running.RETURNED, title=_("请补正：%(title)s") % {"title": case.title},
        url=running.case_url(case), at=at, user_id=case.applicant_id,
    )  # fmt: skip
    return case


@transaction.atomic
def approve_many(*, assignment_ids: Sequence[Id], actor: Actor, at: datetime, comment: str = "") -> BatchResult:
    """Approve up to 100, each for itself: what is refused changes nothing and is told."""
    approved, refusals = 0, []
    for assignment_id in list(dict.fromkeys(assignment_ids))[:MAX_BATCH]:
        try:
            approve(assignment_id=assignment_id, actor=actor, at=at, comment=comment)
            approved += 1
        except DomainError as error:
            refusals.append((error.context.get("title", ""), error.detail))
    return BatchResult(approved, tuple(refusals))


def _comment(text: str) -> str:
    text = clean(text)
    if len(text) > COMMENT_LENGTH:
        message = _("意见最多 %(most)d 个字。") % {"most": COMMENT_LENGTH}
        raise CommentMissing(message, fields=[FieldError("/comment", "max_length", message)])
    return text


def _reason(text: str) -> str:
    text = _comment(text)
    if not text:
        raise CommentMissing(fields=[FieldError("/comment", "required", str(CommentMissing.message))])
    return text
