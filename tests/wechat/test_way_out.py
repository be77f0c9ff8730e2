"""No call leaves for WeChat's real hosts in tests and demonstrations, and none for anybody else ever."""

from __future__ import annotations

import logging
import subprocess
import sys

import pytest

from jiceng.wechat.gateway import hosts
from jiceng.wechat.gateway.errors import Unreachable
from tests.support import network


@pytest.mark.parametrize("host", sorted(hosts.HOSTS))
def test_without_a_simulator_nothing_leaves(settings, host):
    settings.WECHAT_SIMULATOR, settings.WECHAT_LIVE = "", False
    with pytest.raises(Unreachable):
        hosts.send("GET", f"https://{host}/cgi-bin/token")
    assert network.attempts == []


@pytest.mark.parametrize("url", [
    "https://example.org/", "http://api.weixin.qq.com/", "https://api.weixin.qq.com:8443/", "https://api.weixin.qq.com@example.org/",
    "https://api.weixin.qq.com.example.org/", "https://127.0.0.1/", "file:///etc/passwd",
])  # fmt: skip
def test_other_hosts_are_refused_even_where_calls_may_leave(settings, url):
    settings.WECHAT_SIMULATOR, settings.WECHAT_LIVE = "", True
    with pytest.raises(Unreachable):
        hosts.outward(url)


def test_with_a_simulator_everything_goes_there(settings):
    settings.WECHAT_SIMULATOR, settings.WECHAT_LIVE = "http://127.0.0.1:8001", True
    assert hosts.outward("https://mp.weixin.qq.com/cgi-bin/x") == "http://127.0.0.1:8001/mp.weixin.qq.com/cgi-bin/x"


def test_production_has_no_simulator():
    code = "import django; django.setup()"
    environment = {
        "DJANGO_SETTINGS_MODULE": "jiceng.config.settings.prod", "WECHAT_SIMULATOR_URL": "http://127.0.0.1:8001",
        "SECRET_KEY": "s" * 50, "MASTER_KEY": "m" * 50, "DATABASE_URL": "postgresql://127.0.0.1/x", "PYTHONPATH": "platform:.",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "WECHAT_SIMULATOR_URL" in done.stderr


def test_the_simulator_wants_to_be_asked_for_by_name():
    done = subprocess.run(
        [sys.executable, "-m", "jiceng.wechat.simulator", "--port", "0"], env={"PYTHONPATH": "platform:."}, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "WECHAT_SIMULATOR=1" in done.stderr


def test_secrets_and_tokens_do_not_get_into_the_log(world, connect, hongqi, caplog):
    from jiceng.wechat.services import clients
    from tenants.context import tenant_scope

    account = connect()
    with caplog.at_level(logging.DEBUG), tenant_scope(hongqi):
        client = clients.official(account)
        client.call("GET", "user/get")
        token = client.tokens.get()
    ours = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("jiceng"))
    assert "user/get" in ours
    assert token not in ours
    assert world.accounts[account.appid].secret not in caplog.text
