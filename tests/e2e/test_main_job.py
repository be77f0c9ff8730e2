"""The main job, as people do it: an agency signs up, publishes, a member reads, another system reads, nobody else does."""

from __future__ import annotations

import json
from http.client import HTTPConnection

import pytest
from django.conf import settings

from tests.support import database
from tests.support.server import live_server

from .conftest import PHONE
from .story import Story, remove_tenant

SLUG, NAME = "shibudongchan", "某市不动产登记服务中心"
TITLE, WORDS = "窗口延时服务公告", "自本周六起，不动产登记窗口周六上午照常办理。"
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def port(django_db_setup, tmp_path):
    from tenants import structure

    with database.as_owner():
        structure.keep_spares(2)
    with live_server(log=tmp_path / "web.log", SIGNUPS_PER_HOUR="50") as port:
        yield port
    remove_tenant(SLUG)


def get(port: int, host: str, path: str, **headers: str):
    """A program's request: the name in the Host header, the connection to this machine."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host, **headers})
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def reads_on_the_phone(story: Story, page, article: str, mode: str) -> None:
    page.goto(story.url("/news/"))
    page.click(f"text={TITLE}")
    page.wait_for_url(f"**/news/{article}/")
    assert page.get_attribute("html", "data-mode") == mode
    assert page.locator(f"text={WORDS}").first.is_visible()
    size = page.locator(f"text={WORDS}").last.evaluate("element => parseFloat(getComputedStyle(element).fontSize)")
    assert size >= (18 if mode == "care" else 14), size
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, "the page scrolls sideways"
    cover = page.evaluate("[...document.images].filter(i => i.complete && i.naturalWidth > 100).length")
    assert cover >= 1, "the picture is not shown"


def test_main_job(browser, port, hongqi):
    story = Story(browser, port, slug=SLUG, name=NAME, credit_code=database.credit_code(370_211))
    staff = story.window()
    story.sign_up(staff)
    story.accept_invite(staff, "lixiaoming")
    story.set_up_second_factor(staff)
    story.switch_on_news(staff)
    article = story.publish(staff, TITLE, WORDS)
    link, key = story.invite_member(staff), story.create_key(staff)

    phone = story.window(PHONE)
    phone.goto(link)
    story.accept_invite(phone, "zhaomin")
    reads_on_the_phone(story, phone, article, "normal")
    phone.goto(story.url("/mine/"))
    phone.click("button[name=mode][value=care]")
    reads_on_the_phone(story, phone, article, "care")
    assert story.problems == []

    status, text = get(port, story.host, "/api/v1/news/articles", Authorization=f"Bearer {key}")
    assert status == 200
    assert [row["title"] for row in json.loads(text)["results"]] == [TITLE]
    nobody_else_reads(story, staff, article, key, hongqi)


def nobody_else_reads(story: Story, staff, article: str, key: str, other) -> None:
    """The other tenant's host with our key and our session, our host with nothing, an unknown host with everything."""
    other_host = f"{other.host}:{story.port}"
    session = next(cookie["value"] for cookie in staff.context.cookies() if cookie["name"] == settings.SESSION_COOKIE_NAME)
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"}
    bearer = {"Authorization": f"Bearer {key}"}
    unknown = f"nobody.{settings.BASE_DOMAIN}:{story.port}"
    expected = {
        (story.host, "/api/v1/news/articles", ""): 401, (story.host, f"/news/{article}/", ""): 302,
        (other_host, "/api/v1/news/articles", "key"): 401, (other_host, f"/api/v1/news/articles/{article}", "key"): 401,
        (other_host, "/api/v1/news/articles", "cookie"): 401, (other_host, f"/news/{article}/", "cookie"): 302,
        (other_host, "/console/", "cookie"): 302, (unknown, "/api/v1/news/articles", "key"): 404,
        (unknown, "/console/", "cookie"): 404,
    }  # fmt: skip
    found = {}
    for host, path, means in expected:
        status, text = get(story.port, host, path, **{"key": bearer, "cookie": cookie}.get(means, {}))
        found[host, path, means] = status
        assert TITLE not in text, (host, path, means)
        assert WORDS not in text, (host, path, means)
    assert found == expected
