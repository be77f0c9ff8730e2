"""The sample workflow and people who decide on it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from jiceng.access.actor import Actor
from jiceng.access.models import Role, RoleAssignment, User
from jiceng.kernel.registry import load
from jiceng.workflow import services
from jiceng.workflow.models import Assignment, Case, CaseEvent, Todo
from tenants.context import tenant_scope
from tests.factories.people import make_user
from tests.workflow import sample

AT = datetime(2031, 5, 6, 3, 0, tzinfo=UTC)
EAST, WEST = "east00/", "west00/"


@pytest.fixture
def told(monkeypatch) -> list[tuple[str, str]]:
    """The sample workflow is declared; what its module was told."""
    monkeypatch.setitem(load().workflows, sample.CODE, sample.WORKFLOW)
    sample.told.clear()
    return sample.told


@dataclass(frozen=True, slots=True)
class Staff:
    """``east``, ``west``: editors of one unit; ``east_too``: of the first as well; ``chief``: administrator."""

    applicant: User
    east: User
    east_too: User
    west: User
    chief: User
    stranger: User


@pytest.fixture
def staff(db, hongqi, people) -> Staff:
    made = people(hongqi)
    clerks = [make_user(hongqi, name, "member", display_name=name) for name in ("east", "east_too", "west")]
    with tenant_scope(hongqi):
        role = Role.objects.get(code="editor")
        for clerk, path in zip(clerks, (EAST, EAST, WEST), strict=True):
            RoleAssignment.objects.create(user=clerk, role=role, unit_path=path)
    return Staff(made.member, *clerks, chief=made.secretary, stranger=made.stranger)


@pytest.fixture
def case(in_hongqi, told, staff) -> Case:
    """A case of the east, in its first step."""
    return start(staff.applicant)


def start(user: User, subject: str = "s1", unit_path: str = EAST) -> Case:
    return services.start_case(
        workflow=sample.CODE, subject_id=subject, title=f"申请 {subject}", unit_path=unit_path, actor=actor(user), at=AT
    )


def actor(user: User) -> Actor:
    """Fresh, as in a request of its own."""
    return Actor.for_user(User.objects.get(pk=user.pk))


def waiting(case: Case, **where: object) -> Assignment:
    """The one open assignment."""
    return Assignment.objects.get(case=case, state="open", **where)


@pytest.fixture
def facts(in_hongqi) -> Callable[[], object]:
    """Everything the engine keeps, to show that nothing changed."""

    def read() -> object:
        return [list(model.objects.order_by("pk").values()) for model in (Case, Assignment, CaseEvent, Todo)]

    return read
