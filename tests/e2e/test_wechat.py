"""A new administrator connects WeChat, a member scans, confirms, gets a notice, asks, and is answered in the chat."""

from __future__ import annotations

import re

import pytest

from jiceng.kernel.clock import now
from jiceng.notices import services as notices
from jiceng.wechat.gateway import hosts
from jiceng.wechat.models import Account, Identity, InboundMessage, Lane, Push
from jiceng.wechat.services import handling, sending
from jiceng.wechat.simulator import Simulator
from jiceng.wechat.simulator.seeds import SECRET, seed
from tenants.context import tenant_scope
from tests.factories import make_user
from tests.support.client import HostClient
from tests.support.server import live_server
from tests.wechat.kit import make_branch

from .conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)
DESK = {"width": 1366, "height": 768}
APPID = "wxdemo0000000001"
WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 MicroMessenger/8.0.50"


@pytest.fixture
def stage(browser, fresh_tenant, tmp_path, settings, monkeypatch):
    """(simulator, address, administrator's page, member's phone); ends with no complaint of the browser."""
    problems: list[str] = []
    monkeypatch.setenv("WECHAT_SIMULATOR", "1")
    with Simulator.running() as sim, live_server(log=tmp_path / "web.log", WECHAT_SIMULATOR_URL=sim.url) as port:
        settings.WECHAT_SIMULATOR, settings.PUBLIC_PORT = sim.url, str(port)
        hosts.session.cache_clear()
        seed(sim.world, f"{settings.BASE_DOMAIN}:{port}")
        sim.world.reports = False
        address = f"http://{fresh_tenant.host}:{port}"
        desk = browser.new_context(viewport=DESK, locale="zh-CN")
        desk.add_cookies([{"name": "jc_session", "value": session_of(fresh_tenant), "url": address}])
        phone = browser.new_context(viewport=PHONE, locale="zh-CN", user_agent=WECHAT, is_mobile=True, has_touch=True)
        pages = [context.new_page() for context in (desk, phone)]
        for page in pages:
            page.set_default_timeout(10_000)
            page.on("console", lambda told: told.type == "error" and problems.append(told.text))
            page.on("pageerror", lambda error: problems.append(str(error)))
            page.on("dialog", lambda dialog: dialog.accept())
        yield sim, address, *pages
        hosts.session.cache_clear()
    assert [told for told in problems if "Cross-Origin-Opener-Policy" not in told] == []


def session_of(tenant) -> str:
    user = make_user(tenant, "guanli", "administrator", display_name="管理员")
    return HostClient(tenant).login_as(user).cookies["jc_session"].value


def work(tenant):
    """What workers do, until nothing is left."""
    with tenant_scope(tenant):
        for message in InboundMessage.objects.filter(handled_at=None).order_by("received_at"):
            handling.handle(message_id=message.pk, at=now())
        notices.deliver_due(at=now())
        for lane in Lane.objects.all():
            claimed = sending.claim(account_id=lane.account_id, channel=lane.channel, at=now())
            sending.send_claimed(lane.account_id, lane.channel, claimed)


def fits(page) -> bool:
    page.wait_for_load_state()
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_whole_story(stage, fresh_tenant):
    sim, address, desk, phone = stage
    with tenant_scope(fresh_tenant):
        branch = make_branch()

    # Connect, and set the callback in WeChat's backend.
    desk.goto(f"{address}/console/wechat/")
    desk.click("text=接入账号 >> nth=0")
    desk.click("text=接入公众号")
    for name, value in (("name", "红旗先锋"), ("appid", APPID), ("secret", SECRET)):
        desk.fill(f"[name={name}]", value)
    desk.click("text=下一步")
    url, token, key = (desk.inner_text(f"#cb-{name}") for name in ("url", "token", "key"))
    assert fits(desk)
    backend = desk.context.new_page()
    backend.goto(f"{sim.url}/phone/backend/{APPID}/")
    for name, value in (("url", url), ("token", token), ("aes_key", key)):
        backend.fill(f"[name={name}]", value)
    backend.click("button:has-text('提交')")
    backend.wait_for_selector("text=提交成功")
    sim.world.send_text("p6", APPID, "你好")

    # A template, then the check turns green.
    desk.click("text=填好了，去检查")
    desk.click("text=消息模板")
    desk.click("text=用这个 >> nth=0")
    desk.click("button:has-text('保存')")
    desk.wait_for_selector("text=已启用")
    with tenant_scope(fresh_tenant):
        account = Account.objects.get()
    desk.goto(f"{address}/console/wechat/accounts/{account.pk}/")
    desk.click("text=检查接入 >> nth=0")
    desk.wait_for_selector("text=全部正常")
    assert desk.locator("text=要处理").count() == 0
    assert fits(desk)

    # The menu.
    desk.goto(f"{address}/console/wechat/menus/{account.pk}/")
    desk.fill("[name='0-name']", "要闻")
    desk.select_option("[name='0-kind']", "view")
    desk.fill("[name='0-value']", "/mine/")
    desk.click("text=保存草稿")
    desk.click("text=发布草稿")
    desk.wait_for_selector("text=已发布")
    assert sim.world.accounts[APPID].menu[0]["name"] == "要闻"

    # The branch's poster.
    desk.goto(f"{address}/console/wechat/binding/")
    desk.click("button:has-text('二维码') >> nth=0")
    desk.wait_for_selector("article.wx-poster svg")
    assert fits(desk)

    # The member scans, follows, confirms.
    phone.goto(f"{sim.url}/phone/")
    phone.click("text=小林")
    phone.click("text=扫一扫")
    phone.click("button.code >> nth=0")
    phone.click("text=确认身份")
    phone.wait_for_url("**/wechat/bind/")
    assert "第一党支部" in phone.inner_text("main")
    phone.fill("[name=name]", "王芳")
    phone.fill("[name=phone_tail]", "0001")
    phone.click("button:has-text('确认')")
    phone.wait_for_selector("text=绑定成功")
    assert fits(phone)
    with tenant_scope(fresh_tenant):
        assert Identity.objects.get(person=branch.people[0]).is_following

    # A notice arrives and opens, the member being signed in.
    with tenant_scope(fresh_tenant):
        branch.people[0].refresh_from_db()
        notices.send(
            category="wechat.asked", title="本周五召开支部党员大会", text="下午三点，三楼会议室", url="/mine/", source="t:1",
            users=[branch.people[0].user_id], at=now(),
        )  # fmt: skip
    work(fresh_tenant)
    phone.context.clear_cookies(domain=fresh_tenant.host)
    phone.goto(f"{sim.url}/phone/chat/{APPID}/")
    assert "本周五召开支部党员大会" in phone.inner_text("article.card")
    phone.click("text=查看详情")
    phone.wait_for_url("**/mine/")
    assert "王芳" in phone.inner_text("body")

    # They ask, staff answer, and the answer stands in the chat.
    phone.goto(f"{sim.url}/phone/chat/{APPID}/?keys=1")
    phone.fill("[name=text]", "我要请假怎么办？")
    phone.click("button:has-text('发送')")
    work(fresh_tenant)
    desk.goto(f"{address}/console/wechat/conversations/")
    desk.click("text=王芳")
    desk.fill("[name=text]", "请向支部书记书面请假。")
    desk.click("button:has-text('回复')")
    desk.wait_for_selector("text=请向支部书记书面请假。")
    work(fresh_tenant)
    phone.goto(f"{sim.url}/phone/chat/{APPID}/")
    assert "请向支部书记书面请假。" in phone.inner_text("[data-lines]")
    with tenant_scope(fresh_tenant):
        assert set(Push.objects.values_list("state", flat=True)) == {"sent"}
    desk.goto(f"{address}/console/wechat/campaigns/")
    assert re.search("本周五召开支部党员大会", desk.inner_text("main"))
