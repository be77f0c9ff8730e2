"""Whoever manages one branch reaches nothing of another, by any page of the registry."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.kernel.clock import today
from jiceng.kernel.registry import registry
from jiceng.members import services
from jiceng.members.models import Membership, Person, Post, Term, Unit
from tenants.context import tenant_scope
from tests.support.routes import tenant_routes

KINDS = {"person_id", "other_id", "unit_id", "membership_id", "post_id", "term_id"}
PAGES = [
    route
    for route in tenant_routes()
    if route.page and route.module == "members" and route.page.surface == "console" and KINDS & route.parameters.keys()
]


@pytest.fixture
def other_branch(hongqi, people):
    """A manager of 甲支部, and what belongs to 乙支部."""
    with tenant_scope(hongqi):
        system = Actor.system()
        mine, theirs = (
            services.create_unit(name=name, kind="party_branch", actor=system) for name in ("甲支部", "乙支部")
        )
        person = services.create_person(name="乙方人员", phone="13800138000", unit_id=theirs.pk, actor=system)
        post = services.appoint(person_id=person.pk, unit_id=theirs.pk, kind="secretary", actor=system)
        term = services.start_term(unit_id=theirs.pk, started_on=today(), actor=system)
        permissions = [code for code in registry.permissions if code.startswith("members.") or code == "console.view"]
        role = create_role(name="支部管理员", permissions=permissions, actor=system)
        assign_role(user=people(hongqi).stranger, role=role.code, unit_path=mine.path, actor=system)
        membership = Membership.objects.get(person=person)
    return {
        "person_id": person.pk, "other_id": person.pk, "unit_id": theirs.pk, "membership_id": membership.pk,
        "post_id": post.pk, "term_id": term.pk,
    }  # fmt: skip


def state() -> list[object]:
    tables = (Person, Unit, Membership, Post, Term)
    return [list(model.objects.order_by("pk").values_list()) for model in tables]


@pytest.mark.parametrize("route", PAGES, ids=str)
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_of_another_branch_are_not_there(client_for, hongqi, stranger, other_branch, route, method):
    client = client_for(hongqi).login_as(stranger)
    known = {name: value for name, value in other_branch.items() if name in route.parameters}
    with tenant_scope(hongqi):
        before = state()
    response = getattr(client, method)(route.path(**known))
    assert response.status_code in (403, 404, 405), response.status_code
    assert "乙方人员" not in response.content.decode()
    with tenant_scope(hongqi):
        assert state() == before
