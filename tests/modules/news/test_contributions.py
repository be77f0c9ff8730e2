"""A member writes up a case, it is returned, completed, approved; others copy it; its unit is credited."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.events.models import OutboxMessage
from jiceng.events.received import ReceivedEvent
from jiceng.kernel import module_settings
from jiceng.kernel.errors import Forbidden
from jiceng.kernel.registry import registry
from jiceng.notices.models import Entry
from jiceng.workflow import services as workflow
from jiceng.workflow.models import Assignment, AssignmentState, Case, Todo
from modules.news import errors, selectors, services
from modules.news.errors import contributions as refusals
from modules.news.handlers.contributions import tell_contributor
from modules.news.models import Article, ArticleTag, CaseOutline, Column
from modules.news.selectors import contributions as reads
from modules.news.selectors import contributions_library as shelf
from modules.news.services import contributing, contributions_exporting
from modules.news.services.contributions_text import changed, html_of, pictures_in, text_of
from tests.factories.news import MONDAY
from tests.files import samples
from tests.support import redis_keys

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
HOUR = timedelta(hours=1)
XSS = '<script>alert("探针")</script><b>粗</b>'


@pytest.fixture
def unit():
    return kit.make_unit("第一支部")


@pytest.fixture
def author(unit):
    """A member of 第一支部."""
    return kit.actor_of(kit.make_person("王芳", unit, login="wangfang"))


@pytest.fixture
def reviewer():
    return kit.actor_of(kit.make_person("审核", login="shenhe", roles=("reviewer", "member")))


def column(code="cases"):
    return Column.objects.get(code=code)


def words(**more):
    return {
        "title": "小院议事", "background": "停车难。", "practice": "一周一议。\n\n楼长召集。", "effect": "纠纷少了一半。",
        "tags": ["治理", "议事"], **more,
    }  # fmt: skip


def start(actor, code="cases", *, at=MONDAY, submits=False, **given):
    given = given or words()
    return contributing.start_contribution(column_id=column(code).pk, given=given, actor=actor, at=at, submits=submits)


def save(article, actor, *, at=MONDAY + HOUR, submits=False, version=None, **given):
    return contributing.save_contribution(
        article_id=article.pk, given=given, actor=actor, at=at, submits=submits, version=version
    )


def decide(deed, article, reviewer, **more):
    case = Case.objects.get(subject_id=str(article.pk), ended_at=None)
    waiting = Assignment.objects.get(case=case, state=AssignmentState.OPEN)
    deed(assignment_id=waiting.pk, actor=reviewer, at=MONDAY + 2 * HOUR, **more)
    if case.ended_at is None:
        case.refresh_from_db()
    contributing.tell_contributor(case_id=case.pk, at=MONDAY + 2 * HOUR)
    return Article.objects.get(pk=article.pk)


def told(actor):
    return list(
        Entry.objects.filter(user=actor.user, notice__category="news.contribution").values_list(
            "notice__title", "notice__text"
        )
    )


def test_the_whole_way(author, unit, reviewer, actors):
    article = start(author, **words(credited_unit=unit.pk))
    assert (article.state, article.contributor_id, article.author_name) == ("draft", author.user.pk, "王芳")
    assert (
        article.body
        == "<h2>背景</h2><p>停车难。</p><h2>做法</h2><p>一周一议。</p><p>楼长召集。</p><h2>成效</h2><p>纠纷少了一半。</p>"
    )
    contributing.submit_contribution(article_id=article.pk, actor=author, at=MONDAY + HOUR)
    assert OutboxMessage.objects.get(name="news.contribution.submitted").payload["article_id"] == str(article.pk)
    decide(workflow.return_case, article, reviewer, comment="请补充数字")
    mine = reads.get_mine(article_id=article.pk, actor=author)
    assert (mine.is_returned, mine.is_editable, mine.remark) == (True, True, "请补充数字")
    article = save(article, author, submits=True, **words(effect="纠纷由 20 起降到 10 起。", credited_unit=unit.pk))
    assert article.is_in_review and "20 起" in article.body
    assert not Todo.objects.filter(user=author.user, state="open").exists()
    published = decide(workflow.approve, article, reviewer)
    assert (published.is_published, told(author)) == (True, [("投稿已通过：小院议事", "")])
    assert [row.title for row in shelf.library(actor=actors.member, at=MONDAY + 3 * HOUR)] == ["小院议事"]
    assert reads.credits(actor=actors.secretary) == [reads.Credit("第一支部", 2026, 0, 1)]
    assert contributions_exporting.export_credits(actor=actors.secretary) == [(2026, "第一支部", 0, 1, 1)]


def test_what_is_refused_can_be_handed_in_again(author, reviewer):
    article = start(author, submits=True)
    article = decide(workflow.reject, article, reviewer, comment="与栏目无关")
    assert (article.state, told(author)) == ("draft", [("投稿未通过：小院议事", "审核意见：与栏目无关")])
    assert reads.get_mine(article_id=article.pk, actor=author).remark == "与栏目无关"
    assert save(article, author, submits=True, **words(title="小院议事（改）")).is_in_review


def test_the_end_of_a_review_is_heard_once(author, reviewer):
    article = start(author, submits=True)
    decide(workflow.approve, article, reviewer)
    Entry.objects.all().delete()
    case = Case.objects.get()
    event = ReceivedEvent(case.pk, "workflow.case.ended", {"case_id": str(case.pk)}, "", MONDAY)
    tell_contributor(event)
    assert told(author) == []
    Case.objects.update(workflow="news.other")
    tell_contributor(event)
    assert told(author) == []
    assert "modules.news.handlers.contributions.tell_contributor" in {
        handler for _module, handler in registry.listeners["workflow.case.ended"]
    }


def test_taking_it_back(author):
    article = start(author, submits=True)
    with pytest.raises(refusals.ContributionFixed):
        save(article, author, **words(title="偷改"))
    article = contributing.reclaim_contribution(article_id=article.pk, actor=author, at=MONDAY + HOUR)
    assert article.is_draft and not Case.objects.filter(ended_at=None).exists()
    with pytest.raises(refusals.NotUnderReview):
        contributing.reclaim_contribution(article_id=article.pk, actor=author, at=MONDAY + HOUR)
    contributing.delete_contribution(article_id=article.pk, actor=author, at=MONDAY + HOUR)
    assert not Article.objects.exists() and told(author) == []


def test_nobody_touches_what_others_write(author, actors):
    article = start(author)
    for actor in (actors.member, actors.editor):
        for deed in (
            lambda actor=actor: save(article, actor, **words(title="改")),
            lambda actor=actor: contributing.submit_contribution(article_id=article.pk, actor=actor, at=MONDAY),
            lambda actor=actor: contributing.reclaim_contribution(article_id=article.pk, actor=actor, at=MONDAY),
            lambda actor=actor: contributing.delete_contribution(article_id=article.pk, actor=actor, at=MONDAY),
            lambda actor=actor: reads.get_mine(article_id=article.pk, actor=actor),
        ):
            with pytest.raises(errors.ArticleMissing):
                deed()
    for actor in (actors.stranger, Actor.system()):
        with pytest.raises(Forbidden):
            start(actor)
    assert [row.title for row in Article.objects.all()] == ["小院议事"]
    assert reads.my_contributions(actor=actors.member).rows == []


def test_published_and_scheduled_ones_are_fixed(author, reviewer):
    article = start(author, submits=True)
    published = decide(workflow.approve, article, reviewer)
    for deed in (
        lambda: save(published, author, **words(title="改")),
        lambda: contributing.submit_contribution(article_id=article.pk, actor=author, at=MONDAY),
    ):
        with pytest.raises(refusals.ContributionFixed):
            deed()
    with pytest.raises(errors.NotDraft):
        contributing.delete_contribution(article_id=article.pk, actor=author, at=MONDAY)
    assert Article.objects.get().title == "小院议事"


def test_only_open_columns_and_own_units(author, unit):
    elsewhere = kit.make_unit("第二支部")
    for code in ("releases", "documents", "lessons"):
        with pytest.raises(refusals.ContributionsClosed):
            start(author, code)
    with pytest.raises(errors.ColumnMissing):
        contributing.start_contribution(column_id=unit.pk, given=words(), actor=author, at=MONDAY)
    with pytest.raises(errors.ArticleInvalid) as refused:
        start(author, **words(credited_unit=elsewhere.pk))
    assert [fault.pointer for fault in refused.value.fields] == ["/credited_unit"]
    assert not Article.objects.exists()
    article = start(author)
    Column.objects.filter(code="cases").update(takes_contributions=False)
    with pytest.raises(refusals.ContributionsClosed):
        contributing.submit_contribution(article_id=article.pk, actor=author, at=MONDAY)


def test_a_plain_column_may_take_contributions_too(author, reviewer):
    Column.objects.filter(code="releases").update(takes_contributions=True)
    article = start(author, "releases", submits=True, title="一线见闻", text="第一段\n\n第二段")
    published = decide(workflow.approve, article, reviewer)
    assert (published.is_published, published.body) == (True, "<p>第一段</p><p>第二段</p>")
    assert reads.credits(actor=Actor.system()) == []


BAD = [
    ("title", "", "/title"), ("title", "长" * 101, "/title"), ("summary", "长" * 201, "/summary"), ("background", "\x00", "/background"),
    ("tags", ["一", "二", "三", "四", "五", "六"], "/tags"), ("tags", ["长" * 21], "/tags"), ("tags", ["\x00"], "/tags"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value", "pointer"), BAD, ids=[f"{name}-{number}" for number, (name, _v, _p) in enumerate(BAD)]
)
def test_faults_are_named_by_what_was_typed(name, value, pointer, author):
    with pytest.raises(errors.ArticleInvalid) as refused:
        start(author, **words(**{name: value}))
    assert [fault.pointer for fault in refused.value.fields] == [pointer]
    assert not Article.objects.exists()


def test_a_case_without_its_parts_is_not_submitted(author):
    with pytest.raises(errors.ArticleInvalid) as refused:
        start(author, submits=True, **words(practice=" ", effect=""))
    assert [fault.pointer for fault in refused.value.fields] == ["/practice", "/effect"]
    with pytest.raises(errors.EmptyBody):
        start(author, "achievements", submits=True, title="空", text="")
    assert not Article.objects.exists()


def test_sensitive_words_stop_a_submission(author):
    module_settings.write("news", {"sensitive_words": ("禁语",)}, expected_version=0, changed_by="书记")
    redis_keys.forget()
    article = start(author, **words(title="含禁语"))
    with pytest.raises(errors.SensitiveWords) as refused:
        contributing.submit_contribution(article_id=article.pk, actor=author, at=MONDAY)
    assert [fault.pointer for fault in refused.value.fields] == ["/title"]
    assert Article.objects.get().is_draft


def test_what_is_typed_stays_words(author):
    article = start(author, "achievements", title=XSS, text=f"{XSS}\n\n第二段\n同一段")
    assert (
        article.body == '<p>&lt;script&gt;alert("探针")&lt;/script&gt;&lt;b&gt;粗&lt;/b&gt;</p><p>第二段<br>同一段</p>'
    )
    assert text_of(article.body) == f"{XSS}\n\n第二段\n同一段"


def test_plain_fields_lose_no_layout():
    rich = '<h3>小标题</h3><ul><li>一</li><li>二</li></ul><p><img src="/files/01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a11/original" alt=""></p>'
    assert changed(rich, text_of(rich)) == rich
    assert changed(rich, "另写") == html_of("另写", pictures_in(rich))
    assert changed(rich, text_of(rich), []) == "<p>小标题</p><p>一</p><p>二</p>"


def test_a_case_is_copied_into_a_draft_of_ones_own(author, unit, reviewer, actors):
    source = decide(workflow.approve, start(author, submits=True, **words(credited_unit=unit.pk)), reviewer)
    copy = contributing.copy_case(article_id=source.pk, actor=actors.member, at=MONDAY + 3 * HOUR)
    outline = CaseOutline.objects.get(pk=copy.pk)
    assert (copy.title, copy.state, copy.contributor_id, outline.copied_from_id) == (
        "参照《小院议事》", "draft", actors.member.user.pk, source.pk,
    )  # fmt: skip
    assert (outline.practice, reads.tags_of(copy), copy.credited_unit) == (
        "<p>一周一议。</p><p>楼长召集。</p>",
        ["治理", "议事"],
        None,
    )
    for about, refused in (
        (copy, errors.ArticleMissing),
        (kit.publish(kit.write(at=MONDAY), at=MONDAY), refusals.NotACase),
    ):
        with pytest.raises(refused):
            contributing.copy_case(article_id=about.pk, actor=author, at=MONDAY)
    services.withdraw_article(article_id=source.pk, reason="", actor=actors.secretary, at=MONDAY + 4 * HOUR)
    with pytest.raises(errors.ArticleWithdrawn):
        contributing.copy_case(article_id=source.pk, actor=actors.member, at=MONDAY)
    assert CaseOutline.objects.filter(copied_from=source).count() == 1


def test_the_library_is_narrowed_by_word_tag_and_unit(author, unit, actors):
    other = kit.make_unit("第二支部")
    for number, (tags, credited) in enumerate(((["治理"], unit), (["服务"], other), (["治理", "服务"], other))):
        details = {
            "background": f"<p>背景{number}</p>", "practice": "<p>做</p>", "effect": "<p>好</p>", "tags": tags,
            "credited_unit": str(credited.pk),
        }  # fmt: skip
        kit.publish(
            kit.write(column="cases", title=f"案例{number}", details=details, at=MONDAY), at=MONDAY + number * HOUR
        )
    found = shelf.library(actor=actors.member, at=MONDAY + 9 * HOUR)

    def titles(**criteria):
        return [row.title for row in shelf.page_of_cases(shelf.narrowed(found, **criteria)).rows]

    assert titles() == ["案例2", "案例1", "案例0"]
    assert titles(tag="治理") == ["案例2", "案例0"]
    assert titles(tag="治理", unit=str(unit.pk)) == ["案例0"]
    assert titles(words="背景1") == ["案例1"] and titles(unit="x") == titles(tag="治") == []
    assert shelf.tags_in(found) == ["服务", "治理"]
    assert {row.name for row in shelf.units_in(found)} == {"第一支部", "第二支部"}
    assert not shelf.library(actor=actors.stranger, at=MONDAY + 9 * HOUR).exists()


def test_credit_stays_within_the_readers_subtree(author, unit, actors):
    kit.publish(kit.write(column="achievements", details={"credited_unit": str(unit.pk)}, at=MONDAY), at=MONDAY)
    other = kit.make_unit("第二支部")
    writer = kit.make_person("编辑乙", other, login="bianjiyi")
    kit.give(writer.user, "editor", other)
    assert reads.credits(actor=kit.actor_of(writer)) == []
    assert [row.unit for row in reads.credits(actor=actors.editor)] == ["第一支部"]


# --- The editor's side ------------------------------------------------------------------------------------------------
def test_editors_and_programs_give_details(unit, actors):
    article = kit.write(
        column="achievements", actor=actors.editor, details={"tags": ["甲", "乙", "甲"], "credited_unit": str(unit.pk)}
    )
    assert (reads.tags_of(article), article.credited_unit) == (["乙", "甲"], unit)
    services.update_article(article_id=article.pk, fields={"details": {"tags": []}}, actor=actors.editor, at=MONDAY)
    article = selectors.get_managed(article_id=article.pk, actor=actors.editor)
    assert (reads.tags_of(article), article.credited_unit, ArticleTag.objects.count()) == ([], unit, 0)


BAD_DETAILS = [
    ("achievements", {"tags": "甲"}, "/details/tags"), ("achievements", {"tags": [1]}, "/details/tags"),
    ("achievements", {"credited_unit": "x"}, "/details/credited_unit"), ("achievements", {"background": "x"}, "/details/background"),
    ("achievements", {"credited_unit": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a11"}, "/details/credited_unit"),
    ("cases", {"effect": "长" * 60_001}, "/details/effect"), ("cases", {"film": 1}, "/details/film"),
    ("cases", {"practice": '<img src="/files/01933f4e-7c1a-7b52-9d3e-0f6f5f0c2a11/original">'}, "/details/practice"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "details", "pointer"), BAD_DETAILS, ids=[f"{row[2]}-{number}" for number, row in enumerate(BAD_DETAILS)]
)
def test_bad_details_are_refused(code, details, pointer, actors):
    with pytest.raises(errors.ArticleInvalid) as refused:
        kit.write(column=code, actor=actors.editor, details=details)
    assert [fault.pointer for fault in refused.value.fields] == [pointer]


def test_parts_that_are_not_given_stay(actors):
    given = {"background": "<h3>起因</h3><p>一</p>", "practice": "<p>二</p>", "effect": "<p>三</p>"}
    article = kit.write(column="cases", actor=actors.editor, details=given)
    services.update_article(
        article_id=article.pk, fields={"details": {"effect": "<p>四</p>"}}, actor=actors.editor, at=MONDAY
    )
    assert (
        Article.objects.get().body == "<h2>背景</h2><h3>起因</h3><p>一</p><h2>做法</h2><p>二</p><h2>成效</h2><p>四</p>"
    )


# --- Pages ------------------------------------------------------------------------------------------------------------
def page_of(browser, hongqi, actor):
    client = browser(hongqi)
    client.login_as(actor.user)
    return client


def test_the_phone_writes_keeps_pictures_and_submits(browser, hongqi, author, unit, reviewer, actors):
    client = page_of(browser, hongqi, author)
    listed = client.get("/news/contribute/").content.decode()
    assert "好案例" in listed and "还没有投过稿" in listed
    place = f"/news/contribute/new/{column().pk}/"
    empty = client.get(place).content.decode()
    assert "第一支部" in empty and "已有图片" not in empty
    typed = {
        **words(),
        "tags": "治理，议事",
        "credited_unit": str(unit.pk),
        "uploads": [samples.upload(f"{n}.jpg", samples.picture()) for n in "ab"],
    }
    made = client.post(place, typed)
    article = Article.objects.get()
    one = f"/news/contribute/{article.pk}/"
    assert made["Location"] == one == contributing.contribution_url(article)
    pictures = pictures_in(article.body)
    assert len(pictures) == 2 and article.body.index("<img") > article.body.index("做法")
    form = client.get(one).content.decode()
    assert f"/files/{pictures[0]}/thumb" in form and "楼长召集。" in form and "治理 议事" in form
    assert client.get(f"/files/{pictures[0]}/original").status_code == 200
    again = {
        **words(title="小院议事二"),
        "tags": "治理",
        "pictures": [pictures[1]],
        "version": article.version,
        "submits": "1",
    }
    assert client.post(one, again)["Location"] == "/news/contribute/"
    article.refresh_from_db()
    assert (article.title, article.is_in_review, pictures_in(article.body)) == ("小院议事二", True, [pictures[1]])
    assert "取回修改" in client.get(one).content.decode()
    assert client.post(f"{one}reclaim/").status_code == 302
    stale = client.post(one, {**again, "version": "1"})
    assert stale.status_code == 409 and "小院议事二" in stale.content.decode()
    many = client.post(
        one, {**again, "version": "", "uploads": [samples.upload(f"{n}.jpg", samples.picture()) for n in range(9)]}
    )
    assert many.status_code == 422 and "图片最多 9 张" in many.content.decode()
    bad = client.post(one, {**again, "version": "", "uploads": [samples.upload("a.png", samples.HTML)]})
    assert bad.status_code == 422
    assert client.post(f"{one}delete/").status_code == 302 and not Article.objects.exists()


def test_pages_show_state_remark_and_credit(browser, hongqi, author, unit, reviewer, actors):
    article = start(author, submits=True, **words(credited_unit=unit.pk))
    decide(workflow.return_case, article, reviewer, comment="请补充数字")
    client = page_of(browser, hongqi, author)
    assert "已退回，待修改" in client.get("/news/contribute/").content.decode()
    assert "请补充数字" in client.get(f"/news/contribute/{article.pk}/").content.decode()
    published = decide(workflow.approve, save(article, author, submits=True, **words(credited_unit=unit.pk)), reviewer)
    member = browser(hongqi, "member")
    shown = member.get(f"/news/{published.pk}/").content.decode()
    assert "第一支部" in shown and "王芳" in shown and "用作模板" in shown
    assert "小院议事" in member.get("/news/cases/", {"tag": "治理", "unit": str(unit.pk), "q": "停车"}).content.decode()
    assert "没有找到相关案例" in member.get("/news/cases/", {"tag": "无", "cursor": "x"}).content.decode()
    copied = member.post(f"/news/cases/{published.pk}/copy/")
    assert "参照《小院议事》" in member.get(copied["Location"]).content.decode()
    assert "已采用" in client.get(f"/news/contribute/{published.pk}/").content.decode()
    editor = browser(hongqi, "editor")
    assert "王芳" in editor.get(f"/console/news/{published.pk}/preview/").content.decode()
    assert "第一支部" in editor.get("/console/news/contributions/").content.decode()
    assert "2026,第一支部,0,1,1" in editor.get("/console/news/contributions/export/").content.decode()


def test_strangers_hand_nothing_in(browser, hongqi, author, dongfeng):
    article = start(author)
    for client, statuses in (
        (browser(hongqi, "stranger"), {403}),
        (browser(hongqi, "member"), {404}),
        (browser(dongfeng, "secretary"), {404}),
    ):
        for path in ("", "reclaim/", "delete/"):
            assert client.post(f"/news/contribute/{article.pk}/{path}", words()).status_code in statuses
    assert Article.objects.get().version == 1


def test_the_editor_form_keeps_layout_and_changes_what_was_typed(browser, hongqi, unit, actors):
    given = {"background": "<h3>起因</h3><p>一</p>", "practice": "<p>二</p>", "effect": "<p>三</p>", "tags": ["甲"]}
    article = kit.write(column="cases", actor=actors.editor, details=given)
    client, place = browser(hongqi, "editor"), f"/console/news/{article.pk}/"
    assert "正文由背景、做法、成效三部分组成" in client.get(place).content.decode()
    saved = client.post(place, {
        "title": article.title, "column": "cases", "body": "", "level": "internal", "version": article.version, "is_open": "on",
        "audience-everyone": "on", "details-background": "起因\n\n一", "details-practice": "另做", "details-effect": "三",
        "details-tags": "甲 乙", "details-credited_unit": str(unit.pk),
    })  # fmt: skip
    assert saved.status_code == 302
    article.refresh_from_db()
    assert article.body == "<h2>背景</h2><h3>起因</h3><p>一</p><h2>做法</h2><p>另做</p><h2>成效</h2><p>三</p>"
    assert (reads.tags_of(article), article.credited_unit) == (["乙", "甲"], unit)


@pytest.mark.parametrize("path", ["/news/contribute/", "/news/cases/", "/console/news/contributions/"])
def test_three_cost_no_more_queries_than_one(path, browser, hongqi, author, reviewer, unit):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    author.user.refresh_from_db()
    kit.give(author.user, "editor")
    client, counts = page_of(browser, hongqi, author), []
    for number in (1, 2):
        for each in range(number):
            start(author)
            article = start(author, submits=True, **words(title=f"第{number}{each}篇", credited_unit=unit.pk))
            decide(workflow.approve, article, reviewer)
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]
