"""The console's WeChat pages, with WeChat played on the other side."""

from __future__ import annotations

import re

import pytest

from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now
from jiceng.wechat.models import (
    Account,
    BindCase,
    BindCode,
    Campaign,
    Conversation,
    InboundMessage,
    MenuVersion,
    Push,
    Remark,
    ReplyRule,
    TemplateBinding,
)
from jiceng.wechat.services import binding, handling
from jiceng.wechat.simulator.seeds import SECRET
from tenants.context import tenant_scope
from tests.support.client import HostClient
from tests.wechat.conftest import connect, connect_wecom, sim, world  # noqa: F401 -- fixtures
from tests.wechat.kit import SYSTEM, bound, make_branch

pytestmark = pytest.mark.django_db
OFFICIAL = "wxdemo0000000001"


@pytest.fixture
def desk(hongqi, secretary):
    return HostClient(hongqi).login_as(secretary)


def text(response) -> str:
    return response.content.decode()


def follow(browser, response):
    assert response.status_code == 302, text(response)[-2000:]
    return browser.get(response.headers["Location"])


class TestAccounts:
    def test_connect_check_and_let_go(self, desk, world, hongqi):  # noqa: F811
        assert "还没有接入微信" in text(desk.get("/console/wechat/"))
        assert "扫码授权" not in text(desk.get("/console/wechat/connect/"))
        given = {"name": "红旗先锋", "appid": OFFICIAL, "secret": SECRET, "crypt_mode": "secure", "is_service": "on", "is_verified": "on"}
        page = desk.post("/console/wechat/connect/?kind=oa", given)
        shown = re.findall(r'<code class="grow" id="cb-\w+">([^<]+)</code>', text(page))
        assert len(shown) == 3
        assert page.headers["Cache-Control"] == "no-store"
        assert SECRET not in text(page)
        assert world.submit_callback(OFFICIAL, *shown, "secure") == ""
        with tenant_scope(hongqi):
            account = Account.objects.get()
        done = follow(desk, desk.post(f"/console/wechat/accounts/{account.pk}/check/"))
        assert "还没有选择模板" in text(done)
        world.send_text("p1", OFFICIAL, "你好")
        world.accounts[OFFICIAL].ip_refused = True
        world.revoke_tokens()
        assert "IP 白名单" in text(follow(desk, desk.post(f"/console/wechat/accounts/{account.pk}/check/")))
        world.accounts[OFFICIAL].ip_refused = False
        with tenant_scope(hongqi):
            from django.core.cache import cache

            cache.clear()
        page = follow(desk, desk.post(f"/console/wechat/accounts/{account.pk}/check/"))
        assert text(page).count("正常") >= 6
        for stored in (shown[1], shown[2], SECRET):
            assert stored not in text(page)
        follow(desk, desk.post(f"/console/wechat/accounts/{account.pk}/disable/"))
        with tenant_scope(hongqi):
            account = Account.objects.get()
            assert (account.state, account.secret_sealed, account.callback_sealed) == ("disabled", None, None)
            assert AuditEntry.objects.filter(action="wechat.account.disabled").count() == 1
            assert SECRET not in str(list(AuditEntry.objects.values()))

    @pytest.mark.parametrize(("field", "value"), [
        ("appid", "gh_123456"), ("appid", ""), ("secret", "short"), ("secret", "有空格 " * 5), ("name", ""), ("original_id", "wx123"),
        ("crypt_mode", "none"), ("name", "a\x00b"), ("appid", "x" * 5000),
    ])  # fmt: skip
    def test_bad_input(self, desk, hongqi, field, value):
        given = {"name": "红旗先锋", "appid": OFFICIAL, "secret": SECRET, "crypt_mode": "secure", field: value}
        assert desk.post("/console/wechat/connect/?kind=oa", given).status_code == 422
        with tenant_scope(hongqi):
            assert not Account.objects.exists()

    def test_the_same_account_twice(self, desk, connect, hongqi):  # noqa: F811
        connect()
        given = {"name": "又一个", "appid": OFFICIAL, "secret": SECRET, "crypt_mode": "secure"}
        page = desk.post("/console/wechat/connect/?kind=oa", given)
        assert page.status_code == 409
        assert "已经接入" in text(page)

    def test_edit_keeps_the_secret_unless_a_new_one_is_given(self, desk, connect, hongqi):  # noqa: F811
        account = connect()
        given = {"name": "改名", "secret": "", "crypt_mode": "secure", "is_service": "on", "is_for_login": "on", "version": account.version}
        follow(desk, desk.post(f"/console/wechat/accounts/{account.pk}/edit/", given))
        with tenant_scope(hongqi):
            changed = Account.objects.get()
            assert (changed.name, bytes(changed.secret_sealed)) == ("改名", bytes(account.secret_sealed))
        assert desk.post(f"/console/wechat/accounts/{account.pk}/edit/", given).status_code == 409

    def test_wecom(self, desk, world, hongqi):  # noqa: F811
        given = {"name": "企业微信", "appid": "wwdemo00000001", "agent_id": "1000002", "secret": SECRET}
        page = desk.post("/console/wechat/connect/?kind=wecom", given)
        shown = re.findall(r'<code class="grow" id="cb-\w+">([^<]+)</code>', text(page))
        assert world.submit_callback("wwdemo00000001", *shown) == ""

    def test_proof_files(self, desk, hongqi, dongfeng):
        given = {"name": "MP_verify_AbCd1234.txt", "content": "AbCd1234\n"}
        assert "MP_verify_AbCd1234.txt" in text(follow(desk, desk.post("/console/wechat/files/", given)))
        for host in (HostClient(hongqi), HostClient(None)):
            assert host.get("/MP_verify_AbCd1234.txt").content == b"AbCd1234"
        assert HostClient(dongfeng).get("/MP_verify_AbCd1234.txt").status_code == 404
        for bad in ({"name": "index.html", "content": "x"}, {"name": "MP_verify_1.txt", "content": "<script>"}, {"name": "../MP_verify_1.txt", "content": "1"}):
            assert desk.post("/console/wechat/files/", bad).status_code == 422
        follow(desk, desk.post("/console/wechat/files/remove/", {"name": "MP_verify_AbCd1234.txt"}))
        assert HostClient(None).get("/MP_verify_AbCd1234.txt").status_code == 404

    def test_another_tenants_file_is_theirs(self, desk, people, dongfeng):
        other = HostClient(dongfeng).login_as(people(dongfeng).secretary)
        given = {"name": "MP_verify_AbCd1234.txt", "content": "AbCd1234"}
        other.post("/console/wechat/files/", given)
        assert desk.post("/console/wechat/files/", {**given, "content": "evil"}).status_code == 409
        desk.post("/console/wechat/files/remove/", {"name": given["name"]})
        assert HostClient(None).get("/MP_verify_AbCd1234.txt").content == b"AbCd1234"


class TestTemplatesAndMenu:
    def test_choose_a_template(self, desk, connect, world, hongqi):  # noqa: F811
        account = connect(with_template=False)
        base = f"/console/wechat/accounts/{account.pk}/templates/"
        assert "会议通知" in text(desk.get(base))
        template = world.accounts[OFFICIAL].templates[1]["template_id"]
        page = desk.get(f"{base}set/?template_id={template}")
        assert "会议主题" in text(page)
        given = {"channel": "template", "category": "", "f_thing1": "title", "f_time2": "time", "f_thing4": "=", "x_thing4": "红旗街道"}
        assert "红旗街道" in text(follow(desk, desk.post(f"{base}set/?template_id={template}", given)))
        with tenant_scope(hongqi):
            row = TemplateBinding.objects.get()
            assert row.fields == {"thing1": "title", "time2": "time", "thing4": "=红旗街道"}
        follow(desk, desk.post(f"/console/wechat/templates/{row.pk}/remove/"))
        with tenant_scope(hongqi):
            assert not TemplateBinding.objects.exists()

    def test_wechat_away_is_a_sentence(self, desk, connect, world):  # noqa: F811
        account = connect()
        world.fault("get_all_private_template", errcode=48001, times=9)
        page = desk.get(f"/console/wechat/accounts/{account.pk}/templates/")
        assert page.status_code == 200
        assert "没有这个接口的权限" in text(page)

    def test_save_publish_change_and_restore_a_menu(self, desk, connect, world, hongqi):  # noqa: F811
        account = connect()
        base = f"/console/wechat/menus/{account.pk}/"
        given = {
            "0-name": "要闻", "0-kind": "view", "0-value": "/news/", "1-name": "服务", "1.0-name": "办事指南", "1.0-kind": "click",
            "1.0-value": "GUIDE",
        }  # fmt: skip
        follow(desk, desk.post(base, given))
        with tenant_scope(hongqi):
            draft = MenuVersion.objects.get()
        follow(desk, desk.post(f"{base}{draft.pk}/publish/"))
        [first, second] = world.accounts[OFFICIAL].menu
        assert first["name"] == "要闻"
        assert first["url"].endswith("/news/")
        assert second["sub_button"][0] == {"type": "click", "name": "办事指南", "key": "GUIDE"}
        follow(desk, desk.post(base, {"0-name": "新的", "0-kind": "view", "0-value": "/"}))
        with tenant_scope(hongqi):
            assert MenuVersion.objects.count() == 2
        follow(desk, desk.post(f"{base}{draft.pk}/publish/"))
        with tenant_scope(hongqi):
            assert [row.number for row in MenuVersion.objects.order_by("number")] == [1, 2]
        assert world.accounts[OFFICIAL].menu[0]["name"] == "要闻"

    def test_conditional_menus(self, desk, connect, world, hongqi):  # noqa: F811
        account = connect()
        given = {"0-name": "要闻", "0-kind": "view", "0-value": "/news/", "tag_id": "100", "c0-name": "党务", "c0-kind": "view", "c0-value": "/"}
        follow(desk, desk.post(f"/console/wechat/menus/{account.pk}/", given))
        with tenant_scope(hongqi):
            draft = MenuVersion.objects.get()
        follow(desk, desk.post(f"/console/wechat/menus/{account.pk}/{draft.pk}/publish/"))
        assert world.accounts[OFFICIAL].conditional[0]["matchrule"] == {"tag_id": "100"}

    @pytest.mark.parametrize(("given", "said"), [
        ({"0-name": "六个汉字的菜单", "0-kind": "view", "0-value": "/"}, "最多 5 个汉字"),
        ({"0-name": "要闻", "0-kind": "", "0-value": "/"}, "请选择点击后做什么"),
        ({"0-name": "要闻", "0-kind": "view", "0-value": "http://x.cn"}, "https://"),
        ({"0-name": "要闻", "0-kind": "view", "0-value": "//x.cn"}, "https://"),
        ({"0-name": "要闻", "0-kind": "click", "0-value": ""}, "关键字"), ({}, "至少要有一个按钮"),
        ({"0-name": "要闻", "0-kind": "miniprogram", "0-value": "https://x.cn"}, "小程序"),
    ])  # fmt: skip
    def test_bad_menus(self, desk, connect, hongqi, given, said):  # noqa: F811
        account = connect()
        page = desk.post(f"/console/wechat/menus/{account.pk}/", given)
        assert page.status_code == 422
        assert said in text(page)
        with tenant_scope(hongqi):
            assert not MenuVersion.objects.exists()

    def test_a_menu_that_wechat_refuses_stays_a_draft(self, desk, connect, world, hongqi):  # noqa: F811
        account = connect()
        desk.post(f"/console/wechat/menus/{account.pk}/", {"0-name": "要闻", "0-kind": "view", "0-value": "/news/"})
        with tenant_scope(hongqi):
            draft = MenuVersion.objects.get()
        world.fault("menu/create", errcode=48001)
        assert desk.post(f"/console/wechat/menus/{account.pk}/{draft.pk}/publish/").status_code == 502
        with tenant_scope(hongqi):
            assert MenuVersion.objects.get().published_at is None


def test_replies(desk, hongqi):
    given = {"trigger": "keyword", "words": "地址\n在哪", "text": "和平路 1 号", "position": "10", "is_on": "on", "version": "0"}
    follow(desk, desk.post("/console/wechat/replies/new/", given))
    with tenant_scope(hongqi):
        rule = ReplyRule.objects.get()
        assert (rule.words, rule.is_exact) == (["地址", "在哪"], False)
    follow(desk, desk.post(f"/console/wechat/replies/{rule.pk}/", {**given, "version": rule.version, "text": "和平路 2 号"}))
    assert desk.post(f"/console/wechat/replies/{rule.pk}/", {**given, "version": rule.version}).status_code == 409
    for bad in ({"words": ""}, {"text": ""}, {"url": "javascript:alert(1)"}, {"trigger": "x"}, {"words": "字" * 31}, {"position": "-1"}):
        assert desk.post("/console/wechat/replies/new/", {**given, **bad}).status_code == 422
    follow(desk, desk.post(f"/console/wechat/replies/{rule.pk}/remove/"))
    with tenant_scope(hongqi):
        assert not ReplyRule.objects.exists()


class TestBinding:
    @pytest.fixture
    def stage(self, connect, hongqi):  # noqa: F811
        account = connect()
        with tenant_scope(hongqi):
            return account, make_branch()

    def test_report_poster_sheet_export(self, desk, stage, world, hongqi):  # noqa: F811
        account, branch = stage
        with tenant_scope(hongqi):
            bound(account, world, branch.people[0], "p1")
        page = text(desk.get("/console/wechat/binding/"))
        assert "33%" in page
        poster = follow(desk, desk.post("/console/wechat/binding/branch/", {"unit": branch.unit.pk}))
        assert "第一党支部" in text(poster)
        assert "<svg" in text(poster)
        people = text(desk.get(f"/console/wechat/binding/?unit={branch.unit.pk}&show=unbound"))
        assert "李强" in people
        assert "王芳" not in people
        sheet = desk.post("/console/wechat/binding/personal/", {"person": [branch.people[1].pk, branch.people[2].pk]})
        assert text(sheet).count("<svg") >= 2
        exported = desk.get("/console/wechat/binding/export/")
        assert "王芳,第一党支部,是" in b"".join(exported.streaming_content).decode("utf-8-sig") if exported.streaming else text(exported)
        with tenant_scope(hongqi):
            code = BindCode.objects.get(kind="branch")
        follow(desk, desk.post(f"/console/wechat/binding/codes/{code.pk}/revoke/"))
        assert "已停用" in text(desk.get(f"/console/wechat/binding/codes/{code.pk}/"))

    def test_no_account_no_codes(self, desk, hongqi):
        with tenant_scope(hongqi):
            branch = make_branch()
        assert "还没有接入公众号" in text(desk.get("/console/wechat/binding/"))
        assert desk.post("/console/wechat/binding/branch/", {"unit": branch.unit.pk}).status_code == 404

    def test_a_case_is_decided(self, desk, stage, world, hongqi):  # noqa: F811
        account, branch = stage
        with tenant_scope(hongqi):
            bound(account, world, branch.people[0], "p1")
            code = binding.create_branch_code(account_id=account.pk, unit_id=branch.unit.pk, actor=SYSTEM, at=now())
        world.scan("p2", code.picture)
        with tenant_scope(hongqi):
            case = BindCase.objects.get()
            binding.confirm(identity_id=case.identity_id, name="王芳", phone_tail="0001", at=now())
        assert "已绑定另一个微信" in text(desk.get("/console/wechat/binding/cases/"))
        follow(desk, desk.post(f"/console/wechat/binding/cases/{case.pk}/", {"person": branch.people[0].pk}))
        assert desk.post(f"/console/wechat/binding/cases/{case.pk}/", {"refuse": "1"}).status_code == 404

    def test_strangers_see_nothing(self, stage, hongqi, stranger, member):
        for user in (stranger, member):
            browser = HostClient(hongqi).login_as(user)
            for path in ("", "binding/", "conversations/", "campaigns/", "menus/", "replies/"):
                assert browser.get(f"/console/wechat/{path}").status_code == 403


def test_a_talk_from_the_desk(desk, connect, world, hongqi):  # noqa: F811
    account = connect()
    with tenant_scope(hongqi):
        branch = make_branch()
        bound(account, world, branch.people[0], "p1")
    world.send_text("p1", OFFICIAL, "<b>请问</b>")
    with tenant_scope(hongqi):
        handling.handle(message_id=InboundMessage.objects.get().pk, at=now())
        talk = Conversation.objects.get()
    listed = text(desk.get("/console/wechat/conversations/"))
    assert "王芳" in listed
    assert "<b>请问</b>" not in listed
    page = text(desk.get(f"/console/wechat/conversations/{talk.pk}/"))
    assert "现在回复会直接出现在对方的聊天里" in page
    follow(desk, desk.post(f"/console/wechat/conversations/{talk.pk}/", {"text": "请到一楼大厅"}))
    part = text(desk.get(f"/console/wechat/conversations/{talk.pk}/", HTTP_HX_REQUEST="true"))
    assert part.startswith('<ol class="wx-talk"')
    assert "正在发送" in part
    assert desk.post(f"/console/wechat/conversations/{talk.pk}/", {"text": ""}).status_code == 422
    with tenant_scope(hongqi):
        assert Remark.objects.count() == 2
        campaign = Campaign.objects.get()
    page = text(desk.get(f"/console/wechat/campaigns/{campaign.pk}/"))
    assert "等待发送" in page
    follow(desk, desk.post(f"/console/wechat/campaigns/{campaign.pk}/cancel/"))
    assert desk.post(f"/console/wechat/campaigns/{campaign.pk}/cancel/").status_code == 409
    assert desk.post(f"/console/wechat/campaigns/{campaign.pk}/again/").status_code == 409
    with tenant_scope(hongqi):
        assert Push.objects.get().state == "cancelled"
    follow(desk, desk.post(f"/console/wechat/conversations/{talk.pk}/close/"))
    assert "您的咨询有新回复" in text(desk.get("/console/wechat/campaigns/"))
