"""Versions of steps, deadlines, and the inbox other modules feed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel.errors import Forbidden
from jiceng.workflow import errors, selectors, services
from jiceng.workflow.models import Definition, Todo
from tests.workflow import sample
from tests.workflow.conftest import AT, EAST, WEST, actor, start, waiting


def step(code="one", **changes):
    return {"code": code, "label": "审批", "who": {"role": "editor"}, "scope": "unit", "days": 3, **changes}


def publish(staff, *steps, by=None, **more):
    steps = steps or (step(),)
    return services.publish_definition(code=sample.CODE, steps=steps, actor=actor(by or staff.chief), at=AT, **more)


def test_running_cases_keep_the_steps_they_began_with(case, staff, told):
    assert publish(staff).version == 1
    newer = start(staff.applicant, "s2")
    assert (case.version, newer.version, len(case.steps), len(newer.steps)) == (0, 1, 2, 1)
    for pk in (waiting(case).pk, waiting(newer).pk):
        services.approve(assignment_id=pk, actor=actor(staff.east), at=AT)
    assert told == [("s2", "approved")]
    assert waiting(case).step_code == "confirm"
    assert [version.version for version in selectors.versions_of(code=sample.CODE)] == [1]
    assert selectors.workflow_facts(code=sample.CODE).running == 1


@pytest.mark.parametrize(
    "bad",
    [
        step(code="Ä"), step(label=""), step(label="长" * 41), step(days=0), step(days=True), step(days=91),
        step(scope="world"), step(who={}), step(who={"role": "no"}), step(who={"permission": "no.such"}),
        step(who={"users": []}), step(who={"users": ["x"]}), step(who={"role": "editor", "permission": "news.read"}),
        step(who={"role": ["editor"]}), step(who={"users": [{"a": 1}]}), step(who="editor"),
    ],
    ids=range(16),
)  # fmt: skip
def test_faulty_steps_are_refused(in_hongqi, told, staff, bad):
    with pytest.raises(errors.StepsRefused) as refused:
        publish(staff, step("first"), bad)
    assert all(fault.pointer.startswith("/steps/1/") for fault in refused.value.fields)
    assert not Definition.objects.exists()


def test_steps_have_codes_of_their_own_and_a_number_of_them(in_hongqi, told, staff):
    for steps in ([], [step(), step()], [step(f"s{number}") for number in range(11)]):
        with pytest.raises(errors.StepsRefused):
            services.publish_definition(code=sample.CODE, steps=steps, actor=actor(staff.chief), at=AT)
    assert not Definition.objects.exists()


def test_publishing_is_for_managers_of_everything_and_on_the_newest(in_hongqi, told, staff):
    with pytest.raises(Forbidden):
        publish(staff, by=staff.east)
    publish(staff, version=0)
    with pytest.raises(errors.DefinitionChanged):
        publish(staff, version=0)
    with pytest.raises(errors.WorkflowUnknown):
        services.publish_definition(code="no.such", steps=[step()], actor=actor(staff.chief), at=AT)
    assert Definition.objects.count() == 1


def test_overdue_work_is_told_once(case, staff):
    assert services.escalate_overdue(at=AT + timedelta(days=2)) == 0
    late = AT + timedelta(days=2, seconds=1)
    assert [services.escalate_overdue(at=late), services.escalate_overdue(at=late)] == [1, 0]
    kinds = {todo.kind for todo in selectors.inbox(actor=actor(staff.chief), at=late)}
    assert kinds == {"workflow.approval", "workflow.overdue"}
    assert list(case.events.values_list("kind", flat=True)) == ["started", "escalated"]
    services.approve(assignment_id=waiting(case).pk, actor=actor(staff.east), at=late)
    assert not Todo.objects.filter(kind="workflow.overdue", state="open").exists()


def test_one_entry_for_each_addressee(in_hongqi, staff):
    def put(**more):
        return services.put_todo(
            owner="members.form:1", kind="members.form", url="/x/", at=AT, **{"title": "填表", **more}
        )

    first = put(user_id=staff.east.pk)
    assert put(user_id=staff.east.pk, title="请填表").pk == first.pk
    put(user_id=staff.west.pk)
    put(permission="members.read", unit_path=EAST)
    put(role="editor", unit_path=WEST)
    shown = {
        user.username: selectors.inbox_count(actor=actor(user), at=AT)
        for user in (staff.east, staff.east_too, staff.west)
    }
    assert shown == {"east": 2, "east_too": 1, "west": 2}
    assert services.close_todos(owner="members.form:1", actor=Actor.system(), at=AT) == 4
    assert selectors.inbox_count(actor=actor(staff.chief), at=AT) == 0
    assert put(user_id=staff.east.pk).pk != first.pk


def test_the_nearest_deadline_comes_first(in_hongqi, staff):
    for number, days in enumerate((3, None, 1)):
        due_at = AT + timedelta(days=days) if days else None
        services.put_todo(
            owner=f"members.form:{number}",
            kind="x",
            title=str(days),
            url="/",
            at=AT,
            due_at=due_at,
            user_id=staff.east.pk,
        )
    assert [todo.title for todo in selectors.inbox(actor=actor(staff.east), at=AT)] == ["1", "3", "None"]


def test_the_inbox_costs_the_same_for_one_and_three(in_hongqi, told, staff, django_assert_num_queries):
    for number in range(3):
        start(staff.applicant, f"s{number}")
        with django_assert_num_queries(4):  # stand-ins, roles, their grants, the entries
            rows = list(selectors.inbox(actor=Actor.for_user(staff.east), at=AT))
            assert len({row.assignment.case.title for row in rows}) == number + 1
