"""What all writes on a running case share: its lock, its trace, opening and closing assignments, its end."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.module_loading import import_string

from jiceng.access.actor import Actor
from jiceng.access.models.users import Id
from jiceng.audit.services import record
from jiceng.events.services import emit
from jiceng.kernel.ids import uuid7
from jiceng.kernel.registry import registry

from ..addressing import Address, addresses
from ..errors import CaseChanged, CaseUnknown, WorkflowUnknown
from ..models import (
    Assignment,
    AssignmentKind,
    AssignmentState,
    Case,
    CaseEvent,
    CaseEventKind,
    CaseState,
    Todo,
    TodoState,
)
from ..steps import Step
from .todos import put_todo

APPROVAL, RETURNED, OVERDUE = "workflow.approval", "workflow.returned", "workflow.overdue"


def locked_case(case_id: Id) -> Case:
    """The case under a row lock. Raises ``CaseUnknown``."""
    case = Case.objects.select_for_update(of=("self",)).filter(pk=case_id).first()
    if case is None:
        raise CaseUnknown
    return case


def check_version(case: Case, version: int | None) -> None:
    """Raise ``CaseChanged`` when the case is no longer as it was looked at."""
    if version is not None and case.revision != version:
        raise CaseChanged


def current_step(case: Case) -> Step:
    return Step.from_json(case.steps[case.step])


def case_url(case: Case) -> str:
    """Where people decide on it, on the tenant's host."""
    return f"/todos/cases/{case.pk}/"


def tell(
    case: Case, kind: CaseEventKind, actor: Actor, at: datetime, *, comment: str = "", other_name: str = "",
    is_audited: bool = True,
) -> None:  # fmt: skip
    """Add to the trace that everybody concerned reads, and to the audit trail, which does not repeat comments."""
    label = current_step(case).label
    CaseEvent.objects.create(
        case=case, kind=kind, happened_at=at, actor_id=actor.id or "", actor_name=actor.display_name[:150],
        other_name=other_name[:150], step_label=label, comment=comment,
    )  # fmt: skip
    if is_audited:
        record(
            action=f"workflow.case.{kind}", actor=actor, target=str(case.pk), target_label=case.title,
            after={"workflow": case.workflow, "step": label, "state": str(case.state)},
        )  # fmt: skip


def save(case: Case, *fields: str) -> None:
    case.revision += 1
    case.save(update_fields=(*fields, "revision"))


def open_step(case: Case, *, at: datetime) -> None:
    """Let the present step wait for those who decide it."""
    step = current_step(case)
    for address in addresses(step, case, at=at):
        assign(case, address, at=at, due_at=at + timedelta(days=step.days))


def assign(
    case: Case, address: Address, *, at: datetime, due_at: datetime | None,
    kind: AssignmentKind = AssignmentKind.APPROVE, delegated_from: Assignment | None = None,
) -> Assignment:  # fmt: skip
    """One more decision wanted in the present step, with its entry in the inbox."""
    pk = uuid7()
    todo = put_todo(
        owner=f"workflow.assignment:{pk}", kind=APPROVAL, title=case.title, url=case_url(case), at=at, due_at=due_at,
        **address.fields(),
    )  # fmt: skip
    return Assignment.objects.create(
        id=pk, case=case, step=case.step, step_code=current_step(case).code, kind=kind, todo=todo, due_at=due_at,
        delegated_from=delegated_from, created_at=at, **address.fields(),
    )  # fmt: skip


def close(assignment: Assignment, state: AssignmentState, *, actor: Actor, at: datetime, comment: str = "") -> None:
    """End one assignment as decided by ``actor``, with its entries in the inbox."""
    assignment.state, assignment.comment = state, comment
    assignment.decided_by, assignment.decided_by_name = actor.user, actor.display_name[:150]
    assignment.decided_at = at
    assignment.save(update_fields=("state", "comment", "decided_by", "decided_by_name", "decided_at"))
    _close_todos([assignment], actor=actor, at=at, state=TodoState.DONE)


def void(case: Case, *, actor: Actor, at: datetime, kind: AssignmentKind | None = None) -> None:
    """End all open assignments (of ``kind``) undecided. Their rows name who made them needless."""
    rows = Assignment.objects.filter(case=case, state=AssignmentState.OPEN)
    found = list(rows.filter(kind=kind) if kind else rows)
    if not found:
        return
    Assignment.objects.filter(pk__in=[row.pk for row in found]).update(
        state=AssignmentState.VOID, decided_by_name=actor.display_name[:150], decided_at=at
    )
    _close_todos(found, actor=actor, at=at, state=TodoState.CANCELLED)


def _close_todos(assignments: list[Assignment], *, actor: Actor, at: datetime, state: TodoState) -> None:
    owners = [f"workflow.{what}:{row.pk}" for row in assignments for what in ("assignment", "overdue")]
    Todo.objects.filter(owner__in=owners, state=TodoState.OPEN).update(
        state=state, closed_at=at, closed_by_name=actor.display_name[:150]
    )


def end(case: Case, state: CaseState, *, actor: Actor, at: datetime) -> None:
    """The case is over: nothing waits any more, its module hears of it, in this transaction."""
    void(case, actor=actor, at=at)
    case.state, case.ended_at = state, at
    save(case, "state", "ended_at")
    workflow = registry.workflows.get(case.workflow)
    if workflow is None:
        raise WorkflowUnknown
    if state == CaseState.WITHDRAWN:
        if workflow.withdrawn:
            import_string(workflow.withdrawn)(subject_id=case.subject_id, actor=actor, at=at)
    else:
        is_approved = state == CaseState.APPROVED
        import_string(workflow.decided)(subject_id=case.subject_id, is_approved=is_approved, actor=actor, at=at)
    payload = {"case_id": case.pk, "workflow": case.workflow, "state": str(state)}
    emit("workflow.case.ended", payload=payload, actor_id=actor.id)
