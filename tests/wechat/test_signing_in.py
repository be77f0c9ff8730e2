"""Signing in inside WeChat, and everything that must not work."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.cache import cache

from jiceng.access.models import User
from jiceng.access.services import assign_role
from jiceng.wechat.models import Account, Identity
from tenants.context import tenant_scope
from tests.support.client import HostClient

from .kit import SYSTEM, bound, make_branch

pytestmark = pytest.mark.django_db
PHONE = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) MicroMessenger/8.0"}
DESKTOP = {"HTTP_USER_AGENT": "Mozilla/5.0 (Windows) wxwork/4.1 MicroMessenger/7.0"}


@pytest.fixture
def member_with_wechat(world, connect, hongqi):
    account = connect()
    with tenant_scope(hongqi):
        branch = make_branch()
        bound(account, world, branch.people[0], "p1")
    return account, branch.people[0]


def at_wechat(url: str, player: str) -> str:
    """What WeChat's page sends the browser back to."""
    answer = requests.get(url, cookies={"sim_person": player}, allow_redirects=False, timeout=5)
    return answer.headers.get("Location", f"{answer.status_code} {answer.text}")


def relayed(url: str) -> str:
    """The platform's host sends on."""
    parts = urlsplit(url)
    response = HostClient(None, host=parts.netloc).get(f"{parts.path}?{parts.query}")
    return response.headers.get("Location", str(response.status_code))


def back_at_home(browser, url: str):
    parts = urlsplit(url)
    assert parts.netloc == browser.host
    return browser.get(f"{parts.path}?{parts.query}", **PHONE)


def sign_in(browser, player="p1", path="/mine/"):
    """Open a page as somebody in WeChat who is not signed in; returns the last answer."""
    login = browser.get(path, **PHONE)
    began = browser.get(login.headers["Location"], **PHONE)
    began = browser.get(began.headers["Location"], **PHONE)
    return back_at_home(browser, relayed(at_wechat(began.headers["Location"], player)))


def is_signed_in(browser) -> bool:
    return "_auth_user_id" in browser.session


def test_a_member_opens_a_page_and_is_in(member_with_wechat, hongqi):
    _account, person = member_with_wechat
    browser = HostClient(hongqi)
    response = sign_in(browser)
    assert (response.status_code, response.headers["Location"]) == (302, "/mine/")
    with tenant_scope(hongqi):
        assert browser.session["_auth_user_id"] == str(person.user_id)


def test_wecom_signs_in_by_employee_number(world, connect_wecom, hongqi):
    account = connect_wecom()
    with tenant_scope(hongqi):
        person = make_branch().people[0]
        type(person).objects.filter(pk=person.pk).update(employee_number="user02")
    browser = HostClient(hongqi)
    began = browser.get("/login/wechat/", **DESKTOP)
    assert "agentid=1000002" in began.headers["Location"]
    response = back_at_home(browser, relayed(at_wechat(began.headers["Location"], "p2")))
    assert response.status_code == 302
    with tenant_scope(hongqi):
        assert is_signed_in(browser)
        assert Identity.objects.get(account=account).person_id == person.pk


def test_outside_wechat_the_password_form_stays(member_with_wechat, hongqi, settings):
    settings.WECHAT_SIMULATOR = ""
    response = HostClient(hongqi).get("/login/?next=/mine/")
    assert response.status_code == 200
    assert "微信登录" not in response.content.decode()


def test_somebody_not_bound_is_asked_who_they_are(member_with_wechat, hongqi):
    browser = HostClient(hongqi)
    response = sign_in(browser, "p3")
    assert response.headers["Location"] == "/wechat/bind/"
    with tenant_scope(hongqi):
        assert not is_signed_in(browser)


def test_an_administrator_still_needs_the_second_factor(member_with_wechat, hongqi):
    _account, person = member_with_wechat
    with tenant_scope(hongqi):
        assign_role(user=User.objects.get(pk=person.user_id), role="administrator", actor=SYSTEM)
    browser = HostClient(hongqi)
    response = sign_in(browser)
    assert response.headers["Location"] == "/login/totp/"
    with tenant_scope(hongqi):
        assert not is_signed_in(browser)


def test_a_disabled_login_does_not_open(member_with_wechat, hongqi):
    _account, person = member_with_wechat
    with tenant_scope(hongqi):
        User.objects.filter(pk=person.user_id).update(is_active=False)
    browser = HostClient(hongqi)
    sign_in(browser)
    with tenant_scope(hongqi):
        assert not is_signed_in(browser)


class TestAttacks:
    def begin(self, browser, path="/mine/"):
        return browser.get(f"/login/wechat/?next={path}", **PHONE).headers["Location"]

    def test_a_ticket_is_good_once(self, member_with_wechat, hongqi):
        browser = HostClient(hongqi)
        home = relayed(at_wechat(self.begin(browser), "p1"))
        back_at_home(browser, home)
        with browser.scope():
            browser.logout()
        again = back_at_home(browser, home)
        assert again.status_code == 403

    def test_a_ticket_opens_only_the_session_that_began(self, member_with_wechat, hongqi):
        """Somebody sends their own ticket to a victim: the victim is not signed in as them."""
        attacker, victim = HostClient(hongqi), HostClient(hongqi)
        home = relayed(at_wechat(self.begin(attacker), "p1"))
        self.begin(victim)
        assert back_at_home(victim, home).status_code == 403
        with tenant_scope(hongqi):
            assert not is_signed_in(victim)

    def test_a_ticket_of_one_tenant_is_nothing_at_another(self, member_with_wechat, hongqi, dongfeng, connect):
        connect(dongfeng, appid="wxdemo0000000002")
        browser, other = HostClient(hongqi), HostClient(dongfeng)
        home = relayed(at_wechat(self.begin(browser), "p1"))
        self.begin(other)
        parts = urlsplit(home)
        assert other.get(f"{parts.path}?{parts.query}", **PHONE).status_code == 403

    def test_a_state_of_another_account_or_none(self, member_with_wechat, hongqi, dongfeng, connect):
        other = connect(dongfeng, appid="wxdemo0000000002")
        browser = HostClient(hongqi)
        back = at_wechat(self.begin(browser), "p1")
        parts = urlsplit(back)
        assert relayed(back.replace(parts.path, f"/wx/login/{other.route_key}/")) == "403"
        assert relayed(f"{back}x") == "403"
        assert relayed(back.replace("state=", "stat=")) == "403"

    def test_a_state_is_good_once(self, member_with_wechat, hongqi):
        back = at_wechat(self.begin(HostClient(hongqi)), "p1")
        assert "ticket=" in relayed(back)
        assert relayed(back) == "403"

    def test_a_code_that_was_used_begins_once_more_and_no_more(self, member_with_wechat, hongqi, world):
        browser = HostClient(hongqi)
        for expected in ("/login/wechat/", None):
            world.fault("sns/oauth2/access_token", errcode=40163)
            response = back_at_home(browser, relayed(at_wechat(self.begin(browser), "p1")))
            if expected:
                assert urlsplit(response.headers["Location"]).path == expected
                assert parse_qs(urlsplit(response.headers["Location"]).query)["next"] == ["/mine/"]
            else:
                assert response.status_code == 403

    @pytest.mark.parametrize("path", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:alert(1)"])
    def test_nobody_is_sent_elsewhere(self, member_with_wechat, hongqi, path):
        browser = HostClient(hongqi)
        response = back_at_home(browser, relayed(at_wechat(self.begin(browser, path), "p1")))
        assert response.headers["Location"] == "/"

    def test_a_snapshot_is_nobody(self, member_with_wechat, hongqi, world):
        world.people["p1"].is_snapshot = True
        parts = urlsplit(at_wechat(self.begin(HostClient(hongqi)), "p1"))
        response = HostClient(None, host=parts.netloc).get(f"{parts.path}?{parts.query}")
        assert response.status_code == 403
        assert "使用完整服务" in response.content.decode()

    def test_a_lost_cache_only_costs_a_new_start(self, member_with_wechat, hongqi):
        browser = HostClient(hongqi)
        back = at_wechat(self.begin(browser), "p1")
        with tenant_scope(hongqi):
            cache.clear()
        assert relayed(back) == "403"
        assert sign_in(browser).headers["Location"] == "/mine/"

    def test_a_disabled_account_signs_nobody_in(self, member_with_wechat, hongqi):
        account, _person = member_with_wechat
        back = at_wechat(self.begin(HostClient(hongqi)), "p1")
        with tenant_scope(hongqi):
            Account.objects.filter(pk=account.pk).update(state="disabled")
        assert relayed(back) == "403"

    def test_the_session_key_changes(self, member_with_wechat, hongqi):
        browser = HostClient(hongqi)
        began = self.begin(browser)
        before = browser.session.session_key
        back_at_home(browser, relayed(at_wechat(began, "p1")))
        assert browser.cookies["jc_session"].value != before


def test_the_order_of_the_parameters_is_wechats(member_with_wechat, hongqi, settings):
    simulator, settings.WECHAT_SIMULATOR = settings.WECHAT_SIMULATOR, ""
    assert simulator
    url = HostClient(hongqi).get("/login/wechat/?next=/", **PHONE).headers["Location"]
    names = [part.partition("=")[0] for part in urlsplit(url).query.split("&")]
    assert names == ["appid", "redirect_uri", "response_type", "scope", "state"]
    assert url.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=wxdemo0000000001&")
    assert url.endswith("#wechat_redirect")


def test_the_signature_for_the_script(member_with_wechat, hongqi, world, member):
    from jiceng.wechat.gateway.codec import sign_page

    known = sign_page(
        ticket="sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg",
        nonce="Wm3WZYTPz0wzccnW", timestamp=1414587457, url="http://mp.weixin.qq.com?params=value",
    )  # fmt: skip
    assert known == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"  # the example of WeChat's documentation
    browser = HostClient(hongqi).login_as(member)
    facts = browser.get("/wechat/script/?path=/news/%23part").json()
    assert facts["appId"] == "wxdemo0000000001"
    assert browser.get("/wechat/script/?path=https://example.org/").status_code == 404
    assert browser.get("/wechat/script/?path=/news/").status_code == 200
    assert world.calls["/api.weixin.qq.com/cgi-bin/ticket/getticket"] == 1


def test_what_stands_behind_the_hash_is_not_signed(member_with_wechat, hongqi, monkeypatch):
    from jiceng.wechat.services import script

    account, _person = member_with_wechat
    monkeypatch.setattr(script.secrets, "token_hex", lambda _n: "nonce")
    monkeypatch.setattr(script.time, "time", lambda: 1_900_000_000)
    with tenant_scope(hongqi):
        plain, with_fragment, other = (
            script.sign(account, url=url).signature for url in ("https://x.cn/a?b=1", "https://x.cn/a?b=1#part", "https://x.cn/a?b=2")
        )
    assert plain == with_fragment != other
