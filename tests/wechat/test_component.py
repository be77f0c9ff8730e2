"""Accounts that authorise the platform's own third-party platform, and take it back."""

from __future__ import annotations

import pytest
from django.conf import settings as live_settings

from jiceng.wechat.gateway.errors import TokenRefused
from jiceng.wechat.models import Account, InboundMessage
from jiceng.wechat.services import clients, publish_test, secrets, tending
from jiceng.wechat.simulator import codec, component
from jiceng.wechat.simulator.seeds import SECRET
from tenants.context import tenant_scope
from tests.support.client import HostClient

from .test_signing_in import PHONE, at_wechat, relayed

pytestmark = pytest.mark.django_db
OFFICIAL, COMPONENT = "wxdemo0000000001", "wxopen0000000001"
TOKEN, KEY = "opentoken", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFA"
REFRESH = "/api.weixin.qq.com/cgi-bin/component/api_authorizer_token"


@pytest.fixture
def platform_of(world, settings):
    """The operator has a third-party platform, and WeChat has sent its ticket."""
    settings.WECHAT_COMPONENT_APPID, settings.WECHAT_COMPONENT_SECRET = COMPONENT, SECRET
    settings.WECHAT_COMPONENT_TOKEN, settings.WECHAT_COMPONENT_AES_KEY = TOKEN, KEY
    host = f"http://{live_settings.BASE_DOMAIN}"
    world.add_account(
        "component", COMPONENT, SECRET, token=TOKEN, aes_key=KEY, url=f"{host}/wx/open/$APPID$/", events_url=f"{host}/wx/open/events/"
    )
    component.push_ticket(world)
    return world


@pytest.fixture
def desk(hongqi, secretary):
    return HostClient(hongqi).login_as(secretary)


def authorize(world, desk, hongqi) -> Account:
    """As the account's administrator does, by WeChat's page."""
    assert "去扫码授权" in desk.get("/console/wechat/connect/").content.decode()
    page = desk.get("/console/wechat/authorize/").headers["Location"]
    assert page.startswith(f"{live_settings.WECHAT_SIMULATOR}/mp.weixin.qq.com/cgi-bin/componentloginpage?component_appid={COMPONENT}&")
    back = at_wechat(f"{page}&account={OFFICIAL}", "p1")
    response = desk.get(f"/console/wechat/authorized/?{back.partition('?')[2]}")
    assert response.status_code == 302
    with tenant_scope(hongqi):
        return Account.objects.get()


def test_authorise_receive_sign_in(platform_of, desk, hongqi, settings):
    account = authorize(platform_of, desk, hongqi)
    assert (account.kind, account.name, account.is_service, account.route_key) == ("oa_open", "红旗先锋", True, OFFICIAL)
    assert 15 in account.permissions
    assert platform_of.send_text("p1", OFFICIAL, "你好") == "您的留言已收到，工作人员会尽快回复您。"
    with tenant_scope(hongqi):
        assert InboundMessage.objects.count() == 1
    url = HostClient(hongqi).get("/login/wechat/?next=/", **PHONE).headers["Location"]
    assert f"component_appid={COMPONENT}" in url
    assert "ticket=" in relayed(at_wechat(url, "p1"))


def test_every_rotated_refresh_token_is_kept(platform_of, desk, hongqi):
    account = authorize(platform_of, desk, hongqi)
    with tenant_scope(hongqi):
        for _time in range(3):
            clients.tokens_of(account).forget()
            clients.tokens_of(Account.objects.get()).get()
            assert secrets.refresh_token_of(Account.objects.get()) == platform_of.accounts[OFFICIAL].refresh_token
    assert platform_of.calls[REFRESH] == 3


def test_a_rotation_whose_transaction_was_taken_back_is_not_lost(platform_of, desk, hongqi):
    account = authorize(platform_of, desk, hongqi)
    with tenant_scope(hongqi):
        before = bytes(account.refresh_token_sealed)
        clients.tokens_of(account).forget()
        clients.tokens_of(Account.objects.get()).get()
        Account.objects.update(refresh_token_sealed=before)  # as a rollback would leave it
        clients.tokens_of(account).forget()
        assert clients.tokens_of(Account.objects.get()).get()


def test_taken_back_means_at_once(platform_of, desk, hongqi):
    account = authorize(platform_of, desk, hongqi)
    with tenant_scope(hongqi):
        clients.tokens_of(account).get()
    component.unauthorize(platform_of, OFFICIAL)
    with tenant_scope(hongqi):
        account = Account.objects.get()
        assert (account.state, account.refresh_token_sealed) == ("unauthorized", None)
        assert clients.tokens_of(account)._peek() == ""
    assert platform_of.send_text("p1", OFFICIAL, "还在吗") == ""
    assert authorize(platform_of, desk, hongqi).state == "active"


def test_a_lost_authorisation_is_noticed_before_it_is_needed(platform_of, desk, hongqi, clock):
    from jiceng.kernel.clock import now
    from jiceng.notices.models import Notice

    account = authorize(platform_of, desk, hongqi)
    platform_of.accounts[OFFICIAL].refresh_token = "another"
    with tenant_scope(hongqi):
        clients.tokens_of(account).forget()
        tending.keep_authorizations(at=now())
        assert Notice.objects.filter(category="wechat.trouble").count() == 1


def test_without_a_ticket_nothing_works_and_says_so(world, settings, desk):
    settings.WECHAT_COMPONENT_APPID = COMPONENT
    with pytest.raises(TokenRefused, match="61006"):
        clients.component_token()
    assert desk.get("/console/wechat/authorize/").status_code == 409


def test_tenants_share_one_token_of_the_platform(platform_of, hongqi, dongfeng):
    for tenant in (hongqi, dongfeng):
        with tenant_scope(tenant):
            clients.component_token()
    assert platform_of.calls["/api.weixin.qq.com/cgi-bin/component/api_component_token"] == 1


@pytest.mark.parametrize("spoil", ["signature", "plain", "receiver", "appid"])
def test_forged_events_are_refused(platform_of, desk, hongqi, spoil):
    import time

    authorize(platform_of, desk, hongqi)
    appid = "wxopen9999999999" if spoil == "appid" else COMPONENT
    text = codec.to_xml({"AppId": appid, "InfoType": "unauthorized", "AuthorizerAppid": OFFICIAL, "CreateTime": 1})
    timestamp = str(int(time.time()))
    sealed = codec.encrypt(text, KEY, "wx0" if spoil == "receiver" else COMPONENT)
    signature = codec.sign("wrong" if spoil == "signature" else TOKEN, timestamp, "n", sealed)
    body = text if spoil == "plain" else codec.to_xml({"Encrypt": sealed})
    query = f"timestamp={timestamp}&nonce=n&msg_signature={signature}&signature={codec.sign(TOKEN, timestamp, 'n')}"
    response = HostClient(None).post(f"/wx/open/events/?{query}", data=body, content_type="text/xml")
    assert response.status_code == 403
    with tenant_scope(hongqi):
        assert Account.objects.get().state == "active"


def test_another_tenant_cannot_connect_the_same_account_by_secret_and_read_along(platform_of, desk, hongqi, dongfeng, connect):
    """The messages of an authorised account go to who has its authorisation."""
    authorize(platform_of, desk, hongqi)
    with tenant_scope(dongfeng):
        assert not InboundMessage.objects.exists()
    platform_of.send_text("p1", OFFICIAL, "你好")
    with tenant_scope(dongfeng):
        assert not InboundMessage.objects.exists()


class TestPublishTest:
    """开放平台“全网发布接入检测”."""

    def send(self, world, fields):
        account = world.accounts.get(publish_test.APPID) or world.add_account("oa", publish_test.APPID, SECRET, authorized=True)
        tie = world.tie("p1", account.appid)
        return world.push(tie, fields)

    def test_text(self, platform_of):
        assert self.send(platform_of, {"MsgType": "text", "Content": "TESTCOMPONENT_MSG_TYPE_TEXT", "MsgId": "1"}) == "TESTCOMPONENT_MSG_TYPE_TEXT_callback"

    def test_event(self, platform_of):
        assert self.send(platform_of, {"MsgType": "event", "Event": "LOCATION"}) == "LOCATIONfrom_callback"

    def test_query_auth_code(self, platform_of):
        platform_of.oauth_codes["code-1"] = {"appid": publish_test.APPID}
        self.send(platform_of, {"MsgType": "text", "Content": "x", "MsgId": "1"})
        platform_of.tie("p1", publish_test.APPID).message_at = platform_of.now()
        platform_of.tie("p1", publish_test.APPID).message_left = 5
        assert self.send(platform_of, {"MsgType": "text", "Content": "QUERY_AUTH_CODE:code-1", "MsgId": "2"}) == ""
        assert platform_of.deliveries(channel="custom")[0].content["text"] == "code-1_from_api"
