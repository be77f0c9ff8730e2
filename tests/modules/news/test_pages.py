"""The phone: what members see, and what nobody sees."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.files.services import store_attachment
from jiceng.kernel import module_settings
from jiceng.kernel.clock import now
from modules.news import services
from modules.news.models import Article, ReadReceipt
from tenants.context import tenant_scope
from tests.factories.news import ArticleFactory
from tests.files import samples
from tests.support import redis_keys


@pytest.fixture
def write(hongqi):
    """``write(state="published")``: an article of 红旗社区."""

    def make(**facts):
        with tenant_scope(hongqi):
            return ArticleFactory(**facts)

    return make


def titles(response):
    return re.findall(r"<h3>(.*?)</h3>", response.content.decode())


def test_the_list_shows_published_articles_latest_and_pinned_first(browser, hongqi, write):
    for title, facts in {
        "旧闻": {}, "新闻": {}, "要闻": {"is_pinned": True}, "草稿": {"state": "draft"}, "撤回": {"state": "withdrawn"},
    }.items():  # fmt: skip
        write(**{"title": title, "state": "published", **facts})
    page = browser(hongqi, "member").get("/news/")
    assert (page.status_code, titles(page)) == (200, ["要闻", "新闻", "旧闻"])


def test_tabs_and_words_narrow_the_list(browser, hongqi, write):
    write(title="植树通知", column="bulletins", state="published")
    write(title="要闻一则", state="published", summary="百分之一%的人")
    client = browser(hongqi, "member")
    assert titles(client.get("/news/?column=bulletins")) == ["植树通知"]
    assert titles(client.get("/news/", {"q": "要闻 一则"})) == ["要闻一则"]
    assert titles(client.get("/news/", {"q": "%"})) == ["要闻一则"]
    nothing = client.get("/news/", {"q": "<script>没有"})
    assert "没有找到相关文章" in nothing.content.decode() and "<script>没" not in nothing.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "?cursor=x",
        "?cursor=%00",
        "?column=%00",
        "?cursor=0190a5d2-7c11-7b3e-8a55-1f0c5f9e2d11",
        "?q=" + "a" * 5000,
        "?q=%ED%A0%80",
        "?column=" + "x" * 999,
    ],
)
def test_strange_queries_are_answered_calmly(query, browser, hongqi, write):
    write(state="published")
    assert browser(hongqi, "member").get(f"/news/{query}").status_code == 200


def test_more_is_loaded_until_the_end_each_article_once(browser, hongqi, write):
    for number in range(23):
        write(title=f"第{number}篇", state="published", is_pinned=number == 4)
    client, url, seen = browser(hongqi, "member"), "/news/", []
    while url:
        page = client.get(url, headers={"HX-Request": "true"})
        assert "<html" not in page.content.decode()
        seen += titles(page)
        more = re.search(r'href="(\?cursor=[^"]+)"', page.content.decode())
        url = f"/news/{more[1]}" if more else ""
    assert seen == ["第4篇"] + [f"第{number}篇" for number in range(22, -1, -1) if number != 4]


def test_opening_an_article_is_reading_it_once(browser, hongqi, write, people):
    article = write(title="开到家门口", state="published", body="<p>入冬以来</p>")
    client = browser(hongqi, "member")
    assert "未读" in client.get("/news/").content.decode()
    assert client.head(f"/news/{article.pk}/").status_code == 200
    with tenant_scope(hongqi):
        assert not ReadReceipt.objects.exists()
    for _again in range(2):
        page = client.get(f"/news/{article.pk}/")
        assert (page.status_code, "<p>入冬以来</p>" in page.content.decode()) == (200, True)
    with tenant_scope(hongqi):
        assert list(ReadReceipt.objects.values_list("user_id", flat=True)) == [people(hongqi).member.pk]
    assert "未读" not in client.get("/news/").content.decode()


def test_a_withdrawn_link_shows_nothing(browser, hongqi, write):
    article = write(title="金丝雀标题", body="<p>金丝雀正文</p>", state="withdrawn")
    for who in ("member", "editor", "secretary"):
        page = browser(hongqi, who).get(f"/news/{article.pk}/")
        assert (page.status_code, "金丝雀" in page.content.decode()) == (410, False)
        assert "已撤回" in page.content.decode()
    with tenant_scope(hongqi):
        assert not ReadReceipt.objects.exists()


def test_a_draft_is_nobodys_on_the_phone(browser, hongqi, write):
    article = write(title="金丝雀", state="draft")
    for who in ("member", "editor"):
        page = browser(hongqi, who).get(f"/news/{article.pk}/")
        assert (page.status_code, "金丝雀" in page.content.decode()) == (404, False)


def test_visitors_are_sent_to_log_in_and_strangers_away(browser, hongqi, write):
    article = write(title="金丝雀", state="published")
    for path in ("/news/", f"/news/{article.pk}/"):
        assert browser(hongqi).get(path).headers["Location"].startswith("/login/")
        refused = browser(hongqi, "stranger").get(path)
        assert (refused.status_code, "金丝雀" in refused.content.decode()) == (403, False)


def test_another_tenants_article_does_not_exist(browser, hongqi, dongfeng, write):
    article = write(title="金丝雀", state="published")
    client = browser(dongfeng, "secretary")
    for path in (f"/news/{article.pk}/", f"/console/news/{article.pk}/", f"/console/news/{article.pk}/preview/"):
        page = client.get(path)
        assert (page.status_code, "金丝雀" in page.content.decode()) == (404, False)
    assert "金丝雀" not in client.get("/news/").content.decode() + client.get("/").content.decode()


def test_the_home_page_has_the_latest(browser, hongqi, write):
    write(title="要闻一则", state="published")
    page = browser(hongqi, "member").get("/")
    assert titles(page)[-1:] == ["要闻一则"]  # below the card of one's next step


def test_empty_states_and_modes(browser, hongqi):
    client = browser(hongqi, "member")
    assert "还没有文章" in client.get("/news/").content.decode()
    client.cookies["jc_mode"], client.cookies["jc_theme"] = "care", "dark"
    page = client.get("/news/").content.decode()
    assert 'data-mode="care"' in page and 'data-theme="dark"' in page


def test_read_counts_can_be_hidden(browser, hongqi, write):
    article = write(state="published")
    client = browser(hongqi, "member")
    assert "阅读</span>" in client.get(f"/news/{article.pk}/").content.decode()
    with tenant_scope(hongqi):
        module_settings.write("news", {"show_read_count": False}, expected_version=0, changed_by="书记")
        redis_keys.forget()
    assert "阅读</span>" not in client.get(f"/news/{article.pk}/").content.decode()


@pytest.mark.parametrize("path", ["/news/", "/console/news/", "/console/news/columns/", "/"])
def test_three_articles_cost_no_more_queries_than_one(path, browser, hongqi, write, people):
    client = browser(hongqi, "secretary")

    def count():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    write(state="published")
    client.get(path)
    one = count()
    write(state="published", column="bulletins")
    write(state="published", is_pinned=True)
    assert count() == one


def test_pages_carry_no_inline_script_or_style(browser, hongqi, write):
    article = write(state="published", body="<p style='color:red' onclick='x()'>字</p>")
    client = browser(hongqi, "secretary")
    for path in ("/news/", f"/news/{article.pk}/", "/console/news/", "/console/news/new/", f"/console/news/{article.pk}/",
                 f"/console/news/{article.pk}/preview/", f"/console/news/{article.pk}/readers/",
                 f"/console/news/{article.pk}/history/", "/console/news/columns/"):  # fmt: skip
        page = client.get(path)
        html = page.content.decode()
        assert page.status_code == 200, path
        assert not re.search(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son\w+=|javascript:", html), path
        assert len(html.encode()) < 80_000


# --- The whole way of an article, as its editor goes it ------------------------------------------------------------------
def test_an_article_is_written_published_read_and_withdrawn(browser, hongqi, people):
    editor, member = browser(hongqi, "editor"), browser(hongqi, "member")
    picture = editor.post("/console/news/images/", {"image": samples.upload("a.jpg", samples.picture())})
    assert picture.status_code == 201
    inside = picture.json()["url"]
    written = editor.post("/console/news/new/", {
        "title": "把窗口搬到家门口", "column": "releases", "summary": "", "body": f'<p>正文</p><img src="{inside}">',
        "cover_upload": samples.upload("封面.png", samples.picture(fmt="PNG")),
        "attachment_uploads": [samples.upload("清单.pdf", samples.pdf()), samples.upload("b.jpg", samples.picture())],
    })  # fmt: skip
    assert written.status_code == 302
    with tenant_scope(hongqi):
        article = Article.objects.get()
    place = f"/console/news/{article.pk}/"
    assert written.headers["Location"] == place
    cover, thumb = f"/files/{article.cover_id}/cover", f"/files/{article.cover_id}/thumb"
    assert [member.get(url).status_code for url in (cover, thumb, inside)] == [404, 404, 404]
    for path in ("", "preview/", "publish/", "delete/"):
        assert editor.get(f"{place}{path}").status_code == 200
    assert editor.post(f"{place}publish/").status_code == 302
    page = member.get(f"/news/{article.pk}/").content.decode()
    assert cover in page and inside in page and "清单.pdf" in page
    assert thumb in member.get("/news/").content.decode()
    assert [member.get(url).status_code for url in (cover, thumb, inside)] == [200, 200, 200]
    readers = editor.get(f"{place}readers/").content.decode()
    assert "成员" in readers and "<svg" in readers and "名单外读者 1" in readers
    assert editor.get(f"{place}withdraw/").status_code == 200
    assert editor.post(f"{place}withdraw/", {"reason": "有误"}).status_code == 302
    assert [member.get(url).status_code for url in (f"/news/{article.pk}/", cover, inside)] == [410, 404, 404]


def test_the_editor_form_keeps_what_was_typed_and_names_faults(browser, hongqi):
    client = browser(hongqi, "editor")
    page = client.post("/console/news/new/", {
        "title": "", "column": "releases", "body": "已写的正文",
        "cover_upload": samples.upload("a.png", samples.HTML),
    })  # fmt: skip
    html = page.content.decode()
    assert page.status_code == 422 and "已写的正文" in html
    named = client.post("/console/news/new/", {
        "title": "题", "column": "releases", "cover_upload": samples.upload("a.png", samples.EXE),
    })  # fmt: skip
    assert named.status_code == 422 and "文件内容与扩展名不符" in named.content.decode()
    with tenant_scope(hongqi):
        assert not Article.objects.exists()


@pytest.mark.parametrize(("field", "value"), [
    ("title", "长" * 101), ("title", "\u200b"), ("title", "a\x00b"), ("column", "nowhere"), ("summary", "长" * 201),
    ("body", "字" * 200_001),
])  # fmt: skip
def test_bad_input_comes_back_with_the_form(field, value, browser, hongqi):
    data = {"title": "标题", "column": "releases", "body": "正文", field: value}
    page = browser(hongqi, "editor").post("/console/news/new/", data)
    assert page.status_code == 422 and 'aria-invalid="true"' in page.content.decode()
    with tenant_scope(hongqi):
        assert not Article.objects.exists()


def test_half_characters_cannot_be_smuggled_in(browser, hongqi):
    page = browser(hongqi, "editor").post(
        "/console/news/new/",
        "title=a%ED%A0%80b&column=releases&body=x",
        content_type="application/x-www-form-urlencoded",
    )
    assert page.status_code in (302, 422)
    with tenant_scope(hongqi):
        assert [article.title for article in Article.objects.all()] in ([], ["a\ufffd\ufffd\ufffdb"])


def test_two_editors_of_one_article(browser, hongqi, write):
    article = write(title="原题")
    first = {"title": "甲改", "column": "releases", "body": "甲", "version": "1"}
    place = f"/console/news/{article.pk}/"
    assert browser(hongqi, "editor").post(place, first).status_code == 302
    late = browser(hongqi, "secretary").post(place, {**first, "title": "乙改", "body": "乙的心血"})
    assert late.status_code == 409
    assert "已被他人修改" in late.content.decode() and "乙的心血" in late.content.decode()
    with tenant_scope(hongqi):
        assert Article.objects.get().title == "甲改"


def test_the_console_list_filters(browser, hongqi, write):
    write(title="已发布的", state="published")
    write(title="还是草稿", column="bulletins")
    client = browser(hongqi, "editor")
    for query, shown in {
        "": {"已发布的", "还是草稿"}, "?state=draft": {"还是草稿"}, "?column=releases": {"已发布的"}, "?q=草": {"还是草稿"},
        "?state=nonsense": {"已发布的", "还是草稿"}, "?q=没有的": set(),
    }.items():  # fmt: skip
        html = client.get(f"/console/news/{query}").content.decode()
        assert {title for title in ("已发布的", "还是草稿") if title in html} == shown


def test_columns_are_kept_in_the_console(browser, hongqi):
    client = browser(hongqi, "editor")
    assert client.post("/console/news/columns/", {"name": "工会之家"}).status_code == 302
    assert "工会之家" in client.get("/console/news/columns/").content.decode()
    taken = client.post("/console/news/columns/", {"name": "工会之家"})
    assert taken.status_code == 409 and "已有同名" in taken.content.decode()
    with tenant_scope(hongqi):
        from modules.news.models import Column

        column = Column.objects.get(name="工会之家")
    place = f"/console/news/columns/{column.pk}/"
    assert client.post(place, {"name": "职工之家", "order": "1", "is_active": "on"}).status_code == 302
    assert "职工之家" in client.get(place).content.decode()
    assert client.post(f"{place}delete/").status_code == 302
    assert "职工之家" not in client.get("/console/news/columns/").content.decode()


def test_every_deed_can_be_traced(browser, hongqi, write):
    article = write(title="原题", body="<p>原文</p>", state="published")
    place = f"/console/news/{article.pk}/"
    changed = {"title": "新题", "column": "bulletins", "body": "<p>新文</p>", "is_pinned": "on", "version": "2"}
    assert browser(hongqi, "editor").post(place, changed).status_code == 302
    assert browser(hongqi, "secretary").post(f"{place}withdraw/", {"reason": "数据有误"}).status_code == 302
    html = browser(hongqi, "editor").get(f"{place}history/").content.decode()
    assert re.findall(r"<h2>([^<]+ · [^<]+)</h2>", html) == [
        "撤回 · 书记",
        "更正 · 编辑",
        "发布 · 系统",
        "写成草稿 · 系统",
    ]
    for words in ("原题", "新题", "原文", "新文", "数据有误", "已撤回"):
        assert words in html
    assert browser(hongqi, "editor").get(f"{place}history/?cursor=x").status_code == 400


def test_reading_figures_count_by_local_day(hongqi, people, write):
    from jiceng.access.actor import Actor
    from modules.news import selectors, services

    article = write(state="published")
    with tenant_scope(hongqi):
        evening = article.published_at.replace(hour=15, minute=30)  # 23:30 in Shanghai
        for number, name in enumerate(("member", "editor")):
            actor = Actor.for_user(getattr(people(hongqi), name))
            services.mark_read(article=article, actor=actor, at=evening + timedelta(hours=number))
        figures = selectors.reading_figures(article=article, at=evening + timedelta(days=1))
    assert (figures.guest_count, [count for _day, count in figures.daily]) == (2, [1, 1])


def test_pasting_keeps_structure_and_says_what_is_missing(client_for, login, hongqi, people):
    desk = login(client_for(hongqi), people(hongqi).editor)
    pasted = "<section><h1>标题</h1><p style='font-weight:bold'>正文</p><img src='https://mmbiz.qpic.cn/1'><script>1</script></section>"
    answer = desk.post("/console/news/paste/", {"html": pasted}).json()
    assert answer["html"].startswith("<h2>标题</h2>")
    assert "script" not in answer["html"]
    assert (answer["dropped"], "1 张图片" in answer["message"]) == (1, True)
    assert login(client_for(hongqi), people(hongqi).member).post("/console/news/paste/", {"html": "x"}).status_code in (
        403,
        404,
    )


def test_attachments_are_shown_where_they_can_be(client_for, login, hongqi, people):
    editor = Actor.for_user(people(hongqi).editor)
    uploads = {"现场.mp4": samples.movie(), "合影.jpg": samples.picture(), "名单.txt": "名单".encode()}
    with tenant_scope(hongqi):
        files = [
            store_attachment(upload=samples.upload(name, content), actor=editor).pk for name, content in uploads.items()
        ]
        fields = {"column": "releases", "title": "附件", "body": "<p>见附件</p>", "attachment_ids": files}
        article = services.create_article(fields=fields, actor=editor, at=now())
        services.publish_article(article_id=article.pk, actor=Actor.system(), at=now())
    page = login(client_for(hongqi), people(hongqi).member).get(f"/news/{article.pk}/").content.decode()
    assert page.count("<video controls") == 1
    assert f"/files/{files[1]}/cover" in page
    assert f"/files/{files[2]}/cover" not in page
