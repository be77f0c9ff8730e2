"""WeChat, played within the test: its calls come in through Django's test client, ours go to a thread on loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from django.conf import settings as live_settings

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from jiceng.wechat.gateway import hosts
from jiceng.wechat.models import Account
from jiceng.wechat.services import accounts, templates
from jiceng.wechat.simulator import Simulator
from jiceng.wechat.simulator.seeds import SECRET, seed
from tests.support.client import HostClient

OFFICIAL, WECOM = "wxdemo0000000001", "wwdemo00000001"


def through_django(method: str, url: str, headers: dict, body: bytes, _timeout: float) -> tuple[int, bytes]:
    parts = urlsplit(url)
    client = HostClient(None, host=parts.netloc)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    if method == "GET":
        response = client.get(path)
    else:
        response = client.post(path, data=body, content_type=headers.get("Content-Type", "text/xml"))
    return response.status_code, response.content


@pytest.fixture
def sim(db, settings, monkeypatch) -> Iterator[Simulator]:
    """The simulator, with two Official Accounts, a WeCom application and six people."""
    monkeypatch.setenv("WECHAT_SIMULATOR", "1")
    with Simulator.running(transport=through_django) as running:
        seed(running.world, live_settings.BASE_DOMAIN)
        running.world.reports = False  # they come in another thread, outside the test's transaction
        settings.WECHAT_SIMULATOR = running.url
        hosts.session.cache_clear()
        yield running
        hosts.session.cache_clear()


@pytest.fixture
def world(sim: Simulator):
    return sim.world


@pytest.fixture
def connect(world, hongqi) -> Callable[..., Account]:
    """``connect(mode="secure")``: an Official Account connected both ways, with a template for everything."""

    def make(tenant=hongqi, *, appid: str = OFFICIAL, mode: str = "secure", with_template: bool = True) -> Account:
        from tenants.context import tenant_scope

        known = world.accounts[appid]
        with tenant_scope(tenant):
            values = {
                "name": known.name, "appid": appid, "secret": SECRET, "crypt_mode": mode, "original_id": known.original_id,
            }  # fmt: skip
            account, facts = accounts.connect(kind="oa", values=values, actor=Actor.system(), at=now())
            if with_template:
                fields = {"thing1": "title", "time2": "time", "thing3": "text"}
                templates.save_binding(
                    account_id=account.pk, channel="template", category="", template_id=known.templates[0]["template_id"],
                    fields=fields, actor=Actor.system(),
                )  # fmt: skip
        assert world.submit_callback(appid, facts.url, facts.token, facts.aes_key, mode) == ""
        return account

    return make


@pytest.fixture
def connect_wecom(world, hongqi) -> Callable[..., Account]:
    """``connect_wecom()``: the WeCom application, connected both ways."""

    def make(tenant=hongqi) -> Account:
        from tenants.context import tenant_scope

        values = {"name": "企业微信", "appid": WECOM, "secret": SECRET, "agent_id": "1000002"}
        with tenant_scope(tenant):
            account, facts = accounts.connect(kind="wecom", values=values, actor=Actor.system(), at=now())
        assert world.submit_callback(WECOM, facts.url, facts.token, facts.aes_key) == ""
        return account

    return make
