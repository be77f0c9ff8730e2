"""What the start refuses of a declared workflow, and that the clock looks for overdue work."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from jiceng.kernel.checks import problems
from jiceng.kernel.manifest import Manifest, Permission, WorkflowStep
from jiceng.kernel.registry import Registry, registry
from jiceng.workflow.models import CaseEvent
from tests.workflow import sample
from tests.workflow.conftest import AT

GOOD = replace(sample.WORKFLOW, code="canteen.refund", steps=(WorkflowStep("one", "审批", "canteen.manage"),))


def faults(*workflows) -> list[str]:
    manifest = Manifest(
        code="canteen", name="食堂", category="life", summary="", workflows=workflows,
        permissions=(Permission("canteen.manage", "管理"),),
    )  # fmt: skip
    return list(problems(Registry((manifest,))))


def test_a_sound_workflow_passes():
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("workflow", "word"),
    [
        (replace(GOOD, code="kitchen.refund"), "must begin with"),
        (replace(GOOD, steps=()), "no steps"),
        (replace(GOOD, steps=GOOD.steps * 2), "declared 2 times"),
        (replace(GOOD, steps=(replace(GOOD.steps[0], days=0),)), "at least one day"),
        (replace(GOOD, steps=(replace(GOOD.steps[0], permission="members.manage"),)), "undeclared permission"),
        (replace(GOOD, decided="tests.workflow.sample.nothing"), "cannot import"),
        (replace(GOOD, withdrawn="tests.workflow.sample.nothing"), "cannot import"),
    ],
    ids=["prefix", "empty", "twice", "days", "permission", "decided", "withdrawn"],
)
def test_faulty_declarations_are_named(workflow, word):
    found = faults(workflow)
    assert len(found) == 1
    assert word in found[0]


def test_a_code_is_declared_once():
    assert any("workflow 'canteen.refund' is declared 2 times" in fault for fault in faults(GOOD, GOOD))


def test_the_clock_tells_of_overdue_work(case, clock):
    from django.utils.module_loading import import_string

    _module, path = registry.tasks["workflow.escalate_overdue"]
    with clock(AT + timedelta(days=3)):
        import_string(path)()
    assert CaseEvent.objects.filter(case=case, kind="escalated").count() == 1
