"""An agency that signs up in a browser, and what its people do there."""

from __future__ import annotations

import io
import re
from base64 import b32decode

from django.conf import settings
from django_otp.oath import totp
from PIL import Image

from tenants import directory
from tenants.context import platform_scope
from tenants.models import Tenant
from tests.factories import PASSWORD
from tests.support.tenants import remove

from .conftest import DESK


def remove_tenant(slug: str) -> None:
    with platform_scope():
        tenant = Tenant.objects.filter(slug=slug).first()
    if tenant:
        remove(directory.get(tenant.id))


class Story:
    """The people of the story, each with a browser window of their own."""

    def __init__(self, browser, port: int, *, slug: str, name: str, credit_code: str) -> None:
        self.browser, self.port, self.slug, self.name, self.credit_code = browser, port, slug, name, credit_code
        self.host = f"{slug}.{settings.BASE_DOMAIN}:{port}"
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
        page.fill("[name=organisation]", self.name)
        page.select_option("[name=kind]", "service_centre")
        page.fill("[name=credit_code]", self.credit_code)
        page.fill("[name=slug]", self.slug)
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

    def publish(self, page, title: str, words: str) -> str:
        """A notice with a picture; returns its id."""
        page.goto(self.url("/console/news/new/"))
        page.fill("[name=title]", title)
        editor = page.locator("[contenteditable=true]")
        if editor.count():
            editor.first.click()
            page.keyboard.type(words)
        else:
            page.fill("[name=body]", words)
        page.set_input_files("[name=cover_upload]", {"name": "窗口.png", "mimeType": "image/png", "buffer": picture()})
        page.click("form .actions button.primary")
        page.wait_for_url(re.compile(r"/console/news/[0-9a-f-]{36}/"))
        page.click("a.primary:has-text('发布')")
        page.click("form button.primary")
        page.goto(self.url("/console/news/"))
        link = page.locator(f"a:has-text('{title}')").first.get_attribute("href")
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
    return f"{totp(b32decode(secret + '=' * (-len(secret) % 8))):06d}"


def picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (640, 360), (178, 34, 34)).save(content, "PNG")
    return content.getvalue()
