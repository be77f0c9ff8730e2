"""From draft to readers: review, hours, audiences, guards, and who may do it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.events.models import Delivery, OutboxMessage
from jiceng.kernel.errors import Forbidden
from jiceng.kernel.module_settings import write as write_settings
from jiceng.members import audiences
from jiceng.notices.models import Entry, Notice
from jiceng.workflow.errors import OwnCase
from jiceng.workflow.models import Assignment, Case
from jiceng.workflow.services import approve, reject
from modules.news import errors, selectors, services
from modules.news.models import Article, Column, ReadReceipt, Recipient, State
from tests.factories.news import MONDAY

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def branches():
    """Two branches with two members each, who can sign in, and one who cannot."""
    committee = kit.make_unit("机关党委", kind="party_committee")
    first, second = kit.make_unit("第一支部", committee), kit.make_unit("第二支部", committee)
    people = {
        name: kit.make_person(name, unit, login=login)
        for name, unit, login in (
            ("赵一", first, "zhaoyi"), ("钱二", first, "qianer"), ("孙三", second, "sunsan"), ("李四", second, "lisi"),
            ("周五", second, ""),
        )
    }  # fmt: skip
    return {"committee": committee, "first": first, "second": second, **people}


def to(*units, **more):
    return {"clauses": [{"unit": str(unit.pk), **more} for unit in units]}


def state_of(article):
    return Article.objects.get(pk=article.pk).state


def readable_by(person, at=MONDAY + DAY):
    return set(selectors.readable(actor=kit.actor_of(person), at=at).values_list("title", flat=True))


# --- Review -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def reviewed(actors, people, hongqi):
    """A draft in a column that needs review, handed in; and a reviewer."""
    services.update_column(column_id=Column.objects.get(code="releases").pk, needs_review=True, actor=actors.editor)
    article = kit.write(actor=actors.editor, at=MONDAY)
    reviewer = kit.make_person("审核员", login="shenhe", roles=("reviewer",))
    services.submit_for_review(article_id=article.pk, actor=actors.editor, at=MONDAY + HOUR)
    return article, kit.actor_of(reviewer), Case.objects.get(workflow="news.publish")


def waiting(case):
    return Assignment.objects.get(case=case, state="open").pk


def test_an_approved_article_comes_out(reviewed, actors):
    article, reviewer, case = reviewed
    assert state_of(article) == State.REVIEW
    approve(assignment_id=waiting(case), actor=reviewer, at=MONDAY + 2 * HOUR)
    article.refresh_from_db()
    assert (article.state, article.publisher_name, article.published_at) == (State.PUBLISHED, "审核员", MONDAY + 2 * HOUR)


def test_a_rejected_article_goes_back_to_its_author(reviewed, actors):
    article, reviewer, case = reviewed
    reject(assignment_id=waiting(case), actor=reviewer, at=MONDAY + 2 * HOUR, comment="日期有误")
    assert state_of(article) == State.DRAFT
    services.update_article(article_id=article.pk, fields={"title": "改过"}, actor=actors.editor, at=MONDAY + 3 * HOUR)
    services.submit_for_review(article_id=article.pk, actor=actors.editor, at=MONDAY + 4 * HOUR)
    assert Case.objects.filter(workflow="news.publish").count() == 2


def test_an_article_under_review_stands_still(reviewed, actors):
    article, _reviewer, _case = reviewed
    deeds = (
        lambda at: services.update_article(article_id=article.pk, fields={"title": "偷改"}, actor=actors.editor, at=at),
        lambda at: services.publish_article(article_id=article.pk, actor=actors.editor, at=at),
        lambda at: services.submit_for_review(article_id=article.pk, actor=actors.editor, at=at),
    )
    for deed in deeds:
        with pytest.raises(errors.InReview):
            deed(MONDAY + 2 * HOUR)
    article.refresh_from_db()
    assert (article.title, article.state) == ("窗口服务进社区", State.REVIEW)


def test_a_column_with_review_cannot_be_passed_by(reviewed, actors):
    article = kit.write(actor=actors.editor)
    with pytest.raises(errors.NeedsReview):
        services.publish_article(article_id=article.pk, actor=actors.secretary, at=MONDAY + DAY)
    assert state_of(article) == State.DRAFT


def test_an_author_does_not_approve_their_own(reviewed, actors):
    article, _reviewer, case = reviewed
    kit.give(actors.editor.user, "reviewer")
    with pytest.raises(OwnCase):
        approve(assignment_id=waiting(case), actor=Actor.for_user(actors.editor.user), at=MONDAY + 2 * HOUR)
    assert state_of(article) == State.REVIEW


def test_the_hour_of_a_scheduled_article_may_pass_during_review(reviewed, actors):
    _article, reviewer, _case = reviewed
    article = kit.write(actor=actors.editor, publish_at=MONDAY + DAY)
    services.submit_for_review(article_id=article.pk, actor=actors.editor, at=MONDAY)
    approve(assignment_id=waiting(Case.objects.get(subject_id=str(article.pk))), actor=reviewer, at=MONDAY + 2 * DAY)
    assert state_of(article) == State.PUBLISHED


# --- Hours ------------------------------------------------------------------------------------------------------------
def due_task():
    message = OutboxMessage.objects.get(name="news.publish_scheduled")
    return message.payload, Delivery.objects.get(message=message).due_at


def test_a_scheduled_article_comes_out_at_its_hour(actors):
    article = kit.write(actor=actors.editor)
    services.publish_article(article_id=article.pk, actor=actors.editor, at=MONDAY, publish_at=MONDAY + DAY)
    payload, due_at = due_task()
    assert (state_of(article), due_at, selectors.readable(actor=actors.member, at=MONDAY).count()) == (
        State.SCHEDULED, MONDAY + DAY, 0,
    )  # fmt: skip
    assert services.publish_scheduled(**payload, at=MONDAY + DAY)
    assert not services.publish_scheduled(**payload, at=MONDAY + DAY)
    article.refresh_from_db()
    assert (article.state, article.published_at, article.publisher_name) == (State.PUBLISHED, MONDAY + DAY, "编辑")


def test_a_changed_or_unscheduled_article_misses_its_old_hour(actors):
    article = kit.write(actor=actors.editor)
    services.publish_article(article_id=article.pk, actor=actors.editor, at=MONDAY, publish_at=MONDAY + DAY)
    old, _due = due_task()
    services.update_article(article_id=article.pk, fields={"publish_at": MONDAY + 2 * DAY}, actor=actors.editor, at=MONDAY)
    assert not services.publish_scheduled(**old, at=MONDAY + DAY)
    services.unschedule_article(article_id=article.pk, actor=actors.editor, at=MONDAY + DAY)
    for message in OutboxMessage.objects.filter(name="news.publish_scheduled"):
        assert not services.publish_scheduled(**message.payload, at=MONDAY + 3 * DAY)
    assert state_of(article) == State.DRAFT


@pytest.mark.parametrize(("fields", "pointer"), [
    ({"expires_at": MONDAY}, "/expires_at"), ({"needs_confirmation": True, "confirm_by": MONDAY}, "/confirm_by"),
], ids=["expires", "confirm"])  # fmt: skip
def test_hours_before_publishing_are_refused(fields, pointer, actors):
    article = kit.write(actor=actors.editor, at=MONDAY, **fields)
    with pytest.raises(errors.ArticleInvalid) as refused:
        kit.publish(article, at=MONDAY + HOUR)
    assert [fault.pointer for fault in refused.value.fields] == [pointer]
    assert state_of(article) == State.DRAFT


def test_publishing_in_the_past_is_refused(actors):
    article = kit.write(actor=actors.editor)
    with pytest.raises(errors.ArticleInvalid) as refused:
        services.publish_article(article_id=article.pk, actor=actors.editor, at=MONDAY, publish_at=MONDAY - HOUR)
    assert [(fault.pointer, fault.code) for fault in refused.value.fields] == [("/publish_at", "in_the_past")]
    assert state_of(article) == State.DRAFT


# --- Guards -----------------------------------------------------------------------------------------------------------
def test_sensitive_words_stop_an_article(actors):
    write_settings("news", {"sensitive_words": ("坏词",)}, expected_version=0, changed_by="x")
    article = kit.write(actor=actors.editor, body="<p>这里有<strong>坏</strong> · 词。</p>")
    with pytest.raises(errors.SensitiveWords) as refused:
        kit.publish(article)
    assert [(fault.pointer, "坏词" in fault.message) for fault in refused.value.fields] == [("/body", True)]
    assert state_of(article) == State.DRAFT


@pytest.mark.parametrize("level", ["secret", "confidential", "top_secret", "机密"])
def test_declared_secrets_do_not_come_in(level, actors):
    with pytest.raises(errors.ClassifiedRefused):
        kit.write(actor=actors.editor, level=level)
    assert not Article.objects.exists()


@pytest.mark.parametrize("text", ["机密★1年 关于某事的通知", "密级：秘密", "绝 密 ★ 长期", "本件属秘密级"])
def test_marked_secrets_do_not_come_out(text, actors):
    article = kit.write(actor=actors.editor, body=f"<p>{text}</p>")
    with pytest.raises(errors.ClassifiedRefused):
        kit.publish(article)
    assert state_of(article) == State.DRAFT


def test_talking_about_secrecy_is_no_secret(actors):
    article = kit.write(actor=actors.editor, title="保密教育：什么是秘密、机密、绝密", body="<p>国家秘密分为三级。</p>")
    assert kit.publish(article).is_published


# --- Audiences --------------------------------------------------------------------------------------------------------
def test_an_audience_sees_and_others_do_not(branches, actors):
    kit.publish(kit.write(title="给一支部", audience=to(branches["first"])), at=MONDAY)
    kit.publish(kit.write(title="给大家"), at=MONDAY)
    assert readable_by(branches["赵一"]) == {"给一支部", "给大家"}
    assert readable_by(branches["孙三"]) == {"给大家"}
    limited = Article.objects.get(title="给一支部")
    with pytest.raises(errors.ArticleMissing):
        selectors.get_published(article_id=limited.pk, actor=kit.actor_of(branches["孙三"]))
    assert selectors.get_published(article_id=limited.pk, actor=kit.actor_of(branches["赵一"])) == limited


def test_the_list_is_made_once_and_everybody_is_told_once(branches):
    article = kit.publish(kit.write(audience=to(branches["second"])), at=MONDAY)
    assert kit.deliver(article) == 3
    assert kit.deliver(article) is None
    assert set(Recipient.objects.values_list("person__name", flat=True)) == {"孙三", "李四", "周五"}
    assert set(Entry.objects.values_list("user__display_name", flat=True)) == {"孙三", "李四"}
    article.refresh_from_db()
    assert article.recipient_count == 3


def test_newcomers_see_open_articles_only(branches):
    for title, is_open in (("开放", True), ("限名单", False)):
        article = kit.publish(kit.write(title=title, audience=to(branches["first"]), is_open=is_open), at=MONDAY)
        kit.deliver(article)
    late = kit.make_person("吴六", branches["first"], login="wuliu")
    assert readable_by(late) == {"开放"}
    assert readable_by(branches["赵一"]) == {"开放", "限名单"}


def test_who_leaves_the_audience_keeps_the_link_to_what_was_sent(branches):
    article = kit.publish(kit.write(audience=to(branches["first"])), at=MONDAY)
    kit.deliver(article)
    person = branches["赵一"]
    person.memberships.update(unit=branches["second"])
    assert readable_by(person) == set()
    assert selectors.get_published(article_id=article.pk, actor=kit.actor_of(person)) == article


def test_an_empty_audience_is_refused(actors):
    empty = kit.make_unit("空支部")
    article = kit.write(audience=to(empty))
    with pytest.raises(audiences.AudienceEmpty):
        kit.publish(article)
    assert state_of(article) == State.DRAFT


def test_a_withdrawn_article_is_not_delivered(branches, actors):
    article = kit.publish(kit.write(audience=to(branches["first"])), at=MONDAY)
    services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=MONDAY + HOUR)
    assert kit.deliver(article) is None
    assert not Recipient.objects.exists() and not Entry.objects.exists()


def test_withdrawing_takes_the_notices_back(branches, actors):
    article = kit.publish(kit.write(audience=to(branches["first"])), at=MONDAY)
    kit.deliver(article)
    services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=MONDAY + HOUR)
    assert list(Notice.objects.values_list("state", flat=True)) == ["withdrawn"]
    with pytest.raises(errors.ArticleWithdrawn):
        selectors.get_published(article_id=article.pk, actor=kit.actor_of(branches["赵一"]))
    with pytest.raises(errors.ArticleMissing):  # whoever could not read it does not learn that it existed
        selectors.get_published(article_id=article.pk, actor=kit.actor_of(branches["孙三"]))


def test_expired_articles_leave_the_lists(actors):
    kit.publish(kit.write(title="限时", expires_at=MONDAY + DAY, at=MONDAY), at=MONDAY)
    titles = lambda at: [row.title for row in selectors.feed(actor=actors.member, at=at).articles]  # noqa: E731
    assert (titles(MONDAY + HOUR), titles(MONDAY + DAY)) == (["限时"], [])


def test_the_audience_of_a_published_article_is_fixed(branches, actors):
    article = kit.publish(kit.write(audience=to(branches["first"])), at=MONDAY)
    with pytest.raises(errors.AudienceFixed):
        services.update_article(
            article_id=article.pk, fields={"audience": to(branches["second"])}, actor=actors.secretary, at=MONDAY + HOUR
        )
    assert readable_by(branches["孙三"]) == set()


# --- Scopes -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def branch_editor(branches):
    person = kit.make_person("郑七", branches["first"], login="zhengqi")
    kit.give(person.user, "editor", branches["first"])
    return kit.actor_of(person)


def test_a_branch_editor_writes_for_the_branch(branch_editor, branches):
    article = kit.write(actor=branch_editor, audience=to(branches["first"]))
    assert article.unit == branches["first"]
    services.publish_article(article_id=article.pk, actor=branch_editor, at=MONDAY)
    assert state_of(article) == State.PUBLISHED


def test_a_branch_editor_reaches_nobody_else(branch_editor, branches):
    for audience in (to(branches["second"]), to(branches["committee"]), {"clauses": [{"post": "secretary"}]}):
        article = kit.write(actor=branch_editor, audience=audience)
        with pytest.raises(audiences.AudienceOutOfReach):
            services.publish_article(article_id=article.pk, actor=branch_editor, at=MONDAY)
        assert state_of(article) == State.DRAFT
    article = kit.write(actor=branch_editor)
    with pytest.raises(errors.ArticleInvalid):  # "everybody" is not a branch's to address
        services.publish_article(article_id=article.pk, actor=branch_editor, at=MONDAY)


def test_a_branch_editor_touches_no_article_of_others(branch_editor, branches, actors):
    article = kit.write(actor=actors.editor, title="全单位的")
    deeds = (
        lambda: services.update_article(article_id=article.pk, fields={"title": "改"}, actor=branch_editor, at=MONDAY),
        lambda: services.publish_article(article_id=article.pk, actor=branch_editor, at=MONDAY),
        lambda: services.delete_draft(article_id=article.pk, actor=branch_editor, at=MONDAY),
        lambda: services.submit_for_review(article_id=article.pk, actor=branch_editor, at=MONDAY),
    )
    for deed in deeds:
        with pytest.raises(Forbidden):
            deed()
    with pytest.raises(errors.ArticleMissing):
        selectors.get_managed(article_id=article.pk, actor=branch_editor)
    assert [row.title for row in selectors.edited_page(actor=branch_editor).articles] == []
    article.refresh_from_db()
    assert (article.title, article.state) == ("全单位的", State.DRAFT)


def test_programs_with_the_right_to_read_see_what_is_for_everybody(branches):
    kit.publish(kit.write(title="给一支部", audience=to(branches["first"])), at=MONDAY)
    kit.publish(kit.write(title="给大家"), at=MONDAY)
    reader = Actor(kind="api_key", id="k", display_name="程序", scopes=frozenset({"news.read"}))
    assert set(selectors.visible_articles(actor=reader).values_list("title", flat=True)) == {"给大家"}


# --- Confirming and reminding -----------------------------------------------------------------------------------------
@pytest.fixture
def must_read(branches):
    article = kit.publish(kit.write(audience=to(branches["second"]), needs_confirmation=True), at=MONDAY)
    kit.deliver(article, at=MONDAY)
    return article


def test_confirming_is_reading_and_counts_once(must_read, branches):
    reader = kit.actor_of(branches["孙三"])
    assert services.confirm(article=must_read, actor=reader, at=MONDAY + HOUR)
    assert not services.confirm(article=must_read, actor=reader, at=MONDAY + 2 * HOUR)
    receipt = ReadReceipt.objects.get()
    assert (receipt.read_at, receipt.confirmed_at) == (MONDAY + HOUR, MONDAY + HOUR)
    figures = selectors.reading_figures(article=must_read, at=MONDAY + DAY)
    assert (figures.user_count, figures.reader_count, figures.confirmed_count, figures.unreachable_count) == (3, 1, 1, 1)
    assert [row.person.name for row in selectors.recipients(article=must_read, show="unconfirmed")] == ["李四", "周五"]


def test_only_the_outstanding_are_reminded_and_not_too_often(must_read, branches, actors):
    services.confirm(article=must_read, actor=kit.actor_of(branches["孙三"]), at=MONDAY + HOUR)
    remind = lambda at: services.remind_unread(article_id=must_read.pk, actor=actors.secretary, at=at)  # noqa: E731
    assert remind(MONDAY + 2 * HOUR).recipient_count == 1
    assert list(Entry.objects.filter(notice__category="news.reminder").values_list("user__display_name", flat=True)) == ["李四"]
    with pytest.raises(errors.RemindedLately):
        remind(MONDAY + 3 * HOUR)
    remind(MONDAY + 2 * DAY)
    remind(MONDAY + 4 * DAY)
    with pytest.raises(errors.RemindedEnough):
        remind(MONDAY + 6 * DAY)
    assert Notice.objects.filter(category="news.reminder").count() == 3


def test_nobody_is_reminded_of_nothing(must_read, branches, actors):
    for name in ("孙三", "李四"):
        services.confirm(article=must_read, actor=kit.actor_of(branches[name]), at=MONDAY + HOUR)
    with pytest.raises(errors.NobodyToRemind):
        services.remind_unread(article_id=must_read.pk, actor=actors.secretary, at=MONDAY + DAY)


def test_articles_without_confirmation_are_not_confirmed(actors):
    article = kit.publish(kit.write(), at=MONDAY)
    with pytest.raises(errors.NothingToConfirm):
        services.confirm(article=article, actor=actors.member, at=MONDAY + HOUR)
    assert not ReadReceipt.objects.exists()


# --- Versions ---------------------------------------------------------------------------------------------------------
def test_every_version_is_kept_and_compared(actors):
    article = kit.write(actor=actors.editor, body="<p>第一句。第二句。</p>")
    kit.publish(article, at=MONDAY)
    services.update_article(
        article_id=article.pk, fields={"body": "<p>第一句。改过的第二句。第三句。</p>"}, actor=actors.secretary,
        at=MONDAY + HOUR, note="补充第三句",
    )  # fmt: skip
    latest, *rest = selectors.versions(article=article)
    assert [(row.number, row.kind) for row in (latest, *rest)] == [(3, "corrected"), (2, "published"), (1, "saved")]
    compared = selectors.compared(selectors.previous_of(latest), latest)["body"]
    assert [(piece.kind, piece.text) for piece in compared] == [
        ("same", "第一句。"), ("removed", "第二句。"), ("added", "改过的第二句。第三句。"),
    ]  # fmt: skip
    article.refresh_from_db()
    assert (article.corrected_at, article.correction_note) == (MONDAY + HOUR, "补充第三句")


def test_an_old_version_comes_back_as_a_new_one(actors):
    article = kit.write(actor=actors.editor, title="原题")
    services.update_article(article_id=article.pk, fields={"title": "新题"}, actor=actors.editor, at=MONDAY)
    restored = services.restore_version(article_id=article.pk, number=1, actor=actors.editor, at=MONDAY)
    assert (restored.title, restored.version) == ("原题", 3)
    with pytest.raises(errors.VersionMissing):
        services.restore_version(article_id=article.pk, number=9, actor=actors.editor, at=MONDAY)


# --- Search -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("words", "found"), [
    ("登记", {"登记窗口", "便民"}), ("登记窗口", {"登记窗口"}), ("窗口 登记", {"登记窗口", "便民"}), ("口登", set()), ("ABC", {"便民"}),
    ("abc-12", {"便民"}), ("不存在", set()), ("'", set()), ("登", {"登记窗口"}), ("%", set()), ("\\", set()),
], ids=lambda value: repr(value) if isinstance(value, str) else "")  # fmt: skip
def test_search_finds_what_is_said(words, found, actors):
    kit.publish(kit.write(title="登记窗口", body="<p>每日开放。</p>"), at=MONDAY)
    kit.publish(kit.write(title="便民", body="<p>窗口旁可以登记，编号 ABC-123。</p>"), at=MONDAY)
    page = selectors.feed(actor=actors.member, at=MONDAY + HOUR, words=words)
    assert {row.title for row in page.articles} == found
