"""Likes and favourites: once each, only on what one may read, kept in a list that tells nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.kernel.errors import Forbidden
from modules.news import errors, selectors, services
from modules.news.errors import voices as refusals
from modules.news.models import Article, Reaction
from modules.news.selectors import voices as reads
from modules.news.services.voices import set_reaction
from tests.factories import make_user
from tests.factories.news import MONDAY, ArticleFactory

from . import kit
from .test_races import at_once

HOUR = timedelta(hours=1)


@pytest.fixture
def article(in_hongqi):
    return kit.publish(kit.write(at=MONDAY), at=MONDAY)


def react(article, actor, kind="like", is_on=True, at=MONDAY + HOUR):
    return set_reaction(article_id=article.pk, kind=kind, is_on=is_on, actor=actor, at=at)


def test_a_like_counts_once_and_is_taken_back(article, actors):
    assert [react(article, actors.member), react(article, actors.member), react(article, actors.editor)] == [
        True,
        False,
        True,
    ]
    facts = reads.reactions(article, actor=actors.member, at=MONDAY)
    assert facts == {"likes": 2, "favourites": 0, "liked": 1, "kept": 0, "is_open": True}
    assert [react(article, actors.member, is_on=False), react(article, actors.member, is_on=False)] == [True, False]
    assert reads.reactions(article, actor=actors.member, at=MONDAY)["likes"] == 1
    counted = reads.with_counts(Article.objects.all()).get()
    assert (counted.like_count, counted.favourite_count, counted.comment_count) == (1, 0, 0)
    assert reads.console_part(article, actor=actors.secretary, at=MONDAY) == {
        "like_count": 1, "favourite_count": 0, "comment_count": 0, "may_share": False,
    }  # fmt: skip


def test_refusals_change_nothing(article, actors):
    expired = kit.publish(kit.write(expires_at=MONDAY + HOUR, at=MONDAY), at=MONDAY)
    draft = kit.write()
    for refused, about, actor, kind in (
        (refusals.ReactionInvalid, article, actors.member, "love"), (errors.ArticleMissing, article, actors.stranger, "like"),
        (refusals.ReactionsClosed, expired, actors.member, "like"), (errors.ArticleMissing, draft, actors.editor, "like"),
        (Forbidden, article, Actor.system(), "like"),
    ):  # fmt: skip
        with pytest.raises(refused):
            react(about, actor, kind)
    services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=MONDAY + HOUR)
    with pytest.raises(errors.ArticleWithdrawn):
        react(article, actors.member)
    assert not Reaction.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_eight_taps_are_one_like(fresh_tenant):
    from tenants.context import tenant_scope

    reader = make_user(fresh_tenant, "duzhe", "member", display_name="读者")
    with tenant_scope(fresh_tenant):
        article = ArticleFactory(state="published")
    outcomes = at_once(fresh_tenant, 8, lambda: react(article, Actor.for_user(reader)))
    assert sorted(outcomes) == [False] * 7 + [True]
    with tenant_scope(fresh_tenant):
        assert Reaction.objects.count() == 1


def test_favourites_show_what_is_still_mine_to_read(in_hongqi, actors):
    unit = kit.make_unit("第一支部")
    person = kit.make_person("甲", unit, login="jiajia")
    actor = kit.actor_of(person)
    rows = {}
    for title, more in {"要闻": {}, "旧闻": {}, "内部": {"audience": {"clauses": [{"unit": str(unit.pk)}]}}}.items():
        rows[title] = kit.publish(kit.write(title=title, at=MONDAY, **more), at=MONDAY)
        kit.deliver(rows[title], at=MONDAY)
        react(rows[title], actor, "favourite")
    services.withdraw_article(article_id=rows["旧闻"].pk, reason="", actor=actors.secretary, at=MONDAY + HOUR)

    def shown(who=actor):
        return [
            kept.article.title if kept.article else None for kept in reads.favourites(actor=who, at=MONDAY + HOUR)[0]
        ]

    assert shown() == ["内部", None, "要闻"]
    assert shown(actors.member) == []
    rows["内部"].recipients.all().delete()
    Article.objects.filter(pk=rows["内部"].pk).update(is_open=False)
    assert shown() == [None, "要闻"]


def test_documents_stay_with_those_who_sign(in_hongqi, actors):
    unit = kit.make_unit("第一支部")
    secretary = kit.actor_of(kit.secretary_of(unit, "书记甲", "shujijia"))
    document = kit.publish(
        kit.write(column="documents", title="通知", details={"units": [str(unit.pk)]}, at=MONDAY), at=MONDAY
    )
    react(document, secretary, "favourite")
    Reaction.objects.create(article=document, user=actors.member.user, kind="favourite", created_at=MONDAY)
    assert [kept.article for kept in reads.favourites(actor=secretary, at=MONDAY + HOUR)[0]] == [document]
    assert reads.favourites(actor=actors.member, at=MONDAY + HOUR)[0] == []


def test_favourites_go_on_page_by_page(in_hongqi, actors, monkeypatch):
    monkeypatch.setattr(reads, "FAVOURITES_PER_PAGE", 2)
    for number in range(5):
        react(kit.publish(kit.write(title=f"第{number}篇", at=MONDAY), at=MONDAY), actors.member, "favourite")
    cursor, found = "", []
    while cursor is not None:
        page, cursor = reads.favourites(actor=actors.member, at=MONDAY + HOUR, cursor=cursor)
        found += [kept.article.title for kept in page]
    assert found == [f"第{number}篇" for number in range(4, -1, -1)]
    assert len(reads.favourites(actor=actors.member, at=MONDAY, cursor="x")[0]) == 2


def test_pages_toggle_with_and_without_htmx(browser, hongqi, article, actors):
    client, place = browser(hongqi, "member"), f"/news/reactions/{article.pk}/"
    assert 'aria-pressed="false"' in client.get(f"/news/{article.pk}/").content.decode()
    swapped = client.post(place, {"kind": "like", "on": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert 'aria-pressed="true"' in swapped and "<html" not in swapped
    assert client.post(place, {"kind": "favourite", "on": "1"})["Location"] == f"/news/{article.pk}/#voices"
    assert client.post(place, {"kind": "love", "on": "1"}).status_code == 400
    assert browser(hongqi, "stranger").post(place, {"kind": "like", "on": "1"}).status_code == 403
    assert Reaction.objects.count() == 2
    services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=MONDAY + HOUR)
    page = client.get("/news/favourites/").content.decode()
    assert "已撤回" in page and article.title not in page
    assert client.post(f"/news/favourites/{article.pk}/remove/").status_code == 302
    assert "还没有收藏" in client.get("/news/favourites/").content.decode()


def test_three_favourites_cost_no_more_than_one(browser, hongqi, actors, in_hongqi):
    client, counts = browser(hongqi, "member"), []
    for number in (1, 2):
        for _each in range(number):
            react(kit.publish(kit.write(at=MONDAY), at=MONDAY), actors.member, "favourite")
        client.get("/news/favourites/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/news/favourites/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_reactions_of_another_house_do_not_exist(browser, dongfeng, article):
    client = browser(dongfeng, "secretary")
    assert client.post(f"/news/reactions/{article.pk}/", {"kind": "like", "on": "1"}).status_code == 404
    assert client.post(f"/news/comments/of/{article.pk}/", {"text": "字"}).status_code == 404
    assert not Reaction.objects.exists() and selectors.count_published() == 1
