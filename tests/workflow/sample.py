"""A workflow of two steps whose module only remembers what it was told."""

from __future__ import annotations

from jiceng.kernel.manifest import Workflow, WorkflowStep
from jiceng.workflow.summaries import CaseSummary, SummaryRow

CODE = "members.sample"
WORKFLOW = Workflow(
    code=CODE,
    label="试用流程",
    steps=(
        WorkflowStep("review", "初审", permission="members.read", days=2),
        WorkflowStep("confirm", "终审", permission="members.manage", days=5),
    ),
    summary="tests.workflow.sample.summary",
    decided="tests.workflow.sample.decided",
    withdrawn="tests.workflow.sample.withdrawn",
)
told: list[tuple[str, str]] = []


def summary(*, subject_id: str) -> CaseSummary:
    return CaseSummary(rows=(SummaryRow("手机号码", after="139****0000", before="138****0000"),), note=subject_id)


def decided(*, subject_id: str, is_approved: bool, actor, at) -> None:
    told.append((subject_id, "approved" if is_approved else "rejected"))


def withdrawn(*, subject_id: str, actor, at) -> None:
    told.append((subject_id, "withdrawn"))
