"""Links for people outside: one public article, while it is out, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from jiceng.access.actor import Actor
from jiceng.access.services import assign_role, create_role
from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now
from jiceng.kernel.errors import Forbidden
from modules.news import errors, services
from modules.news.errors import voices as refusals
from modules.news.models import Article, ShareLink
from modules.news.selectors import sharing as reads
from modules.news.services import sharing
from tests.factories.news import MONDAY
from tests.files import samples

from . import kit

DAY = timedelta(days=1)


@pytest.fixture
def article(in_hongqi):
    return kit.publish(kit.write(level="public", title="金丝雀标题", at=MONDAY), at=MONDAY)


def share(article, actor, **more):
    return sharing.create_link(article_id=article.pk, actor=actor, at=more.pop("at", now()), **more)


def test_a_link_shows_the_article_counts_and_is_audited(browser, hongqi, article, actors):
    link, token = share(article, actors.secretary, note="发给街道办")
    assert link.expires_at - link.created_at == 30 * DAY and token not in str(vars(link))
    visitor = browser(hongqi)
    for _each in range(3):
        page = visitor.get(f"/news/s/{token}/")
    visitor.head(f"/news/s/{token}/")
    html = page.content.decode()
    assert page.status_code == 200 and "金丝雀标题" in html and "流动办理点" in html
    assert (page["Referrer-Policy"], page["X-Robots-Tag"]) == ("no-referrer", "noindex, nofollow")
    assert 'property="og:title" content="金丝雀标题"' in html and 'name="robots"' in html
    assert "<form" not in html and "tabbar" not in html and "点赞" not in html and "阅读<" not in html
    link.refresh_from_db()
    assert link.view_count == 3
    assert list(AuditEntry.objects.filter(action__startswith="news.share").values_list("action", "after__note")) == [
        ("news.share.created", "发给街道办")
    ]


def test_what_does_not_lead_in_any_more_shows_nothing(browser, hongqi, article, actors):
    def turns(deed):
        _link, token = share(article, actors.secretary)
        deed(_link)
        page = browser(hongqi).get(f"/news/s/{token}/")
        return page.status_code, "金丝雀" in page.content.decode()

    def revoke(link):
        for _twice in range(2):
            sharing.revoke_link(article_id=article.pk, link_id=link.pk, actor=actors.secretary, at=now())

    def expire(link):
        ShareLink.objects.filter(pk=link.pk).update(created_at=now() - 2 * DAY, expires_at=now() - DAY)

    gone = (410, False)
    assert turns(revoke) == gone and turns(expire) == gone
    assert AuditEntry.objects.filter(action="news.share.revoked").count() == 1
    assert turns(lambda link: Article.objects.update(level="internal")) == gone
    Article.objects.update(level="public")
    assert turns(lambda link: Article.objects.update(expires_at=now())) == gone
    Article.objects.update(expires_at=None)
    assert (
        turns(
            lambda link: services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=now())
        )
        == gone
    )


def test_unknown_and_foreign_tokens_are_not_found(browser, hongqi, dongfeng, article, actors):
    _link, token = share(article, actors.secretary)
    for client, path in (
        (browser(dongfeng), f"/news/s/{token}/"), (browser(dongfeng, "secretary"), f"/news/s/{token}/"),
        (browser(hongqi), f"/news/s/{token}x/"), (browser(hongqi), "/news/s/%00/"), (browser(hongqi), "/news/s/%ED%A0%80/"),
    ):  # fmt: skip
        page = client.get(path)
        assert (page.status_code, "金丝雀" in page.content.decode()) == (404, False)


def test_only_public_articles_that_are_out_are_shared(in_hongqi, actors, article):
    internal = kit.publish(kit.write(at=MONDAY), at=MONDAY)
    draft = kit.write(level="public")
    expired = kit.publish(kit.write(level="public", expires_at=MONDAY + DAY, at=MONDAY), at=MONDAY)
    for about in (internal, draft, expired):
        with pytest.raises(refusals.NotShareable):
            share(about, actors.secretary)
    for actor in (actors.editor, actors.member, actors.stranger):
        with pytest.raises(Forbidden):
            share(article, actor)
    with pytest.raises(refusals.ShareInvalid) as refused:
        share(article, actors.secretary, days=181, note="长" * 101)
    assert [fault.pointer for fault in refused.value.fields] == ["/note", "/days"]
    assert not ShareLink.objects.exists()


def test_the_right_to_share_stays_within_its_subtree(in_hongqi, people, hongqi):
    unit, elsewhere = kit.make_unit("第一支部"), kit.make_unit("第二支部")
    role = create_role(name="分享", permissions={"news.share"}, actor=Actor.system())
    person = kit.make_person("分享员", elsewhere, login="fenxiang")
    assign_role(user=person.user, role=role.code, actor=Actor.system(), unit_path=elsewhere.path)
    kit.make_person("读者", unit)
    audience = {"clauses": [{"unit": str(unit.pk)}]}
    article = kit.publish(kit.write(level="public", unit_id=unit.pk, audience=audience, at=MONDAY), at=MONDAY)
    actor = kit.actor_of(person)
    with pytest.raises(Forbidden):
        share(article, actor)
    assert list(reads.shareable(actor=actor, at=now())) == []
    link, _token = share(article, Actor.system())
    with pytest.raises(Forbidden):
        sharing.revoke_link(article_id=article.pk, link_id=link.pk, actor=actor, at=now())
    other = kit.publish(kit.write(level="public", at=MONDAY), at=MONDAY)
    with pytest.raises(refusals.ShareMissing):
        sharing.revoke_link(article_id=other.pk, link_id=link.pk, actor=Actor.system(), at=now())
    assert ShareLink.objects.get().revoked_at is None


def test_files_come_through_the_link_and_only_this_articles(browser, hongqi, article, actors, in_hongqi):
    editor = browser(hongqi, "editor")

    def written(title, level="public"):
        inside = editor.post("/console/news/images/", {"image": samples.upload("a.jpg", samples.picture())}).json()[
            "url"
        ]
        editor.post("/console/news/new/", {
            "title": title, "column": "releases", "level": level, "body": f'<p>见图</p><img src="{inside}"><p>/files/ "=</p>',
            "cover_upload": samples.upload("封面.png", samples.picture(fmt="PNG")),
            "attachment_uploads": [samples.upload("清单.pdf", samples.pdf())],
        })  # fmt: skip
        return kit.publish(Article.objects.get(title=title))

    one, other = written("图文一"), written("图文二", "internal")
    _link, token = share(one, actors.secretary)
    visitor, folder = browser(hongqi), f"/news/s/{token}/files/"
    html = visitor.get(f"/news/s/{token}/").content.decode()
    found = set(re.findall(rf"{re.escape(folder)}[0-9a-f-]{{36}}/original", html))
    assert len(found) == 3 and 'src="/files/' not in html
    for address in found:
        answer = visitor.get(address)
        assert (answer.status_code, answer["X-Content-Type-Options"], answer["Referrer-Policy"]) == (
            200,
            "nosniff",
            "no-referrer",
        )
    for path in (
        f"{folder}{other.cover_id}/original", f"{folder}{other.attachments.get().file_id}/original",
        f"{folder}{one.cover_id}/thumb", f"{folder}{one.pk}/original", f"/files/{one.cover_id}/original",
    ):  # fmt: skip
        assert visitor.get(path).status_code == 404
    sharing.revoke_link(article_id=one.pk, link_id=_link.pk, actor=actors.secretary, at=now())
    assert {visitor.get(address).status_code for address in found} == {410}


def test_the_console_makes_shows_once_and_revokes(browser, hongqi, article):
    client, place = browser(hongqi, "secretary"), f"/console/news/{article.pk}/shares/"
    assert "金丝雀标题" in client.get("/console/news/shares/").content.decode()
    assert client.post(place, {"days": "0"}).status_code == 422
    made = client.post(place, {"days": "7", "note": "街道"}).content.decode()
    address = re.search(r'id="share-link">(.*?)</code>', made)[1]
    assert address.startswith("http") and "<svg" in made
    assert browser(hongqi).get(urlsplit(address).path).status_code == 200
    listed = client.get(place).content.decode()
    assert "街道" in listed and address not in listed
    link = ShareLink.objects.get()
    assert client.post(f"{place}{link.pk}/revoke/").status_code == 302
    assert "已作废" in client.get(place).content.decode()
    assert browser(hongqi, "editor").get(place).status_code == 403
    assert client.post(f"/console/news/{link.pk}/shares/", {"days": "7"}).status_code == 404


def test_withdrawn_articles_links_stay_listed(browser, hongqi, article, actors):
    share(article, actors.secretary)
    services.withdraw_article(article_id=article.pk, reason="", actor=actors.secretary, at=now())
    page = browser(hongqi, "secretary").get(f"/console/news/{article.pk}/shares/").content.decode()
    assert "已有的链接现在打不开" in page
    with pytest.raises(refusals.NotShareable):
        share(article, actors.secretary)
    with pytest.raises(errors.ArticleMissing):
        sharing.create_link(article_id=kit.make_unit("无").pk, actor=actors.secretary, at=now())
