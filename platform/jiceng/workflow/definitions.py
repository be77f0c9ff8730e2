"""Which steps a workflow has: the tenant's newest version, else the manifest's."""

from __future__ import annotations

from dataclasses import dataclass

from jiceng.kernel.manifest import Workflow
from jiceng.kernel.registry import registry

from .errors import WorkflowUnknown
from .models import Definition
from .steps import Step, declared


@dataclass(frozen=True, slots=True)
class InForce:
    """``version`` 0: the manifest's."""

    workflow: Workflow
    version: int
    steps: tuple[Step, ...]


def declared_workflow(code: str) -> Workflow:
    """Raises ``WorkflowUnknown``."""
    workflow = registry.workflows.get(code)
    if workflow is None:
        raise WorkflowUnknown
    return workflow


def current_definition(code: str) -> InForce:
    """What a case started now would follow. Raises ``WorkflowUnknown``."""
    workflow = declared_workflow(code)
    newest = Definition.objects.filter(code=code).order_by("-version").first()
    if newest is None:
        return InForce(workflow, 0, declared(workflow))
    return InForce(workflow, newest.version, tuple(Step.from_json(step) for step in newest.steps))


def label_of(code: str) -> str:
    """What people call the workflow; the code where its module is no longer installed."""
    workflow = registry.workflows.get(code)
    return str(workflow.label) if workflow else code
