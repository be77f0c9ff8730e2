"""The main job, as people do it: an agency signs up, publishes, a member reads, another system reads, nobody else does."""

from __future__ import annotations

import io
import json
import re
from http.client import HTTPConnection

import pytest
from django.conf import settings
from django_otp.oath import totp
from PIL import Image

from tenants import directory
from tenants.context import platform_scope
from tenants.models import Tenant
from tests.factories import PASSWORD
from tests.support import database
from tests.support.server import live_server
from tests.support.tenants import remove

from .conftest import DESK, PHONE

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
    _remove_tenant()


def _remove_tenant() -> None:
    with platform_scope():
        tenant = Tenant.objects.filter(slug=SLUG).first()
    if tenant:
        remove(directory.get(tenant.id))


class Story:
    """The people of the story, each with a browser window of their own."""

    def __init__(self, browser, port: int) -> None:
        self.browser, self.port = browser, port
        self.host = f"{SLUG}.{settings.BASE_DOMAIN}:{port}"
        self.problems: list[str] = []

    def window(self, size=DESK):
        page = self.browser.new_context(viewport=size, locale="zh-CN").new_page()
        page.set_default_timeout(10_000)
        page.on("console", self.note)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("response", lambda answer: self.problems.append(f"{answer.status} {answer.url}") if answer.status >= 500 else None)
        return page

    def note(self, message) -> None:
        """Anything the browser calls an error, but that plain http gets no opener policy: it is https in earnest."""
        if message.type == "error" and "Cross-Origin-Opener-Policy" not in message.text:
            self.problems.append(message.text)

    def url(self, path: str, host: str = "") -> str:
        return f"http://{host or self.host}{path}"

    def sign_up(self, page) -> None:
        page.goto(self.url("/", f"{settings.BASE_DOMAIN}:{self.port}"))
        page.goto(self.url("/signup/", f"{settings.BASE_DOMAIN}:{self.port}"))
        page.fill("[name=organisation]", NAME)
        page.select_option("[name=kind]", "service_centre")
        page.fill("[name=credit_code]", database.credit_code(370_211))
        page.fill("[name=slug]", SLUG)
        page.fill("[name=contact_name]", "王主任")
        page.fill("[name=contact_phone]", "138 0013 8000")
        page.fill("[name=contact_email]", "wang@example.gov.cn")
        page.fill("[name=administrator_name]", "李晓明")
        page.click("form.sheet button.primary")
        page.wait_for_url("**/signup/*/")
        page.click("text=去设置管理员")

    def accept_invite(self, page, username: str) -> None:
        page.wait_for_url("**/invite/*/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.fill("[name=again]", PASSWORD)
        page.click("form button.primary")
        page.wait_for_load_state()

    def set_up_second_factor(self, page) -> None:
        page.wait_for_url("**/login/totp/**")
        secret = re.sub(r"\s", "", page.inner_text("#totp-secret"))
        page.fill("[name=code]", one_time_code(secret))
        page.click("form button.primary")
        page.click("text=已保存，继续")
        page.wait_for_load_state()

    def switch_on_news(self, page) -> None:
        page.goto(self.url("/console/modules/news/"))
        page.click("a:has-text('开启')")
        page.click("form button.primary")
        page.goto(self.url("/console/modules/news/"))
        assert page.locator("text=可用").first.is_visible()

    def publish(self, page) -> str:
        page.goto(self.url("/console/news/new/"))
        page.fill("[name=title]", TITLE)
        editor = page.locator("[contenteditable=true]")
        if editor.count():
            editor.first.click()
            page.keyboard.type(WORDS)
        else:
            page.fill("[name=body]", WORDS)
        page.set_input_files("[name=cover_upload]", {"name": "窗口.png", "mimeType": "image/png", "buffer": picture()})
        page.click("form .actions button.primary")
        page.wait_for_url(re.compile(r"/console/news/[0-9a-f-]{36}/"))
        page.click("a.primary:has-text('发布')")
        page.click("form button.primary")
        page.goto(self.url("/console/news/"))
        link = page.locator(f"a:has-text('{TITLE}')").first.get_attribute("href")
        return re.search(r"[0-9a-f-]{36}", link)[0]

    def invite_member(self, page) -> str:
        page.goto(self.url("/console/users/invites/new/"))
        page.fill("[name=display_name]", "赵敏")
        page.check("[name=roles][value=member]")
        page.click("form.card button.primary")
        return page.inner_text("#invite-link").strip()

    def create_key(self, page) -> str:
        page.goto(self.url("/console/api-keys/new/"))
        if "/login/again" in page.url:
            page.fill("[name=password]", PASSWORD)
            page.click("form button.primary")
        page.fill("[name=name]", "统计系统")
        page.check("[name=scopes][value='news.read']")
        page.click("form.stack button.primary")
        return page.inner_text("#api-key").strip()


def one_time_code(secret: str) -> str:
    from base64 import b32decode

    return f"{totp(b32decode(secret + '=' * (-len(secret) % 8))):06d}"


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (640, 360), (178, 34, 34)).save(content, "PNG")
    return content.getvalue()


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
    story = Story(browser, port)
    staff = story.window()
    story.sign_up(staff)
    story.accept_invite(staff, "lixiaoming")
    story.set_up_second_factor(staff)
    story.switch_on_news(staff)
    article = story.publish(staff)
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
