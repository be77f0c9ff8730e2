"""Comments wait, are shown, hidden and taken back; nobody sees or decides more than is theirs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from jiceng.audit.models import AuditEntry
from jiceng.kernel import module_settings
from jiceng.kernel.errors import Forbidden
from jiceng.notices.models import Entry
from modules.news import errors, services
from modules.news.errors import voices as refusals
from modules.news.models import Comment, CommentState
from modules.news.selectors import voices as reads
from modules.news.services import voices
from tenants.context import tenant_scope
from tests.factories.news import MONDAY
from tests.support import redis_keys

from . import kit

HOUR = timedelta(hours=1)
XSS = '<script>alert("探针")</script><img src=x onerror=alert(1)>'


def settle(**values):
    module_settings.write("news", values, expected_version=0, changed_by="书记")
    redis_keys.forget()


@pytest.fixture
def article(in_hongqi, actors):
    return kit.publish(kit.write(allows_comments=True, at=MONDAY), at=MONDAY)


def say(article, actor, text="说得好。", at=MONDAY + HOUR, **more):
    return voices.write_comment(article_id=article.pk, text=text, actor=actor, at=at, **more)


def seen(article, actor):
    return [(comment.text, comment.is_legible) for comment in reads.comments(article, actor=actor).comments]


def test_a_comment_waits_until_a_moderator_shows_it(article, actors):
    comment = say(article, actors.member, "方便多了。")
    assert comment.state == CommentState.PENDING
    assert seen(article, actors.member) == seen(article, actors.editor) == [("方便多了。", True)]
    assert seen(article, actors.stranger) == []
    assert reads.talk(article, actor=actors.member, at=MONDAY + HOUR)["count"] == 0
    assert voices.approve_comments(comment_ids=[comment.pk], actor=actors.editor, at=MONDAY + HOUR) == 1
    assert voices.approve_comments(comment_ids=[comment.pk], actor=actors.editor, at=MONDAY + HOUR) == 0
    assert seen(article, actors.stranger) == [("方便多了。", True)]
    assert reads.talk(article, actor=actors.member, at=MONDAY + HOUR)["count"] == 1
    assert AuditEntry.objects.filter(action="news.comment.approved").count() == 1


def test_moderators_and_tenants_without_approval_do_not_wait(article, actors):
    assert say(article, actors.editor).state == CommentState.SHOWN
    settle(comments_need_approval=False)
    assert say(article, actors.member).state == CommentState.SHOWN


def test_the_author_is_kept_as_it_was_then(in_hongqi, article):
    unit = kit.make_unit("第一支部")
    person = kit.make_person("王芳", unit, login="wangfang")
    comment = say(article, kit.actor_of(person))
    assert (comment.author_name, comment.unit_name) == ("王芳", "第一支部")


def test_hiding_tells_the_author_why_and_nobody_else_reads_on(article, actors):
    comment = say(article, actors.editor, "跑题了")
    for _twice in range(2):
        voices.hide_comment(comment_id=comment.pk, reason="与文章无关", actor=actors.secretary, at=MONDAY + HOUR)
    assert seen(article, actors.member) == []
    assert seen(article, actors.editor) == [("跑题了", True)]
    told = Entry.objects.filter(notice__category="news.comment")
    assert list(told.values_list("user__display_name", "notice__text")) == [("编辑", "原因：与文章无关")]
    assert voices.approve_comments(comment_ids=[comment.pk], actor=actors.secretary, at=MONDAY + HOUR) == 1


def test_answers_are_one_level_deep_and_outlive_what_they_answer(article, actors):
    asked = say(article, actors.editor, "问")
    answer = say(article, actors.editor, "答", parent_id=asked.pk)
    assert [
        [row.text for row in comment.shown_answers] for comment in reads.comments(article, actor=actors.member).comments
    ] == [["答"]]
    for parent in (answer.pk, say(article, actors.member, "等待").pk, article.pk):
        with pytest.raises(refusals.CommentMissing):
            say(article, actors.editor, parent_id=parent)
    voices.delete_comment(comment_id=asked.pk, actor=actors.editor, at=MONDAY + HOUR)
    assert seen(article, actors.stranger) == [("问", False)]
    voices.delete_comment(comment_id=answer.pk, actor=actors.editor, at=MONDAY + HOUR)
    assert seen(article, actors.stranger) == []


def test_only_ones_own_words_are_taken_back(article, actors):
    comment = say(article, actors.editor)
    for actor in (actors.member, actors.secretary):
        with pytest.raises(refusals.CommentMissing):
            voices.delete_comment(comment_id=comment.pk, actor=actor, at=MONDAY + HOUR)
    assert Comment.objects.get().state == CommentState.SHOWN
    for _twice in range(2):
        voices.delete_comment(comment_id=comment.pk, actor=actors.editor, at=MONDAY + HOUR)
    assert AuditEntry.objects.filter(action="news.comment.deleted").count() == 1
    assert voices.approve_comments(comment_ids=[comment.pk], actor=actors.secretary, at=MONDAY + HOUR) == 0
    with pytest.raises(refusals.CommentMissing):
        voices.hide_comment(comment_id=comment.pk, reason="晚了", actor=actors.secretary, at=MONDAY + HOUR)


@pytest.mark.parametrize("text", ["", " \n ", "长" * 501, "\x00"], ids=["empty", "blank", "long", "control"])
def test_bad_words_are_named(text, article, actors):
    with pytest.raises(refusals.CommentInvalid) as refused:
        say(article, actors.member, text)
    assert [fault.pointer for fault in refused.value.fields] == ["/text"]
    assert not Comment.objects.exists()


def test_sensitive_words_are_refused(article, actors):
    settle(sensitive_words=("禁语",))
    with pytest.raises(errors.SensitiveWords) as refused:
        say(article, actors.member, "含有禁 语的话")
    assert [fault.pointer for fault in refused.value.fields] == ["/text"]
    assert not Comment.objects.exists()


def test_closed_expired_withdrawn_and_foreign_articles_take_nothing(article, actors):
    silent = kit.publish(kit.write(allows_comments=False, at=MONDAY), at=MONDAY)
    expired = kit.publish(kit.write(allows_comments=True, expires_at=MONDAY + HOUR, at=MONDAY), at=MONDAY)
    draft = kit.write(allows_comments=True)
    for refused, about in (
        (refusals.CommentsClosed, silent),
        (refusals.CommentsClosed, expired),
        (errors.ArticleMissing, draft),
    ):
        with pytest.raises(refused):
            say(about, actors.editor)
    services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=MONDAY + HOUR)
    with pytest.raises(errors.ArticleWithdrawn):
        say(article, actors.member)
    assert not Comment.objects.exists()


def test_who_may_not_read_may_not_comment(in_hongqi, actors):
    unit, elsewhere = kit.make_unit("第一支部"), kit.make_unit("第二支部")
    inside, outside = kit.make_person("甲", unit, login="jiajia"), kit.make_person("乙", elsewhere, login="yiyi")
    given = {"clauses": [{"unit": str(unit.pk)}]}
    article = kit.publish(kit.write(allows_comments=True, audience=given, at=MONDAY), at=MONDAY)
    kit.deliver(article, at=MONDAY)
    with pytest.raises(errors.ArticleMissing):
        say(article, kit.actor_of(outside))
    with pytest.raises(errors.ArticleMissing):
        say(article, actors.stranger)
    assert not Comment.objects.exists()
    assert say(article, kit.actor_of(inside)).author_name == "甲"


def test_moderation_stays_within_its_subtree(in_hongqi, actors):
    unit, elsewhere = kit.make_unit("第一支部"), kit.make_unit("第二支部")
    moderator = kit.make_person("管理", elsewhere, login="guanli")
    kit.give(moderator.user, "editor", elsewhere)
    given = {"clauses": [{"unit": str(unit.pk)}, {"unit": str(elsewhere.pk)}]}
    article = kit.publish(kit.write(allows_comments=True, unit_id=unit.pk, audience=given, at=MONDAY), at=MONDAY)
    kit.deliver(article, at=MONDAY)
    own = kit.publish(kit.write(allows_comments=True, unit_id=elsewhere.pk, audience=given, at=MONDAY), at=MONDAY)
    kit.deliver(own, at=MONDAY)
    reader = kit.actor_of(kit.make_person("读者", unit, login="duzhe"))
    theirs, mine, actor = say(article, reader), say(own, reader, "本支部的"), kit.actor_of(moderator)
    assert [comment.pk for comment in reads.queue(actor=actor).comments] == [mine.pk]
    assert seen(article, actor) == []
    deeds = (
        lambda: voices.approve_comments(comment_ids=[mine.pk, theirs.pk], actor=actor, at=MONDAY + HOUR),
        lambda: voices.hide_comment(comment_id=theirs.pk, reason="越界", actor=actor, at=MONDAY + HOUR),
        lambda: reads.get_moderated(comment_id=theirs.pk, actor=actor),
    )
    for deed in deeds:
        with pytest.raises(refusals.CommentMissing):
            deed()
    assert set(Comment.objects.values_list("state", flat=True)) == {CommentState.PENDING}


def test_programs_do_not_comment(article):
    from jiceng.access.actor import Actor

    with pytest.raises(Forbidden):
        say(article, Actor.system())


def test_five_a_minute(article, actors):
    for _number in range(voices.COMMENTS_PER_MINUTE):
        say(article, actors.member)
    with pytest.raises(refusals.CommentTooOften):
        say(article, actors.member)
    assert Comment.objects.count() == voices.COMMENTS_PER_MINUTE
    assert say(article, actors.editor)


# --- Pages ------------------------------------------------------------------------------------------------------------
def test_words_stay_words(browser, hongqi, article, actors):
    say(article, actors.editor, XSS)
    comment = say(article, actors.member, XSS)
    pages = [
        browser(hongqi, "member").get(f"/news/{article.pk}/"), browser(hongqi, "member").get(f"/news/comments/of/{article.pk}/"),
        browser(hongqi, "editor").get("/console/news/comments/"), browser(hongqi, "editor").get(f"/console/news/comments/{comment.pk}/hide/"),
    ]  # fmt: skip
    for page in pages:
        html = page.content.decode()
        assert (
            page.status_code == 200
            and "&lt;script&gt;" in html
            and "<script>alert" not in html
            and "<img src=x" not in html
        )


def test_writing_with_and_without_htmx(browser, hongqi, article):
    client, place = browser(hongqi, "member"), f"/news/comments/of/{article.pk}/"
    plain = client.post(place, {"text": "第一条"})
    assert (plain.status_code, plain["Location"]) == (302, f"/news/{article.pk}/#voices")
    swapped = client.post(place, {"text": "第二条"}, headers={"HX-Request": "true"})
    html = swapped.content.decode()
    assert swapped.status_code == 200 and "<html" not in html and "第二条" in html and "待审核" in html
    assert "toast" in swapped["HX-Trigger"]
    for headers in ({}, {"HX-Request": "true"}):
        refused = client.post(place, {"text": "长" * 501}, headers=headers)
        assert refused.status_code == 422 and "长长长" in refused.content.decode()
    with tenant_scope(hongqi):
        assert Comment.objects.count() == 2


def test_more_is_loaded_until_the_end_each_once(browser, hongqi, article, actors):
    settle(comments_need_approval=False)
    rows = [Comment(article=article, user=actors.member.user, author_name="成员", text=f"第{number}条。", state="shown", created_at=MONDAY)
            for number in range(23)]  # fmt: skip
    for row in rows:
        row.save()
    client, url, found = browser(hongqi, "member"), f"/news/{article.pk}/", []
    while url:
        page = client.get(url).content.decode()
        found += re.findall(r'class="said">(.*?)</p>', page)
        more = re.search(r'href="(/news/comments/[^"]+)"', page)
        url = more[1] if more else ""
    assert found == [f"第{number}条。" for number in range(22, -1, -1)]


def test_moderating_from_the_phone_and_the_queue(browser, hongqi, article, actors):
    first, second, third = (say(article, actors.member, text) for text in ("一", "二", "三"))
    editor = browser(hongqi, "editor")
    assert "通过" in editor.get(f"/news/{article.pk}/").content.decode()
    assert "/approve/" not in browser(hongqi, "member").get(f"/news/{article.pk}/").content.decode()
    assert editor.post(f"/news/comments/{first.pk}/approve/").status_code == 302
    assert editor.post("/console/news/comments/approve/", {"comment": [second.pk]}).status_code == 302
    assert editor.post("/console/news/comments/approve/", {"comment": ["x"]}).status_code == 404
    assert editor.post(f"/news/comments/{third.pk}/hide/", {"reason": ""}).status_code == 302
    third.refresh_from_db()
    assert third.state == CommentState.PENDING
    assert editor.post(f"/news/comments/{third.pk}/hide/", {"reason": "重复"}).status_code == 302
    assert editor.post(f"/console/news/comments/{second.pk}/hide/", {"reason": ""}).status_code == 422
    assert editor.post(f"/console/news/comments/{second.pk}/hide/", {"reason": "重复"}).status_code == 302
    assert list(Comment.objects.order_by("id").values_list("state", flat=True)) == ["shown", "hidden", "hidden"]
    hidden = editor.get("/console/news/comments/?state=hidden").content.decode()
    assert "重复" in hidden and "二" in hidden


def test_members_and_strangers_moderate_nothing(browser, hongqi, article, actors):
    comment = say(article, actors.member)
    for who, status in (("member", 403), ("stranger", 403)):
        client = browser(hongqi, who)
        for path in (f"/news/comments/{comment.pk}/approve/", f"/news/comments/{comment.pk}/hide/"):
            assert client.post(path, {"reason": "x"}).status_code == status
        assert client.get("/console/news/comments/").status_code == status
    assert browser(hongqi, "stranger").post(f"/news/comments/of/{article.pk}/", {"text": "我也说"}).status_code == 403
    assert list(Comment.objects.values_list("state", flat=True)) == ["pending"]


def test_the_detail_page_costs_the_same_for_one_and_three(
    browser, hongqi, article, actors, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browser(hongqi, "member")
    counts = []
    for number in (1, 2):
        for _each in range(number):
            asked = say(article, actors.editor, at=MONDAY + HOUR)
            Comment.objects.create(
                article=article,
                parent=asked,
                user=actors.member.user,
                author_name="成员",
                text="答",
                state="shown",
                created_at=MONDAY,
            )
        client.get(f"/news/{article.pk}/")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/news/{article.pk}/").status_code == 200
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_an_articles_comments_go_with_it(article, actors):
    say(article, actors.editor)
    article.delete()
    assert not Comment.objects.exists()
    with pytest.raises(errors.ArticleMissing):
        say(article, actors.editor)


def test_the_api_moderates(client_for, hongqi, article, actors, api_key):
    comment = say(article, actors.member)
    client = client_for(hongqi, key=api_key(hongqi, ["news.moderate"]))
    listed = client.get("/api/v1/news/comments?state=pending").json()["results"]
    assert [(row["id"], row["article_title"]) for row in listed] == [(str(comment.pk), article.title)]
    place = f"/api/v1/news/comments/{comment.pk}"
    assert client.post(f"{place}/approve", {}, content_type="application/json").json()["state"] == "shown"
    assert client.post(f"{place}/hide", {"reason": ""}, content_type="application/json").status_code == 400
    hidden = client.post(f"{place}/hide", {"reason": "重复"}, content_type="application/json").json()
    assert (hidden["state"], hidden["moderation_reason"]) == ("hidden", "重复")
    other = client_for(hongqi, key=api_key(hongqi, ["news.read"]))
    assert other.get("/api/v1/news/comments").status_code == 403
