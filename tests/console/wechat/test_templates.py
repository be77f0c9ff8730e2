"""Templates at the desk: what is set can be changed, and WeChat's refusals are sentences."""

from __future__ import annotations

import re

import pytest

from jiceng.wechat.models import TemplateBinding
from jiceng.wechat.services import accounts
from tenants.context import tenant_scope
from tests.wechat.kit import SYSTEM

pytestmark = pytest.mark.django_db
OFFICIAL = "wxdemo0000000001"


def text(response) -> str:
    return response.content.decode()


def chosen(page: str, name: str) -> str:
    options = re.search(rf'<select[^>]*name="{name}".*?</select>', page, re.DOTALL)
    assert options, page[-2000:]
    found = re.search(r'<option value="([^"]*)"\s+selected', options[0])
    return found[1] if found else ""


def test_what_is_set_is_shown_when_it_is_changed(desk, connect, world, hongqi):
    account = connect(with_template=False)
    base = f"/console/wechat/accounts/{account.pk}/templates/"
    template = world.accounts[OFFICIAL].templates[1]["template_id"]
    given = {
        "channel": "template", "category": "wechat.asked",
        "f_thing1": "text", "f_time2": "time", "f_thing4": "=", "x_thing4": "红旗街道",
    }  # fmt: skip
    assert desk.post(f"{base}set/?template_id={template}", given).status_code == 302
    listed = text(desk.get(base))
    assert "会议主题 ← 内容" in listed
    [link] = re.findall(r'href="([^"]+category=wechat\.asked)"', listed)
    page = text(desk.get(link.replace("&amp;", "&")))
    assert [chosen(page, name) for name in ("category", "f_thing1", "f_thing4")] == ["wechat.asked", "text", "="]
    assert 'value="红旗街道"' in page
    other = text(desk.get(f"{base}set/?template_id={template}"))
    assert (chosen(other, "f_thing1"), chosen(other, "category")) == ("title", "")
    assert desk.post(link.replace("&amp;", "&"), {**given, "x_thing4": "东风街道"}).status_code == 302
    with tenant_scope(hongqi):
        assert TemplateBinding.objects.get().fields["thing4"] == "=东风街道"


def test_a_refusal_while_choosing_is_a_sentence(desk, connect, world):
    account = connect()
    world.fault("get_all_private_template", errcode=48001, times=9)
    answer = desk.get(f"/console/wechat/accounts/{account.pk}/templates/set/?template_id=x")
    assert answer.status_code == 302
    assert "没有这个接口的权限" in text(desk.get(answer.headers["Location"]))


def test_an_account_let_go_and_one_of_wecom(desk, connect, connect_wecom, hongqi):
    gone = connect()
    with tenant_scope(hongqi):
        accounts.disable(account_id=gone.pk, actor=SYSTEM)
    for account in (gone, connect_wecom()):
        base = f"/console/wechat/accounts/{account.pk}/templates/"
        assert desk.get(base).status_code == 200
        assert desk.get(f"{base}set/?template_id=x").status_code == 302


def test_bad_input(desk, connect, world):
    account = connect(with_template=False)
    template = world.accounts[OFFICIAL].templates[1]["template_id"]
    url = f"/console/wechat/accounts/{account.pk}/templates/set/?template_id={template}"
    given = {"channel": "template", "category": "", "f_thing1": "title", "f_time2": "time", "f_thing4": "text"}
    for bad in ({"channel": "sms"}, {"category": "nothing"}, {"f_thing1": "phone"}, {"f_thing4": "=", "x_thing4": ""}):
        assert desk.post(url, {**given, **bad}).status_code == 422
    assert desk.get(f"{url}&channel=x&category=y").status_code == 200
