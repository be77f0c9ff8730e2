"""What an applicant does: start a case, hand it in again, take it back."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Substr

from jiceng.access import policy
from jiceng.access.actor import Actor
from jiceng.access.models.users import Id
from jiceng.events.services import emit
from jiceng.kernel.text import clean

from ..definitions import current_definition
from ..errors import CaseChanged, CaseEnded, CaseRunning, CaseUnknown, NotApplicant
from ..manifest import MANAGE
from ..models import Assignment, AssignmentState, Case, CaseEventKind, CaseState, Todo, TodoState
from ..models.cases import TITLE_LENGTH, UNFINISHED
from ..visibility import may_see
from . import running
from .todos import close_todos


@transaction.atomic
def start_case(*, workflow: str, subject_id: Id, title: str, actor: Actor, at: datetime, unit_path: str = "") -> Case:
    """Have ``subject_id`` decided by the steps in force now; later versions of the workflow do not touch it.

    ``actor`` applies (a user; programs and the system apply without an applicant). ``unit_path``: where it belongs, ``""``
    for the whole tenant. ``title``: what approvers read first. Raises ``WorkflowUnknown``, ``CaseRunning``. Emits
    ``workflow.case.started``.
    """
    definition = current_definition(workflow)
    case = Case(
        workflow=workflow, version=definition.version, steps=[step.as_json() for step in definition.steps],
        subject_id=str(subject_id), title=clean(title)[:TITLE_LENGTH], unit_path=unit_path, applicant=actor.user,
        applicant_name=actor.display_name[:150], started_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError as error:
        raise CaseRunning from error
    running.tell(case, CaseEventKind.STARTED, actor, at)
    emit("workflow.case.started", payload={"case_id": case.pk, "workflow": workflow}, actor_id=actor.id)
    running.open_step(case, at=at)
    return case


@transaction.atomic
def resubmit(*, case_id: Id, actor: Actor, at: datetime, comment: str = "", version: int | None = None) -> Case:
    """Hand a returned case in again, from its first step. Raises ``CaseUnknown``, ``NotApplicant``, ``CaseChanged``."""
    case = _visible(case_id, actor, at, version)
    if not _is_applicant(case, actor):
        raise NotApplicant
    if case.state != CaseState.RETURNED:
        raise CaseChanged if case.state == CaseState.RUNNING else CaseEnded
    case.state, case.step = CaseState.RUNNING, 0
    running.save(case, "state", "step")
    close_todos(owner=f"workflow.case:{case.pk}", actor=actor, at=at)
    running.tell(case, CaseEventKind.RESUBMITTED, actor, at, comment=clean(comment))
    running.open_step(case, at=at)
    return case


@transaction.atomic
def withdraw(*, case_id: Id, actor: Actor, at: datetime, comment: str = "", version: int | None = None) -> Case:
    """Take an unfinished case back: its applicant, or who manages workflows there.

    Raises ``CaseUnknown``, ``NotApplicant``, ``CaseEnded``, ``CaseChanged``. Emits ``workflow.case.ended``.
    """
    case = _visible(case_id, actor, at, version)
    if not (_is_applicant(case, actor) or policy.may(actor, MANAGE, case.unit_path)):
        raise NotApplicant
    if case.state not in UNFINISHED:
        raise CaseEnded
    close_todos(owner=f"workflow.case:{case.pk}", actor=actor, at=at, is_done=False)
    running.end(case, CaseState.WITHDRAWN, actor=actor, at=at)
    running.tell(case, CaseEventKind.WITHDRAWN, actor, at, comment=clean(comment))
    return case


@transaction.atomic
def move_cases(*, before: str, after: str) -> None:
    """A unit's path has become ``after``: what waits below it moves along. For the service that moves units."""
    for rows in (
        Case.objects.filter(state__in=UNFINISHED),
        Assignment.objects.filter(state=AssignmentState.OPEN),
        Todo.objects.filter(state=TodoState.OPEN),
    ):
        path = Concat(Value(after), Substr(F("unit_path"), len(before) + 1), output_field=CharField())
        rows.filter(unit_path__startswith=before).update(unit_path=path)


def _visible(case_id: Id, actor: Actor, at: datetime, version: int | None) -> Case:
    case = running.locked_case(case_id)
    if not may_see(actor, case, at=at):
        raise CaseUnknown
    running.check_version(case, version)
    return case


def _is_applicant(case: Case, actor: Actor) -> bool:
    return actor.user is not None and case.applicant_id == actor.user.pk
