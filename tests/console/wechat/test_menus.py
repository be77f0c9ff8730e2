"""The menu's editor: nothing typed is lost, pages are chosen from a list, faults stand where they belong."""

from __future__ import annotations

import re

import pytest

from jiceng.wechat.models import MenuVersion
from tenants.context import tenant_scope

pytestmark = pytest.mark.django_db
TOP = {"0-name": "要闻", "0-kind": "view", "0-value": "/news/"}


def text(response) -> str:
    return response.content.decode()


@pytest.fixture
def url(account):
    return f"/console/wechat/menus/{account.pk}/"


def test_a_page_is_chosen_from_the_list_and_stays_chosen(desk, url, hongqi):
    offered = re.findall(r'<option value="(/[^"]*)"', text(desk.get(url)))
    path = next(path for path in offered if path != "/")
    assert desk.post(url, {"0-name": "进去", "0-kind": "view", "0-page": path, "0-value": ""}).status_code == 302
    with tenant_scope(hongqi):
        assert MenuVersion.objects.get().buttons == [{"name": "进去", "kind": "view", "url": path}]
    page = text(desk.get(url))
    row = page[page.index('name="0-page"') :]
    assert f'<option value="{path}" selected>' in row[: row.index("</select>")]
    assert re.search(r'name="0-value" value=""', page)


def test_an_address_of_ones_own_goes_first(desk, url, hongqi):
    given = {"0-name": "进去", "0-kind": "view", "0-page": "/", "0-value": "https://www.example.cn/a"}
    assert desk.post(url, given).status_code == 302
    with tenant_scope(hongqi):
        assert MenuVersion.objects.get().buttons[0]["url"] == "https://www.example.cn/a"
    assert 'name="0-value" value="https://www.example.cn/a"' in text(desk.get(url))


@pytest.mark.parametrize(("given", "said", "kept"), [
    ({"0-name": "服务", "0.0-kind": "click", "0.0-value": "GUIDE"}, "请填写名称", 'value="GUIDE"'),
    ({"0-name": "服务", "0.2-value": "https://a.cn/b"}, "请填写名称", 'value="https://a.cn/b"'),
    ({"1-value": "https://a.cn/b"}, "请填写名称", 'value="https://a.cn/b"'),
    ({"0-name": "程序", "0-kind": "miniprogram", "0-value": "https://a.cn"}, "小程序的 AppID", 'name="0-pagepath" value=""'),
])  # fmt: skip
def test_what_was_typed_is_kept_beside_its_fault(desk, url, hongqi, given, said, kept):
    answer = desk.post(url, given)
    assert answer.status_code == 422
    assert re.search(rf'<p class="error" role="alert">[^<]*{said}', text(answer))
    assert kept in text(answer)
    with tenant_scope(hongqi):
        assert not MenuVersion.objects.exists()


@pytest.mark.parametrize(("extra", "said"), [
    ({"tag_id": "abc", "c0-name": "党务", "c0-kind": "view", "c0-value": "/"}, "用户标签的编号"),
    ({"c0-name": "党务", "c0-kind": "view", "c0-value": "/"}, "用户标签的编号"),
    ({"tag_id": "100"}, "个性化菜单至少要有一个按钮"),
    ({"tag_id": "100", "c0-name": "党务", "c0-kind": "view", "c0-value": "http://a.cn"}, "https://"),
])  # fmt: skip
def test_faults_of_a_conditional_menu_are_told(desk, url, hongqi, extra, said):
    answer = desk.post(url, {**TOP, **extra})
    assert answer.status_code == 422
    assert re.search(rf'role="alert">(?:(?!</p>).)*{said}', text(answer), re.DOTALL)
    with tenant_scope(hongqi):
        assert not MenuVersion.objects.exists()


def test_versions_and_the_list_of_accounts(desk, account, url, connect_wecom, hongqi):
    assert desk.get("/console/wechat/menus/").headers["Location"] == url
    desk.post(url, TOP)
    with tenant_scope(hongqi):
        draft = MenuVersion.objects.get()
    assert desk.post(f"{url}{draft.pk}/publish/").status_code == 302
    assert "现在的" in text(desk.get(url))
    desk.post(url, {**TOP, "0-name": "新的"})
    other = connect_wecom()
    listed = text(desk.get("/console/wechat/menus/"))
    assert "第 1 版" in listed
    assert "有草稿" in listed
    assert "还没有发布" in listed
    assert "个性化菜单" not in text(desk.get(f"/console/wechat/menus/{other.pk}/"))
    assert desk.post(f"/console/wechat/menus/{other.pk}/{draft.pk}/publish/").status_code == 404
