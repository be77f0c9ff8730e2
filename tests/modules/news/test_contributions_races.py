"""Several at once: a contribution is handed in once, a comment is decided once."""

from __future__ import annotations

import pytest

from jiceng.access.actor import Actor
from jiceng.events.models import OutboxMessage
from jiceng.notices.models import Notice
from jiceng.workflow.models import Case
from modules.news.errors import contributions as refusals
from modules.news.models import Column, Comment
from modules.news.services import contributing, voices
from tenants.context import tenant_scope
from tests.factories import make_user
from tests.factories.news import MONDAY, ArticleFactory

from .test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def news_on():
    """These tests call services; no module has to be on."""


def test_eight_taps_hand_in_once(fresh_tenant):
    author = make_user(fresh_tenant, "zuozhe", "member", display_name="作者")
    given = {"title": "小院议事", "background": "一", "practice": "二", "effect": "三"}
    with tenant_scope(fresh_tenant):
        column = Column.objects.get(code="cases")
        article = contributing.start_contribution(
            column_id=column.pk, given=given, actor=Actor.for_user(author), at=MONDAY
        )
    outcomes = at_once(
        fresh_tenant, 8,
        lambda: contributing.submit_contribution(
            article_id=article.pk, actor=Actor.for_user(author), at=MONDAY
        ).state,
    )  # fmt: skip
    assert sorted(map(str, outcomes)) == sorted(["review"] + [str(refusals.ContributionFixed)] * 7)
    with tenant_scope(fresh_tenant):
        assert Case.objects.count() == OutboxMessage.objects.filter(name="news.contribution.submitted").count() == 1


def test_eight_moderators_hide_and_tell_once(fresh_tenant):
    moderator = make_user(fresh_tenant, "guanli", "editor", display_name="管理")
    author = make_user(fresh_tenant, "zuozhe", "member", display_name="作者")
    with tenant_scope(fresh_tenant):
        article = ArticleFactory(state="published", allows_comments=True)
        comment = voices.write_comment(article_id=article.pk, text="字", actor=Actor.for_user(author), at=MONDAY)
    at_once(
        fresh_tenant, 8,
        lambda: voices.hide_comment(comment_id=comment.pk, reason="重复", actor=Actor.for_user(moderator), at=MONDAY),
    )  # fmt: skip
    with tenant_scope(fresh_tenant):
        assert Comment.objects.get().state == "hidden"
        assert Notice.objects.filter(category="news.comment").count() == 1
