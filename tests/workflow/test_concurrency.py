"""Two approvers at the same moment: one decides, the other hears so."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from jiceng.access.actor import Actor
from jiceng.workflow import errors, services
from jiceng.workflow.models import Assignment, Case
from tenants.context import tenant_scope
from tests.factories.people import make_user
from tests.workflow import sample
from tests.workflow.conftest import AT

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_decides(fresh_tenant, told):
    users = [make_user(fresh_tenant, name, "editor") for name in ("yi", "er")]
    with tenant_scope(fresh_tenant):
        case = services.start_case(workflow=sample.CODE, subject_id="s", title="t", actor=Actor.system(), at=AT)
        assignment = Assignment.objects.get(case=case)
    barrier = Barrier(2)

    def decide(user) -> str:
        try:
            with tenant_scope(fresh_tenant):
                barrier.wait(10)
                services.approve(assignment_id=assignment.pk, actor=Actor.for_user(user), at=AT)
                return "approved"
        except errors.AlreadyHandled:
            return "late"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, users)) == ["approved", "late"]
    with tenant_scope(fresh_tenant):
        assert Case.objects.get().step == 1
        assert Assignment.objects.filter(state="open").count() == 1
