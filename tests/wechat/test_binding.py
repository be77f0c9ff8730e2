"""From a poster on the wall to the right member in the right branch, and nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.access.models import Session, User
from jiceng.events.models import OutboxMessage
from jiceng.kernel.clock import now
from jiceng.members import services as members
from jiceng.members.models import Membership, Person
from jiceng.wechat import selectors
from jiceng.wechat.errors import BindLocked, BindNeedsStaff, BindRefused, CodeUnknown, IdentityUnknown, NotScanned
from jiceng.wechat.models import BindCase, BindCode, Identity
from jiceng.wechat.services import binding, unbinding
from tenants.context import tenant_scope
from tests.support.client import HostClient

from .kit import SYSTEM, bound, make_branch
from .test_signing_in import PHONE, sign_in

pytestmark = pytest.mark.django_db
OFFICIAL = "wxdemo0000000001"


@pytest.fixture
def stage(world, connect, hongqi):
    account = connect()
    with tenant_scope(hongqi):
        branch = make_branch()
    return account, branch


def poster(stage, hongqi, unit=None):
    account, branch = stage
    with tenant_scope(hongqi):
        return binding.create_branch_code(account_id=account.pk, unit_id=(unit or branch.unit).pk, actor=SYSTEM, at=now())


def confirm(identity, name, tail, at=None):
    return binding.confirm(identity_id=identity.pk, name=name, phone_tail=tail, at=at or now())


def identity_of(world, player):
    return Identity.objects.get(openid=world.tie(player, OFFICIAL).openid)


class TestWholeWay:
    def test_scan_follow_confirm_and_be_in(self, stage, world, hongqi):
        code = poster(stage, hongqi)
        said = world.scan("p1", code.picture)
        assert "确认身份" in said
        assert "/wechat/bind/" in said
        browser = HostClient(hongqi)
        assert sign_in(browser, "p1", "/mine/").headers["Location"] == "/wechat/bind/"
        page = browser.get("/wechat/bind/", **PHONE)
        assert "第一党支部" in page.content.decode()
        done = browser.post("/wechat/bind/", {"name": "王 芳", "phone_tail": "0001"}, **PHONE)
        assert (done.status_code, done.headers["Location"]) == (302, "/")
        with tenant_scope(hongqi):
            person = Person.objects.get(name="王芳")
            assert browser.session["_auth_user_id"] == str(person.user_id)
            assert identity_of(world, "p1").person_id == person.pk
            assert not User.objects.get(pk=person.user_id).has_usable_password()
            assert OutboxMessage.objects.filter(name="wechat.identity.bound").count() == 1
        assert sign_in(HostClient(hongqi), "p1").headers["Location"] == "/mine/"

    def test_the_page_says_what_is_wrong_and_counts(self, stage, world, hongqi):
        code = poster(stage, hongqi)
        world.scan("p1", code.picture)
        browser = HostClient(hongqi)
        sign_in(browser, "p1")
        answer = browser.post("/wechat/bind/", {"name": "王芳", "phone_tail": "9999"}, **PHONE)
        assert answer.status_code == 403
        assert "姓名或手机号后四位不对" in answer.content.decode()
        with tenant_scope(hongqi):
            assert BindCase.objects.get().attempts == 1
            assert Identity.objects.get().person is None

    def test_outside_wechat_the_page_says_where_to_open_it(self, stage, hongqi, settings):
        answer = HostClient(hongqi).get("/wechat/bind/")
        assert answer.status_code == 200
        assert "请在微信里打开" in answer.content.decode()

    def test_a_personal_code_is_for_one_person_and_good_once(self, stage, world, hongqi):
        account, branch = stage
        with tenant_scope(hongqi):
            [code] = binding.create_personal_codes(account_id=account.pk, person_ids=[branch.people[1].pk], actor=SYSTEM, at=now())
        world.scan("p1", code.picture)
        with tenant_scope(hongqi):
            assert isinstance(confirm(identity_of(world, "p1"), "王芳", "0001")[1], BindRefused)
            person, refusal = confirm(identity_of(world, "p1"), "李强", "0002")
            assert (person, refusal) == (branch.people[1], None)
        assert "失效" in world.scan("p2", code.picture)

    def test_new_personal_codes_replace_unused_ones(self, stage, world, hongqi):
        account, branch = stage
        with tenant_scope(hongqi):
            make = {"account_id": account.pk, "person_ids": [branch.people[0].pk], "actor": SYSTEM, "at": now()}
            [old], [new] = binding.create_personal_codes(**make), binding.create_personal_codes(**make)
        assert "失效" in world.scan("p1", old.picture)
        assert "确认身份" in world.scan("p1", new.picture)

    def test_the_poster_of_a_branch_stays_the_same(self, stage, hongqi, world):
        first, second = poster(stage, hongqi), poster(stage, hongqi)
        assert first.pk == second.pk
        assert world.calls["/api.weixin.qq.com/cgi-bin/qrcode/create"] == 1

    def test_scenes_name_nobody(self, stage, hongqi, world):
        poster(stage, hongqi)
        [code] = world.codes.values()
        assert len(code.scene) == 22
        with tenant_scope(hongqi):
            assert code.scene not in str(BindCode.objects.values())


class TestRefusals:
    def test_wrong_person_branch_phone(self, stage, world, hongqi):
        code = poster(stage, hongqi)
        world.scan("p1", code.picture)
        with tenant_scope(hongqi):
            other = make_branch("第二党支部", ("孙丽",))
            assert other.people
            identity = identity_of(world, "p1")
            for name, tail in (("王芳", "0002"), ("孙丽", "0001"), ("", "0001"), ("王芳", "１２３４")):
                person, refusal = confirm(identity, name, tail)
                assert person is None
                assert isinstance(refusal, BindRefused)
            assert Identity.objects.filter(person=None).count() == 1

    def test_five_wrong_answers_lock(self, stage, world, hongqi):
        code = poster(stage, hongqi)
        world.scan("p1", code.picture)
        with tenant_scope(hongqi):
            identity = identity_of(world, "p1")
            kinds = [type(confirm(identity, "王芳", "9999")[1]) for _try in range(5)]
            assert kinds == [BindRefused] * 4 + [BindLocked]
            assert isinstance(confirm(identity, "王芳", "0001")[1], BindLocked)

    def test_scanning_again_does_not_give_new_attempts(self, stage, world, hongqi):
        code = poster(stage, hongqi)
        world.scan("p1", code.picture)
        with tenant_scope(hongqi):
            identity = identity_of(world, "p1")
            for _try in range(4):
                confirm(identity, "王芳", "9999")
        world.scan("p1", code.picture)
        with tenant_scope(hongqi):
            assert isinstance(confirm(identity, "王芳", "9999")[1], BindLocked)

    def test_without_a_scan(self, stage, world, hongqi):
        world.follow("p1", OFFICIAL)
        with tenant_scope(hongqi):
            assert isinstance(confirm(identity_of(world, "p1"), "王芳", "0001")[1], NotScanned)

    def test_an_expired_or_revoked_code(self, stage, world, hongqi):
        code = poster(stage, hongqi)
        with tenant_scope(hongqi):
            binding.revoke_code(code_id=code.pk, actor=SYSTEM, at=now())
        assert "失效" in world.scan("p1", code.picture)
        with tenant_scope(hongqi):
            BindCode.objects.filter(pk=code.pk).update(revoked_at=None, expires_at=now() - timedelta(days=1))
        assert "失效" in world.scan("p1", code.picture)

    def test_a_person_bound_already_goes_to_staff(self, stage, world, hongqi):
        account, branch = stage
        code = poster(stage, hongqi)
        with tenant_scope(hongqi):
            bound(account, world, branch.people[0], "p1")
        world.scan("p2", code.picture)
        with tenant_scope(hongqi):
            second = identity_of(world, "p2")
            assert isinstance(confirm(second, "王芳", "0001")[1], BindNeedsStaff)
            [case] = selectors.bind_cases(Actor.system())
            assert (case.person, case.reason) == (branch.people[0], "这个人员已绑定另一个微信")
            binding.decide(case_id=case.pk, person_id=case.person_id, actor=SYSTEM, at=now())
            assert identity_of(world, "p2").person == branch.people[0]
            assert identity_of(world, "p1").person is None

    def test_namesakes_with_the_same_tail_go_to_staff(self, stage, world, hongqi):
        _account, branch = stage
        code = poster(stage, hongqi)
        with tenant_scope(hongqi):
            members.create_person(name="王芳", phone="13900130001", unit_id=branch.unit.pk, body="party", actor=SYSTEM)
        world.scan("p1", code.picture)
        with tenant_scope(hongqi):
            assert isinstance(confirm(identity_of(world, "p1"), "王芳", "0001")[1], BindNeedsStaff)
            [case] = selectors.bind_cases(Actor.system())
            binding.decide(case_id=case.pk, person_id=None, actor=SYSTEM, at=now())
            assert isinstance(confirm(identity_of(world, "p1"), "王芳", "0001")[1], BindLocked)

    def test_a_secretary_reaches_only_their_branch(self, stage, world, hongqi, people):
        from jiceng.access.services import assign_role

        account, branch = stage
        with tenant_scope(hongqi):
            other = make_branch("第二党支部", ("孙丽",))
            user = people(hongqi).stranger
            assign_role(user=user, role="secretary", unit_path=branch.unit.path, actor=SYSTEM)
            secretary = Actor.for_user(user)
            binding.create_branch_code(account_id=account.pk, unit_id=branch.unit.pk, actor=secretary, at=now())
            foreign = binding.create_branch_code(account_id=account.pk, unit_id=other.unit.pk, actor=SYSTEM, at=now())
            with pytest.raises(CodeUnknown):
                binding.revoke_code(code_id=foreign.pk, actor=secretary, at=now())
            assert [code.unit for code in binding.codes_in_reach(secretary)] == [branch.unit]
            mine = bound(account, world, branch.people[0], "p1")
            theirs = bound(account, world, other.people[0], "p2")
            unbinding.unbind(identity_id=mine.pk, actor=secretary, at=now())
            with pytest.raises(IdentityUnknown):
                unbinding.unbind(identity_id=theirs.pk, actor=secretary, at=now())
            assert Identity.objects.get(pk=theirs.pk).person == other.people[0]


class TestEnding:
    def test_unbinding_by_staff_ends_the_sessions(self, stage, world, hongqi):
        account, branch = stage
        with tenant_scope(hongqi):
            identity = bound(account, world, branch.people[0], "p1")
        sign_in(HostClient(hongqi), "p1")
        with tenant_scope(hongqi):
            user = Person.objects.get(pk=branch.people[0].pk).user
            assert Session.objects.filter(user=user).count() == 1
            unbinding.unbind(identity_id=identity.pk, actor=SYSTEM, at=now())
            assert Session.objects.filter(user=user).count() == 0

    def test_one_unbinds_oneself_on_the_phone(self, stage, world, hongqi):
        account, branch = stage
        with tenant_scope(hongqi):
            identity = bound(account, world, branch.people[0], "p1")
            other = bound(account, world, branch.people[1], "p2")
        browser = HostClient(hongqi)
        sign_in(browser, "p1")
        assert browser.post(f"/wechat/mine/{other.pk}/unbind/").status_code == 404
        assert browser.post(f"/wechat/mine/{identity.pk}/unbind/").status_code == 302
        with tenant_scope(hongqi):
            assert set(Identity.objects.filter(person=None).values_list("pk", flat=True)) == {identity.pk}

    def test_wechat_asks_us_to_forget(self, stage, world, hongqi):
        from jiceng.wechat.models import InboundMessage
        from jiceng.wechat.services import handling

        account, branch = stage
        with tenant_scope(hongqi):
            bound(account, world, branch.people[0], "p1")
        world.push(world.tie("p1", OFFICIAL), {"MsgType": "event", "Event": "user_authorization_revoke", "RevokeInfo": "1"})
        with tenant_scope(hongqi):
            handling.handle(message_id=InboundMessage.objects.get().pk, at=now())
            assert identity_of(world, "p1").person is None
            assert Person.objects.filter(pk=branch.people[0].pk).exists()

    def test_identities_of_nobody_are_deleted_in_time(self, stage, world, hongqi):
        world.follow("p1", OFFICIAL)
        world.advance(2)
        world.unfollow("p1", OFFICIAL)
        with tenant_scope(hongqi):
            assert unbinding.purge(at=now()) == 0
            assert unbinding.purge(at=now() + timedelta(days=31)) == 1

    def test_merged_people_keep_their_wechat(self, stage, world, hongqi):
        account, branch = stage
        with tenant_scope(hongqi):
            identity = bound(account, world, branch.people[0], "p1")
            unbinding.follow_merge(person_id=str(branch.people[1].pk), merged_id=str(branch.people[0].pk))
            identity.refresh_from_db()
            assert identity.person_id == branch.people[1].pk


def test_the_report_counts_by_unit(stage, world, hongqi, django_assert_num_queries):
    account, branch = stage
    with tenant_scope(hongqi):
        below = members.create_unit(kind="party_group", name="第一党小组", parent_id=branch.unit.pk, actor=SYSTEM)
        members.create_person(name="钱多", unit_id=below.pk, body="party", actor=SYSTEM)
        bound(account, world, branch.people[0], "p1")
        with django_assert_num_queries(2):
            rows = selectors.binding_figures(Actor.system())
        assert [(row.name, row.people, row.bound, row.percent) for row in rows] == [("第一党支部", 4, 1, 25), ("第一党小组", 1, 0, 0)]
        assert Membership.objects.count() == 4
