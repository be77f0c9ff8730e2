"""The simulator itself: it must be as strict as what it plays."""

from __future__ import annotations

import pytest
import requests

from jiceng.wechat.simulator.seeds import SECRET

API = "/api.weixin.qq.com/cgi-bin"
OFFICIAL = "wxdemo0000000001"


def call(sim, path, **body):
    token = requests.post(f"{sim.url}{API}/stable_token", json={"appid": OFFICIAL, "secret": SECRET}, timeout=5).json()["access_token"]
    answer = requests.post(f"{sim.url}{API}/{path}?access_token={token}", json=body, timeout=5).json()
    return answer.get("errcode", 0), answer


def test_tokens(sim):
    ask = {"appid": OFFICIAL, "secret": SECRET}
    first, second = (requests.post(f"{sim.url}{API}/stable_token", json=ask, timeout=5).json()["access_token"] for _n in range(2))
    forced = requests.post(f"{sim.url}{API}/stable_token", json={**ask, "force_refresh": True}, timeout=5).json()["access_token"]
    assert first == second != forced
    assert requests.post(f"{sim.url}{API}/stable_token", json={**ask, "secret": "x"}, timeout=5).json()["errcode"] == 40125
    assert requests.get(f"{sim.url}{API}/user/get", timeout=5).json()["errcode"] == 41001
    assert requests.get(f"{sim.url}{API}/user/get?access_token=x", timeout=5).json()["errcode"] == 40001


@pytest.mark.parametrize(("change", "errcode"), [
    ({}, 0), ({"template_id": "none"}, 40037), ({"touser": "nobody"}, 40003), ({"data": {"thing1": {"value": "一" * 21}}}, 47003),
    ({"data": {}}, 47003),
])  # fmt: skip
def test_templates(sim, change, errcode):
    tie = sim.world.tie("p1", OFFICIAL)
    tie.follows = True
    data = {name: {"value": "x"} for name in ("thing1", "time2", "thing3")}
    body = {"touser": tie.openid, "template_id": sim.world.accounts[OFFICIAL].templates[0]["template_id"], "data": data, **change}
    assert call(sim, "message/template/send", **body)[0] == errcode


def test_a_repeated_key_is_shown_once(sim):
    tie = sim.world.tie("p1", OFFICIAL)
    tie.follows = True
    data = {name: {"value": "x"} for name in ("thing1", "time2", "thing3")}
    template = sim.world.accounts[OFFICIAL].templates[0]["template_id"]
    body = {"touser": tie.openid, "template_id": template, "data": data, "client_msg_id": "k"}
    assert call(sim, "message/template/send", **body)[1]["msgid"] == call(sim, "message/template/send", **body)[1]["msgid"]
    assert len(sim.world.deliveries()) == 1


def test_windows(sim):
    tie = sim.world.tie("p1", OFFICIAL)
    body = {"touser": tie.openid, "msgtype": "text", "text": {"content": "x"}}
    assert call(sim, "message/custom/send", **body)[0] == 45015
    sim.world.send_text("p1", OFFICIAL, "hi")
    assert [call(sim, "message/custom/send", **body)[0] for _n in range(6)] == [0] * 5 + [45047]
    sim.world.advance(49 * 3600)
    sim.world.revoke_tokens()
    assert call(sim, "message/custom/send", **body)[0] == 45015


@pytest.mark.parametrize("button", [
    {"name": "一" * 6, "type": "view", "url": "https://x.cn"}, {"name": "", "type": "view", "url": "https://x.cn"}, {"name": "x", "type": "view", "url": ""},
])  # fmt: skip
def test_menus(sim, button):
    assert call(sim, "menu/create", button=[button])[0] in (40018, 40027)
    assert call(sim, "menu/create", button=[])[0] == 40017


def test_pages_show_hostile_names_as_text(sim):
    sim.world.people["p1"].name = "<script>alert(1)</script>"
    page = requests.get(f"{sim.url}/phone/", timeout=5)
    assert "<script>alert" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_state_is_kept(sim, tmp_path):
    from jiceng.wechat.simulator import World

    sim.world.follow("p1", OFFICIAL)
    sim.world.send_text("p1", OFFICIAL, "hi")
    sim.world.save(tmp_path / "state.json")
    other = World()
    other.load(tmp_path / "state.json")
    assert other.tie("p1", OFFICIAL).follows
    assert [row.content for row in other.chat("p1", OFFICIAL)] == [{"text": "hi"}]
