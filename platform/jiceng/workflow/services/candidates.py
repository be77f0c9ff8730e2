"""The gate before every decision: seen, still open, not one's own, and really one's to decide."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from jiceng.access.actor import Actor
from jiceng.access.models.users import Id

from ..addressing import principals, reaches
from ..errors import AlreadyHandled, CaseUnknown, NotCandidate, OwnCase
from ..models import Assignment, AssignmentState, Case
from ..visibility import may_see
from . import running


def open_assignment(assignment_id: Id, *, actor: Actor, at: datetime) -> tuple[Case, Assignment]:
    """An open assignment that ``actor`` may see, its case locked. Raises ``CaseUnknown``, ``AlreadyHandled``, ``OwnCase``."""
    case_id = Assignment.objects.filter(pk=assignment_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise CaseUnknown
    # The case's lock stands for all of its rows: whoever comes second reads the assignment after the first has decided.
    case = running.locked_case(case_id)
    if not may_see(actor, case, at=at):
        raise CaseUnknown
    assignment = Assignment.objects.get(pk=assignment_id)
    if assignment.state != AssignmentState.OPEN:
        message = _("这项待办已由%(name)s办理。") % {"name": assignment.decided_by_name}
        raise AlreadyHandled(message, title=case.title)
    if actor.user is not None and actor.user.pk == case.applicant_id:
        raise OwnCase(title=case.title)
    return case, assignment


def decidable(assignment_id: Id, *, actor: Actor, at: datetime, version: int | None) -> tuple[Case, Assignment, str]:
    """``open_assignment`` of a candidate, and the name of the absent one for whom ``actor`` decides (``""``: for none).

    Raises also ``NotCandidate``, ``CaseChanged``.
    """
    case, assignment = open_assignment(assignment_id, actor=actor, at=at)
    # Not for an absent applicant either: that would be their own case by another hand.
    for principal in principals(actor, at=at):
        if reaches(principal, assignment) and (principal.user is None or principal.user.pk != case.applicant_id):
            running.check_version(case, version)
            return case, assignment, "" if principal is actor else principal.display_name
    raise NotCandidate(title=case.title)
