"""Access tokens under many workers, and when WeChat refuses them."""

from __future__ import annotations

import threading
from contextvars import copy_context

import pytest
from django.core.cache import cache

from jiceng.wechat.gateway.errors import CallRefused, OutcomeUnknown, TokenRefused, Unreachable
from jiceng.wechat.gateway.tokens import Fetched, Tokens
from jiceng.wechat.services import clients
from tenants.context import tenant_scope

pytestmark = pytest.mark.django_db
TOKEN = "/api.weixin.qq.com/cgi-bin/stable_token"


def calls(world, path=TOKEN):
    return world.calls[path]


def at_once(count, work):
    """Run ``work`` in ``count`` threads that begin together; their results or errors."""
    gate, found = threading.Barrier(count), []

    def run():
        gate.wait()
        try:
            found.append(work())
        except Exception as error:
            found.append(error)

    threads = [threading.Thread(target=copy_context().run, args=(run,)) for _n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_twenty_cold_workers_fetch_one_token(world, connect, hongqi):
    account = connect()
    world.latency_seconds = 0.05
    with tenant_scope(hongqi):
        tokens = clients.tokens_of(account)
        found = at_once(20, lambda: tokens.get())
    assert len(set(found)) == 1
    assert calls(world) == 1


def test_twenty_workers_after_a_revocation_fetch_one_more(world, connect, hongqi):
    account = connect()
    with tenant_scope(hongqi):
        client = clients.official(account)
        client.call("GET", "user/get")
        world.revoke_tokens()
        found = at_once(20, lambda: client.call("GET", "user/get")["total"])
    assert found == [0] * 20
    assert calls(world) == 2


def test_a_token_refused_for_good_costs_two_calls_and_a_clear_error(world, connect, hongqi):
    account = connect()
    world.accounts[account.appid].always_stale = True
    with tenant_scope(hongqi):
        client = clients.official(account)
        with pytest.raises(CallRefused, match="40001"):
            client.call("GET", "user/get")
        assert calls(world) == 2
        for _try in range(5):  # and those that follow cost nothing
            with pytest.raises(TokenRefused, match="40001"):
                client.call("GET", "user/get")
    assert calls(world) == 2


def test_a_wrong_secret_is_not_hammered(world, connect, hongqi):
    account = connect()
    world.accounts[account.appid].secret = "changed-elsewhere"
    with tenant_scope(hongqi):
        client = clients.official(account)
        found = at_once(20, lambda: client.call("GET", "user/get"))
        assert {type(error) for error in found} == {TokenRefused}
        assert {error.errcode for error in found} == {40125}
    assert calls(world) == 1


def test_wecoms_40001_is_a_wrong_secret_and_not_retried(world, connect_wecom, hongqi):
    account = connect_wecom()
    with tenant_scope(hongqi):
        client = clients.corporate(account)
        client.call("GET", "agent/get", params={"agentid": "1000002"})
        world.fault("agent/get", errcode=40001)
        with pytest.raises(CallRefused):
            client.call("GET", "agent/get", params={"agentid": "1000002"})
    assert calls(world, "/qyapi.weixin.qq.com/cgi-bin/gettoken") == 1
    assert calls(world, "/qyapi.weixin.qq.com/cgi-bin/agent/get") == 2


def test_a_lost_cache_costs_one_call(world, connect, hongqi):
    account = connect()
    with tenant_scope(hongqi):
        client = clients.official(account)
        client.call("GET", "user/get")
        cache.clear()
        assert client.call("GET", "user/get")["total"] == 0
    assert calls(world) == 2


def test_the_token_is_sealed_in_the_cache_and_its_key_names_no_secret(world, connect, hongqi):
    account = connect()
    with tenant_scope(hongqi):
        tokens = clients.tokens_of(account)
        token = tokens.get()
        assert token.encode() not in bytes(cache.get(tokens.name))
        assert world.accounts[account.appid].secret[:10] not in tokens.name


def test_tenants_do_not_share_tokens(world, connect, hongqi, dongfeng):
    own, other = connect(), connect(dongfeng)
    with tenant_scope(hongqi):
        clients.tokens_of(own).get()
    with tenant_scope(dongfeng):
        assert clients.tokens_of(other)._peek() == ""


def test_a_token_is_not_used_in_its_last_two_minutes(in_hongqi, db):
    fetched = iter([Fetched("first", 100), Fetched("second", 7200)])
    tokens = Tokens("wx:test", lambda _is_refused: next(fetched))
    assert tokens.get() == "first"
    assert tokens.get() == "second"
    assert tokens.get() == "second"


@pytest.mark.parametrize(("fault", "error"), [
    ({"body": "<html>oops</html>"}, OutcomeUnknown), ({"body": "[]"}, OutcomeUnknown), ({"http": 502}, OutcomeUnknown),
    ({"body": '{"errcode":"45009","errmsg":"x"}'}, CallRefused), ({"body": '{"errcode":"x"}'}, OutcomeUnknown),
])  # fmt: skip
def test_strange_answers(world, connect, hongqi, fault, error):
    account = connect()
    with tenant_scope(hongqi):
        client = clients.official(account)
        client.tokens.get()
        world.fault("user/get", **fault)
        with pytest.raises(error) as caught:
            client.call("GET", "user/get")
    assert "access_token" not in str(caught.value)


def test_nobody_there(world, connect, hongqi, settings):
    account = connect()
    settings.WECHAT_SIMULATOR = "http://127.0.0.1:9"
    with tenant_scope(hongqi), pytest.raises(TokenRefused) as caught:
        clients.official(account).call("GET", "user/get")
    assert isinstance(caught.value.__cause__, Unreachable)
    assert world.accounts[account.appid].secret not in str(caught.value.__cause__)
