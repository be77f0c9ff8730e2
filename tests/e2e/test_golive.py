"""A new administrator follows the wizard from an empty tenant to the first published notice; a member reads it and settles in."""

from __future__ import annotations

import re
import time

import pytest

from tests.support import database
from tests.support.server import live_server

from .conftest import PHONE
from .story import Story, remove_tenant

SLUG, NAME = "xinkaitong", "某市新开通服务中心"
TITLE, WORDS = "平台开通通知", "即日起，通知和报名都在这里。"
MINUTES = 10
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story(browser, django_db_setup, tmp_path):
    from tenants import structure

    with database.as_owner():
        structure.keep_spares(2)
    with live_server(log=tmp_path / "web.log", SIGNUPS_PER_HOUR="50") as port:
        yield Story(browser, port, slug=SLUG, name=NAME, credit_code=database.credit_code(370_212))
    remove_tenant(SLUG)


def next_step(story: Story, page, label: str) -> None:
    """Follow the wizard's own button, which must name ``label``."""
    page.goto(story.url("/console/guide/"))
    button = page.locator(".pagehead a.primary", has_text="下一步").first
    assert label in button.inner_text()
    button.click()
    page.wait_for_load_state()


def put_off(story: Story, page, label: str) -> None:
    page.goto(story.url("/console/guide/"))
    page.locator(".g-roads li", has_text=label).locator("button:has-text('以后再做')").click()
    page.wait_for_load_state()
    assert page.locator(".g-roads li.later", has_text=label).count() == 1


def add_a_person(story: Story, page, name: str) -> None:
    page.click("main a:has-text('新增人员')")
    page.wait_for_url("**/people/new/")
    page.fill("[name=name]", name)
    page.click("main form button.primary")
    page.wait_for_load_state()


def go_live(story: Story, page) -> str:
    """Every step by the wizard's button; resumed once in a new window. Returns the invited member's link."""
    next_step(story, page, "填写单位名称")
    page.click("main form button.primary")
    next_step(story, page, "建立组织架构")
    add_a_person(story, page, "赵敏")
    next_step(story, page, "开启需要的功能模块")
    story.switch_on_news(page)
    next_step(story, page, "发布第一篇文章")
    story.publish(page, TITLE, WORDS)
    next_step(story, page, "邀请同事")
    link = story.invite_member(page)
    put_off(story, page, "接入公众号")
    return link


def test_from_nothing_to_the_first_notice(story):
    desk, started = story.window({"width": 1366, "height": 768}), time.monotonic()
    story.sign_up(desk)
    story.accept_invite(desk, "lixiaoming")
    story.set_up_second_factor(desk)
    link = go_live(story, desk)
    assert time.monotonic() - started < MINUTES * 60, "the notice took longer than promised"
    desk.goto(story.url("/console/guide/"))
    assert desk.locator("text=可以通知大家使用了").is_visible()
    assert desk.locator(".g-roads li:not(.done):not(.later)").count() == 0
    a_handout_is_printed(story, desk)

    phone = story.window(PHONE)
    phone.goto(link)
    story.accept_invite(phone, "zhaomin")
    settles_in(story, phone)
    assert story.problems == []


def a_handout_is_printed(story: Story, page) -> None:
    page.goto(story.url("/console/guide/handouts/"))
    address = page.locator("a[href$='.pdf']").first.get_attribute("href")
    answer = page.evaluate("async address => { const a = await fetch(address); return [a.status, (await a.text()).slice(0, 5)] }", address)
    assert answer == [200, "%PDF-"]


def settles_in(story: Story, page) -> None:
    """The first notice is on the phone, and the checklist ticks."""
    page.goto(story.url("/news/"))
    page.click(f"text={TITLE}")
    assert page.locator(f"text={WORDS}").first.is_visible()
    page.goto(story.url("/guide/"))
    before = int(re.search(r"做完 (\d+) /", page.inner_text("#steps"))[1])
    page.locator("button:has-text('我会了')").first.click()
    page.wait_for_load_state()
    page.goto(story.url("/guide/"))
    found = re.search(r"做完 (\d+) /", page.inner_text("#steps"))
    assert found is None or int(found[1]) == before + 1
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
