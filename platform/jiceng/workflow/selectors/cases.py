"""Cases as those concerned see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models.users import Id
from jiceng.kernel.registry import registry

from ..addressing import principals, reaches
from ..definitions import label_of
from ..errors import CaseUnknown
from ..manifest import MANAGE
from ..models import Assignment, AssignmentState, Case, CaseEvent, CaseState
from ..models.cases import UNFINISHED
from ..steps import Step
from ..summaries import CaseSummary
from ..visibility import managed_by, visible_to


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case for one actor. ``mine``: the open assignment they may decide. ``handed``: one they may give to somebody else."""

    case: Case
    label: str
    steps: tuple[Step, ...]
    events: tuple[CaseEvent, ...]
    open: tuple[Assignment, ...]
    mine: Assignment | None
    handed: Assignment | None
    may_withdraw: bool
    may_resubmit: bool


def case_for(*, actor: Actor, case_id: Id, at: datetime) -> Case:
    """Raises ``CaseUnknown`` also where ``actor`` may not see it."""
    case = Case.objects.filter(visible_to(actor, at=at), pk=case_id).first()
    if case is None:
        raise CaseUnknown
    return case


def case_view(*, actor: Actor, case_id: Id, at: datetime) -> CaseView:
    """Everything about one case, and what ``actor`` may do with it. Raises ``CaseUnknown``."""
    case = case_for(actor=actor, case_id=case_id, at=at)
    waiting = tuple(case.assignments.filter(state=AssignmentState.OPEN).select_related("user"))
    is_applicant = actor.user is not None and case.applicant_id == actor.user.pk
    manages = policy.may(actor, MANAGE, case.unit_path)
    mine = None if is_applicant else _decidable(waiting, case, actor, at)
    may_hand = manages and not is_applicant
    return CaseView(
        case=case, label=label_of(case.workflow),
        steps=tuple(Step.from_json(step) for step in case.steps), events=tuple(case.events.all()), open=waiting,
        mine=mine, handed=mine or (waiting[0] if may_hand and waiting else None),
        may_withdraw=case.state in UNFINISHED and (is_applicant or manages),
        may_resubmit=case.state == CaseState.RETURNED and is_applicant,
    )  # fmt: skip


def _decidable(waiting: tuple[Assignment, ...], case: Case, actor: Actor, at: datetime) -> Assignment | None:
    """The first that ``actor`` may decide; the rule is ``services.candidates``'."""
    able = [p for p in principals(actor, at=at) if p.user is not None and p.user.pk != case.applicant_id]
    return next((row for row in waiting for principal in able if reaches(principal, row)), None)


def summary_of(*, case: Case) -> CaseSummary:
    """What the owning module shows to approvers, made anew; empty where that module is no longer installed."""
    workflow = registry.workflows.get(case.workflow)
    if workflow is None:
        return CaseSummary()
    summary: CaseSummary = import_string(workflow.summary)(subject_id=case.subject_id)
    return summary


def cases_of(*, actor: Actor) -> QuerySet[Case]:
    """What ``actor`` has applied for, newest first."""
    return Case.objects.filter(applicant=actor.user) if actor.user is not None else Case.objects.none()


def list_cases(*, actor: Actor, state: str = "", workflow: str = "", words: str = "") -> QuerySet[Case]:
    """Cases of the units where ``actor`` manages workflows. ``words``: part of the title or the applicant's name."""
    found = Case.objects.filter(managed_by(actor))
    if state:
        found = found.filter(state=state)
    if workflow:
        found = found.filter(workflow=workflow)
    if words:
        found = found.filter(Q(title__icontains=words) | Q(applicant_name__icontains=words))
    return found
