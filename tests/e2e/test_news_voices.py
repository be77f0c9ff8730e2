"""Below an article in a real browser: liking, commenting and answering without a page load, and loading more."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.kernel.clock import now
from modules.news.models import Comment, Reaction
from modules.news.services.voices import write_comment
from tenants import modules
from tenants.context import platform_scope, tenant_scope
from tests.factories import PASSWORD, make_user
from tests.factories.news import ArticleFactory
from tests.support.server import live_server

from .conftest import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def article(fresh_tenant):
    """With twelve comments of a moderator."""
    with platform_scope():
        modules.set_module(tenant_id=fresh_tenant.id, code="news", is_on=True, actor=Actor.system())
    editor = make_user(fresh_tenant, "bianji", "editor", display_name="编辑")
    with tenant_scope(fresh_tenant):
        article = ArticleFactory(state="published", allows_comments=True)
        for number in range(4):
            write_comment(article_id=article.pk, text=f"旧评论{number}", actor=Actor.for_user(editor), at=now())
        Comment.objects.bulk_create(
            Comment(
                article=article, user=editor, author_name="编辑", text=f"评论{number}", state="shown", created_at=now()
            )
            for number in range(8)
        )
    return article


@pytest.fixture
def page(browser, fresh_tenant, article, tmp_path):
    """A member's phone on the article."""
    make_user(fresh_tenant, "chengyuan", "member", display_name="成员")
    with live_server(log=tmp_path / "web.log") as port:
        page = browser.new_context(viewport=PHONE, locale="zh-CN").new_page()
        page.set_default_timeout(10_000)
        page.problems = []
        page.on("console", lambda told: told.type == "error" and page.problems.append(told.text))
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(f"http://{fresh_tenant.host}:{port}/login/?next=/news/{article.pk}/")
        page.fill("[name=username]", "chengyuan")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url(f"**/news/{article.pk}/")
        yield page


def test_liking_commenting_answering_and_loading_more(page, fresh_tenant):
    page.evaluate("window.stays = true")
    page.click("#reactions button >> nth=0")
    page.wait_for_selector("#reactions [aria-pressed=true]")
    assert page.locator(".comment").count() == 10
    page.click("#more a")
    page.locator(".comment").nth(11).wait_for()
    assert page.locator(".comment").count() == 12
    assert page.locator("#more a").count() == 0
    page.fill("#comment-text", "我也说一句")
    page.click(".talk-form button")
    page.wait_for_selector(".comment >> text=我也说一句")
    assert page.locator(".comment >> nth=0").inner_text().count("待审核") == 1
    page.click(".comment >> nth=1 >> summary")
    page.fill(".comment >> nth=1 >> textarea", "回复一句")
    page.click(".comment >> nth=1 >> details button")
    page.wait_for_selector(".answers >> text=回复一句")
    assert page.evaluate("window.stays") and page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    with tenant_scope(fresh_tenant):
        assert Reaction.objects.count() == 1
        assert list(Comment.objects.filter(state="pending").order_by("id").values_list("text", flat=True)) == [
            "我也说一句",
            "回复一句",
        ]
    assert [told for told in page.problems if "Cross-Origin-Opener-Policy" not in told] == []
