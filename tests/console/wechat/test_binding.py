"""扫码绑定: figures, codes to print, cases to decide, all within the reach of who is at the desk."""

from __future__ import annotations

import pytest

from jiceng.wechat.models import BindCase
from tenants.context import tenant_scope

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


class TestReach:
    @pytest.mark.parametrize("answer", ["nobody", "their own"])
    def test_a_case_of_another_branch_is_not_there(self, other_desk, case, hongqi, answer):
        from jiceng.members.models import Person

        with tenant_scope(hongqi):
            given = "" if answer == "nobody" else str(Person.objects.get(name="周瑜").pk)
        page = other_desk.post(f"/console/wechat/binding/cases/{case.pk}/", {"person": given})
        assert page.status_code == 404
        with tenant_scope(hongqi):
            assert BindCase.objects.get().state == "conflict"
