"""The phone shell: what each kind of visitor sees, what it costs, and that it stays within its tenant."""

import re

import pytest
from django.contrib.staticfiles import finders

from jiceng.access.actor import Actor
from tenants.context import tenant_scope
from tenants.modules import set_module

PEOPLE = ("anonymous", "stranger", "member", "secretary")
ASSET = re.compile(r"""<(?:link rel="stylesheet" href|script src)="/static/([^"]+)\"""")


def _switch_news(tenant, is_on: bool) -> None:
    with tenant_scope(tenant):
        set_module(tenant_id=tenant.id, code="news", is_on=is_on, actor=Actor.system())


@pytest.fixture
def phone(client_for, login, hongqi, request):
    """``phone(name)``: a browser of that person (or of nobody) on 红旗社区's host, where news is switched on."""
    _switch_news(hongqi, True)

    def open_for(name: str):
        client = client_for(hongqi)
        return client if name == "anonymous" else login(client, request.getfixturevalue(name))

    return open_for


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("path", ["/", "/apps/", "/search/?q=x", "/about/"])
def test_pages_open_for_everybody(phone, hongqi, person, path):
    response = phone(person).get(path)
    assert response.status_code == 200
    assert hongqi.name in response.content.decode()


def test_home_offers_strangers_the_login_and_nothing_else(phone):
    html = phone("anonymous").get("/").content.decode()
    assert 'href="/login/"' in html
    assert 'class="grid"' not in html


def test_home_shows_members_their_entries(phone):
    html = phone("member").get("/").content.decode()
    assert 'href="/news/"' in html
    assert 'href="/login/"' not in html


def test_switched_off_module_disappears_at_the_next_page(phone, hongqi):
    client = phone("member")
    assert 'href="/news/"' in client.get("/").content.decode()
    _switch_news(hongqi, False)
    for path in ("/", "/apps/", "/search/?q=新闻"):
        assert 'href="/news/"' not in client.get(path).content.decode()


@pytest.mark.parametrize("query", ["新闻", "xinwen", "xw", "XW"])
def test_search_finds_by_name_and_pinyin(phone, query):
    assert 'href="/news/"' in phone("member").get("/search/", {"q": query}).content.decode()


def test_search_finds_nothing_for_those_who_may_open_nothing(phone):
    assert 'href="/news/"' not in phone("anonymous").get("/search/", {"q": "新闻"}).content.decode()


@pytest.mark.parametrize("query", ['"><script>alert(1)</script>', "\x00", "x" * 500, "%", "（"])
def test_search_bears_odd_input(phone, query):
    response = phone("member").get("/search/", {"q": query})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()


def test_mine_asks_strangers_to_log_in(phone):
    response = phone("anonymous").get("/mine/")
    assert (response.status_code, response["Location"]) == (302, "/login/?next=/mine/")


def test_mine_shows_the_console_only_to_those_who_may_enter(phone):
    assert 'href="/console/"' not in phone("member").get("/mine/").content.decode()
    assert 'href="/console/"' in phone("secretary").get("/mine/").content.decode()


def test_mode_and_theme_come_back_from_the_server(phone):
    client = phone("member")
    response = client.post("/preferences/", {"mode": "care", "theme": "dark", "next": "/apps/"})
    assert (response.status_code, response["Location"]) == (302, "/apps/")
    html = client.get("/apps/").content.decode()
    assert 'data-theme="dark" data-mode="care"' in html
    assert 'value="normal" aria-pressed="true"' in html


def test_forged_post_to_preferences_is_refused(hongqi, client_for):
    client = client_for(hongqi, enforce_csrf_checks=True)
    response = client.post("/preferences/", {"mode": "care"})
    assert response.status_code == 403
    assert "jc_mode" not in response.cookies


def test_home_weighs_less_than_80_kilobytes(phone):
    html = phone("secretary").get("/").content
    assets = set(ASSET.findall(html.decode()))
    assert "jiceng/h5.css" in assets
    total = len(html)
    for name in assets:
        with open(finders.find(name), "rb") as asset:
            total += len(asset.read())
    assert total < 80_000


def test_pages_are_not_stored(phone):
    assert "no-store" in phone("member").get("/")["Cache-Control"]


def test_one_tenants_login_is_nothing_to_another(phone, client_for, dongfeng):
    member = phone("member")
    other = client_for(dongfeng)
    other.cookies = member.cookies
    assert other.get("/mine/").status_code == 302


def test_error_codes_have_a_page(phone):
    html = phone("anonymous").get("/help/errors").content.decode()
    assert {'id="not_found"', 'id="module_not_enabled"', 'id="internal_error"'} <= set(re.findall(r'id="\w+"', html))


@pytest.mark.parametrize(("path", "label"), [("/", "首页"), ("/apps/", "应用"), ("/mine/", "我的")])
def test_tab_bar_marks_where_one_is(phone, path, label):
    html = phone("member").get(path).content.decode()
    bar = re.search(r'<nav class="tabbar".*?</nav>', html, re.DOTALL).group(0)
    assert re.findall(r'aria-current="page">.*?<span>(.*?)</span>', bar) == [label]


def test_no_page_of_the_shell_breaks_the_content_policy(phone):
    response = phone("secretary").get("/mine/")
    assert "style-src 'self'" in response["Content-Security-Policy"]
    html = response.content.decode()
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*src=)", html)
