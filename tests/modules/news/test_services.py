"""Every change of an article: what it does, whom it tells, and what it refuses without a trace."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jiceng.audit.models import AuditEntry
from jiceng.files.models import StoredFile
from jiceng.files.services import store_attachment, store_image
from modules.news import errors, services
from modules.news.models import Article, ReadReceipt, State
from tests.factories.news import MONDAY, ArticleFactory
from tests.files import samples

pytestmark = pytest.mark.usefixtures("in_hongqi")
HOUR = timedelta(hours=1)


@pytest.fixture
def told(monkeypatch):
    """The events that articles emit."""
    sent = []
    for part in ("articles", "publishing", "reading"):
        monkeypatch.setattr(f"modules.news.services.{part}.emit", lambda name, **facts: sent.append((name, facts)))
    return sent


def image(actor, name="a.jpg"):
    return store_image(upload=samples.upload(name, samples.picture()), actor=actor)


def test_a_draft_is_written_clean(actors):
    article = services.create_article(
        fields={"column": "bulletins", "title": " 通\u200b知\n一 ", "body": "第一段\n\n<第二段>", "summary": "要\u202e点"},
        actor=actors.editor, at=MONDAY,
    )  # fmt: skip
    article.refresh_from_db()
    assert (article.title, article.summary, article.state, article.version) == ("通知 一", "要点", State.DRAFT, 1)
    assert article.body == "<p>第一段</p><p>&lt;第二段&gt;</p>"
    assert (article.author_id, article.author_name) == (actors.editor.id, "编辑")
    assert AuditEntry.objects.filter(action="news.article.created", target=str(article.pk)).count() == 1


def test_publishing_shows_and_tells(actors, told):
    article = ArticleFactory(actor=actors.editor)
    services.publish_article(article_id=article.pk, actor=actors.secretary, at=MONDAY + HOUR)
    article.refresh_from_db()
    assert (article.state, article.published_at, article.version) == (State.PUBLISHED, MONDAY + HOUR, 2)
    assert (article.publisher_id, article.publisher_name) == (actors.secretary.id, "书记")
    payload = {"article_id": str(article.pk), "title": article.title, "column": "releases"}
    assert told == [("news.article.published", {"payload": payload, "actor_id": actors.secretary.id})]


def test_withdrawing_hides_and_tells(actors, told):
    article = ArticleFactory(state="published")
    told.clear()
    services.withdraw_article(article_id=article.pk, reason="有误", actor=actors.editor, at=MONDAY + 9 * HOUR)
    article.refresh_from_db()
    assert (article.state, article.withdrawn_reason) == (State.WITHDRAWN, "有误")
    payload = {"article_id": str(article.pk), "title": article.title}
    assert told == [("news.article.withdrawn", {"payload": payload, "actor_id": actors.editor.id})]
    entry = AuditEntry.objects.get(action="news.article.withdrawn")
    assert (entry.before, entry.after, entry.note) == ({"state": "published"}, {"state": "withdrawn"}, "有误")


REFUSALS = [
    ("published", "publish", errors.AlreadyPublished), ("withdrawn", "publish", errors.AlreadyWithdrawn),
    ("draft", "withdraw", errors.NotPublished), ("withdrawn", "withdraw", errors.AlreadyWithdrawn),
    ("withdrawn", "update", errors.AlreadyWithdrawn), ("published", "delete", errors.NotDraft),
    ("withdrawn", "delete", errors.NotDraft),
]  # fmt: skip


def act(deed, article_id, actor, **more):
    at = MONDAY + 99 * HOUR
    if deed == "publish":
        return services.publish_article(article_id=article_id, actor=actor, at=at, **more)
    if deed == "withdraw":
        return services.withdraw_article(article_id=article_id, reason="", actor=actor, at=at, **more)
    if deed == "update":
        return services.update_article(article_id=article_id, fields={"title": "新标题"}, actor=actor, at=at, **more)
    return services.delete_draft(article_id=article_id, actor=actor, at=at, **more)


def snapshot():
    return list(Article.objects.order_by("pk").values()), AuditEntry.objects.count()


@pytest.mark.parametrize(("state", "deed", "refusal"), REFUSALS)
def test_what_the_state_forbids_changes_nothing(state, deed, refusal, actors, told):
    article = ArticleFactory(state=state)
    told.clear()
    before = snapshot()
    with pytest.raises(refusal):
        act(deed, article.pk, actors.editor)
    assert (snapshot(), told) == (before, [])


@pytest.mark.parametrize("deed", ["publish", "update", "delete"])
def test_the_slower_of_two_editors_is_refused(deed, actors):
    article = ArticleFactory()
    act("update", article.pk, actors.secretary, version=1)
    before = snapshot()
    with pytest.raises(errors.StaleArticle):
        act(deed, article.pk, actors.editor, version=1)
    assert snapshot() == before


@pytest.mark.parametrize("deed", ["publish", "withdraw", "update", "delete"])
def test_unknown_articles_are_missing(deed, actors):
    with pytest.raises(errors.ArticleMissing):
        act(deed, uuid.uuid4(), actors.editor)


@pytest.mark.parametrize("body", ["", "<p> </p>", "<p>&nbsp;<br></p>", "\u200b\u200b", "<script>x</script>"])
def test_an_empty_body_is_not_published(body, actors):
    article = ArticleFactory(body=body)
    with pytest.raises(errors.EmptyBody):
        act("publish", article.pk, actors.editor)


def test_a_published_article_cannot_be_emptied(actors):
    article = ArticleFactory(state="published")
    with pytest.raises(errors.EmptyBody), transaction.atomic():
        services.update_article(article_id=article.pk, fields={"body": ""}, actor=actors.editor, at=MONDAY)
    article.refresh_from_db()
    assert article.body != ""


BAD_TEXT = [
    ("title", "", "required"), ("title", "\u200b\u2060", "required"), ("title", "长" * 101, "too_long"),
    ("title", "字" * 10**6, "too_long"), ("title", "a\x00b", "invalid_text"), ("title", "a\ud800", "invalid_text"),
    ("summary", "长" * 201, "too_long"), ("summary", "a\x07b", "invalid_text"), ("body", "a\x00", "invalid_text"),
    ("body", "字" * 200_001, "too_long"), ("column", "nowhere", "news.column_unknown"), ("column", "", "news.column_unknown"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "code"), BAD_TEXT, ids=range(len(BAD_TEXT)))
def test_bad_text_is_named_by_field_and_nothing_is_kept(field, value, code, actors):
    before = snapshot()
    fields = {"column": "releases", "title": "标题", field: value}
    with pytest.raises(errors.ArticleInvalid) as caught:
        services.create_article(fields=fields, actor=actors.editor, at=MONDAY)
    assert [(fault.pointer, fault.code) for fault in caught.value.fields] == [(f"/{field}", code)]
    assert snapshot() == before


def test_all_faults_come_at_once(actors):
    with pytest.raises(errors.ArticleInvalid) as caught:
        services.create_article(fields={"title": "", "summary": "长" * 201}, actor=actors.editor, at=MONDAY)
    assert {fault.pointer for fault in caught.value.fields} == {"/title", "/summary", "/column"}


def test_rare_characters_survive(actors):
    article = services.create_article(
        fields={"column": "releases", "title": "𠮷野䶮 👨‍👩‍👧 ＡＢＣ"}, actor=actors.editor, at=MONDAY
    )
    article.refresh_from_db()
    assert article.title == "𠮷野䶮 👨‍👩‍👧 ＡＢＣ"


# --- Files ------------------------------------------------------------------------------------------------------------
def test_files_belong_to_their_article_until_taken_away(actors):
    cover, inside = image(actors.editor), image(actors.editor)
    paper = store_attachment(upload=samples.upload("清单.pdf", samples.pdf()), actor=actors.editor)
    article = ArticleFactory(
        actor=actors.editor, cover_id=cover.pk, attachment_ids=[paper.pk], body=f'<p>图</p><img src="{inside.url()}">'
    )
    owner = services.owner_of(article)
    assert set(StoredFile.objects.filter(owner=owner).values_list("pk", flat=True)) == {cover.pk, inside.pk, paper.pk}
    services.update_article(
        article_id=article.pk, fields={"cover_id": None, "attachment_ids": [], "body": "只有文字"},
        actor=actors.secretary, at=MONDAY + HOUR,
    )  # fmt: skip
    assert not StoredFile.objects.filter(owner=owner).exists()
    assert set(StoredFile.objects.values_list("unattached_at", flat=True)) == {MONDAY + HOUR}


@pytest.mark.parametrize("field", ["cover_id", "attachment_ids", "body"])
def test_files_of_others_cannot_be_used(field, actors):
    theirs = image(actors.secretary)
    before = snapshot()
    value = {"cover_id": theirs.pk, "attachment_ids": [theirs.pk], "body": f'<img src="{theirs.url()}">'}[field]
    with pytest.raises(errors.ArticleInvalid) as caught, transaction.atomic():
        ArticleFactory(actor=actors.editor, **{field: value})
    assert [fault.pointer for fault in caught.value.fields] == [f"/{field}"]
    theirs.refresh_from_db()
    assert (snapshot(), theirs.owner) == (before, "")


def test_a_cover_must_be_a_picture(actors):
    paper = store_attachment(upload=samples.upload("清单.pdf", samples.pdf()), actor=actors.editor)
    with pytest.raises(errors.ArticleInvalid) as caught, transaction.atomic():
        ArticleFactory(actor=actors.editor, cover_id=paper.pk)
    assert [(fault.pointer, fault.code) for fault in caught.value.fields] == [("/cover_id", "not_an_image")]


def test_deleting_a_draft_frees_its_files(actors):
    cover = image(actors.editor)
    article = ArticleFactory(actor=actors.editor, cover_id=cover.pk)
    services.delete_draft(article_id=article.pk, actor=actors.editor, at=MONDAY)
    cover.refresh_from_db()
    assert (cover.owner, cover.unattached_at, Article.objects.exists()) == ("", MONDAY, False)


# --- Reading ----------------------------------------------------------------------------------------------------------
def test_reading_counts_once(actors, told):
    article = ArticleFactory(state="published")
    told.clear()
    first = [services.mark_read(article=article, actor=actors.member, at=MONDAY + n * HOUR) for n in range(3)]
    assert first == [True, False, False]
    assert list(ReadReceipt.objects.values_list("read_at", flat=True)) == [MONDAY]
    assert [(name, facts["payload"]) for name, facts in told] == [
        ("news.article.read", {"article_id": str(article.pk), "title": article.title, "user_id": actors.member.id})
    ]


@pytest.mark.parametrize("state", ["draft", "withdrawn"])
def test_only_published_articles_are_read(state, actors):
    assert services.mark_read(article=ArticleFactory(state=state), actor=actors.member, at=MONDAY) is False
    assert not ReadReceipt.objects.exists()


# --- Constraints ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [{"state": "published"}, {"state": "gone"}, {"title": ""}, {"version": 0}, {"published_at": MONDAY},
     {"state": "withdrawn", "published_at": MONDAY, "withdrawn_at": MONDAY - HOUR}],
)  # fmt: skip
def test_the_database_refuses_impossible_articles(change, actors):
    article = ArticleFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Article.objects.filter(pk=article.pk).update(**change)
