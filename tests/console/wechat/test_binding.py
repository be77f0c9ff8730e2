"""扫码绑定: figures, codes to print, cases to decide, all within the reach of who is at the desk."""

from __future__ import annotations

import pytest

from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import local_zone, now
from jiceng.members import services as members
from jiceng.members.models import Person
from jiceng.wechat.models import Account, BindCase, BindCode, Identity
from tenants.context import tenant_scope
from tests.wechat.kit import SYSTEM, bound

SECOND = "wxdemo0000000002"

pytestmark = pytest.mark.django_db


def text(response) -> str:
    return response.content.decode()


class TestReach:
    @pytest.mark.parametrize("answer", ["nobody", "their own"])
    def test_a_case_of_another_branch_is_not_there(self, other_desk, case, hongqi, answer):
        with tenant_scope(hongqi):
            given = "" if answer == "nobody" else str(Person.objects.get(name="周瑜").pk)
        page = other_desk.post(f"/console/wechat/binding/cases/{case.pk}/", {"person": given} if given else {"refuse": "1"})
        assert page.status_code == 404
        with tenant_scope(hongqi):
            assert BindCase.objects.get().state == "conflict"

    def test_another_branch_sees_and_makes_nothing(self, other_desk, desk, case, branch, account, hongqi):
        desk.post("/console/wechat/binding/branch/", {"unit": branch.unit.pk})
        page = text(other_desk.get("/console/wechat/binding/"))
        assert "第二党支部" in page
        assert "第一党支部" not in page
        assert "待核对" not in page
        assert "王芳" not in text(other_desk.get("/console/wechat/binding/cases/"))
        assert other_desk.get(f"/console/wechat/binding/?unit={branch.unit.pk}").status_code == 404
        assert other_desk.get(f"/console/wechat/binding/export/?unit={branch.unit.pk}").status_code == 404
        assert other_desk.post("/console/wechat/binding/branch/", {"unit": branch.unit.pk}).status_code == 404
        assert other_desk.post("/console/wechat/binding/personal/", {"person": branch.people[1].pk}).status_code == 404
        with tenant_scope(hongqi):
            [code] = BindCode.objects.all()
            [tie] = Identity.objects.filter(person=branch.people[0])
        assert other_desk.get(f"/console/wechat/binding/codes/{code.pk}/").status_code == 404
        assert other_desk.post(f"/console/wechat/binding/codes/{code.pk}/revoke/").status_code == 404
        assert other_desk.post(f"/console/wechat/binding/identities/{tie.pk}/unbind/").status_code == 404
        with tenant_scope(hongqi):
            assert BindCode.objects.get().revoked_at is None
            assert Identity.objects.filter(person=branch.people[0]).exists()
        exported = text(other_desk.get("/console/wechat/binding/export/"))
        assert "周瑜" in exported
        assert "王芳" not in exported


class TestReport:
    def test_nobody_counts_twice(self, desk, branch, hongqi):
        with tenant_scope(hongqi):
            league = members.create_unit(kind="league_branch", name="团支部", actor=SYSTEM)
            members.join(person=branch.people[0], body="league", unit_id=league.pk, actor=SYSTEM)
        page = desk.get("/console/wechat/binding/")
        assert page.context["people"] == 3
        assert "团支部" in text(page)

    def test_since_when_and_untying(self, desk, branch, world, account, hongqi):
        with tenant_scope(hongqi):
            tie = bound(account, world, branch.people[0], "p1")
        where = f"/console/wechat/binding/?unit={branch.unit.pk}"
        page = text(desk.get(where))
        assert account.name in page
        assert f"/identities/{tie.pk}/unbind/" in page
        assert tie.openid not in page
        day = f"{now().astimezone(local_zone()):%Y-%m-%d}"
        assert f"王芳,第一党支部,是,{day}" in text(desk.get("/console/wechat/binding/export/"))
        assert "李强,第一党支部,否," in text(desk.get("/console/wechat/binding/export/"))
        untied = desk.post(f"/console/wechat/binding/identities/{tie.pk}/unbind/", {"unit": branch.unit.pk})
        assert untied.headers["Location"] == where
        assert f"/identities/{tie.pk}/unbind/" not in text(desk.get(where))
        assert desk.post(f"/console/wechat/binding/identities/{tie.pk}/unbind/").status_code == 404
        with tenant_scope(hongqi):
            assert AuditEntry.objects.filter(action="wechat.binding.exported").count() == 2

    def test_codes_in_force_stand_with_whom_they_are_for(self, desk, branch, hongqi):
        desk.post("/console/wechat/binding/branch/", {"unit": branch.unit.pk})
        sheet = text(desk.post("/console/wechat/binding/personal/", {"person": branch.people[1].pk}))
        assert "有效期 30 天" in sheet
        assert hongqi.name in sheet
        with tenant_scope(hongqi):
            poster, personal = BindCode.objects.get(kind="branch"), BindCode.objects.get(kind="personal")
        assert f"/codes/{poster.pk}/" in text(desk.get("/console/wechat/binding/"))
        where = f"/console/wechat/binding/?unit={branch.unit.pk}"
        assert f"/codes/{personal.pk}/" in text(desk.get(where))
        desk.post(f"/console/wechat/binding/codes/{personal.pk}/revoke/")
        assert f"/codes/{personal.pk}/" not in text(desk.get(where))

    def test_several_accounts(self, desk, branch, connect, account, hongqi):
        second = connect(appid=SECOND)
        assert "用哪个公众号的二维码" in text(desk.get("/console/wechat/binding/"))
        desk.post("/console/wechat/binding/branch/", {"unit": branch.unit.pk, "account": second.pk})
        with tenant_scope(hongqi):
            code = BindCode.objects.get()
        assert code.account_id == second.pk
        assert f"/codes/{code.pk}/" not in text(desk.get("/console/wechat/binding/"))
        assert f"/codes/{code.pk}/" in text(desk.get(f"/console/wechat/binding/?account={second.pk}"))

    def test_without_an_account_it_leads_there(self, desk, other_desk, hongqi):
        with tenant_scope(hongqi):
            Account.objects.update(state="disabled")
        assert "去接入公众号" in text(desk.get("/console/wechat/binding/"))
        page = text(other_desk.get("/console/wechat/binding/"))
        assert "请先请管理员接入公众号" in page
        assert "去接入公众号" not in page

    @pytest.mark.parametrize(
        "query", ["?unit=x", "?unit=%00", "?account=x", "?cursor=-1", "?cursor=999", "?show=nothing"]
    )
    def test_odd_addresses(self, desk, branch, query):
        assert desk.get(f"/console/wechat/binding/{query}").status_code in (200, 404)


class TestCases:
    def test_who_says_to_be_whom(self, desk, case):
        page = text(desk.get("/console/wechat/binding/cases/"))
        assert "有人说自己是王芳（第一党支部）" in page
        assert "扫的是第一党支部的二维码" in page

    def test_no_is_no(self, desk, case, hongqi):
        desk.post(f"/console/wechat/binding/cases/{case.pk}/", {"refuse": "1"})
        with tenant_scope(hongqi):
            assert BindCase.objects.get().state == "refused"
            assert Identity.objects.get(pk=case.identity_id).person_id is None
