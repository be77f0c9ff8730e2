"""Activities on the phone, in the console and for programs."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jiceng.access.actor import Actor
from jiceng.access.services import create_role, create_user
from jiceng.files.models import StoredFile
from jiceng.kernel.clock import now
from modules.news import errors, services
from modules.news.errors import activities as refusals
from modules.news.models import Activity, SignUp
from modules.news.services.activities_results import publish_result
from modules.news.services.activities_signing import sign_up
from tenants.context import tenant_scope
from tests.factories.people import PASSWORD
from tests.files import samples

from . import kit

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def details(starts_at, **more):
    return {
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + HOUR).isoformat(),
        "place": "南门",
        "capacity": 1,
        **more,
    }


@pytest.fixture
def activity(hongqi):
    """``activity(days=2)``: published, beginning in so many days; negative ones are over."""

    def make(title="义务植树", days=2, **more):
        with tenant_scope(hongqi):
            article = kit.write(column="notices", title=title, details=details(now() + DAY, **more))
            article = kit.publish(article)
            starts_at = now() + days * DAY
            Activity.objects.filter(pk=article.pk).update(starts_at=starts_at, ends_at=starts_at + HOUR)
            return article

    return make


@pytest.fixture
def join(hongqi, people):
    """``join(article, "member")``."""

    def make(article, who, at=None):
        with tenant_scope(hongqi):
            return sign_up(article_id=article.pk, actor=Actor.for_user(getattr(people(hongqi), who)), at=at or now())

    return make


def text(response):
    return response.content.decode()


def titles(response):
    return re.findall(r"<h3>(.*?)</h3>", text(response))


# --- Phone ------------------------------------------------------------------------------------------------------------
def test_signing_up_and_cancelling_by_tapping(browser, hongqi, activity, join):
    article = activity()
    client, page = browser(hongqi, "member"), f"/news/{article.pk}/"
    assert "我要报名" in text(client.get(page))
    answer = client.post(f"/news/activities/{article.pk}/sign-up/", {"note": "自带车"}, follow=True)
    assert answer.status_code == 200 and "报名成功" in text(answer) and "取消报名" in text(answer)
    editor = browser(hongqi, "editor")
    assert "名额已满，排候补" in text(editor.get(page))
    waiting = editor.post(f"/news/activities/{article.pk}/sign-up/", follow=True)
    assert "您排在候补第一位" in text(waiting)
    assert "排候补" in text(client.post(f"/news/activities/{article.pk}/cancel/", follow=True))
    with tenant_scope(hongqi):
        assert sorted(SignUp.objects.values_list("state", flat=True)) == ["cancelled", "joined"]


def test_the_list_shows_mine_first_and_past_ones_apart(browser, hongqi, activity, join):
    activity("最近的", 1)
    mine = activity("我的", 3)
    activity("已办的", -2)
    activity("更早的", -9)
    join(mine, "member")
    client = browser(hongqi, "member")
    assert titles(client.get("/news/activities/")) == ["我的", "最近的"]
    assert titles(client.get("/news/activities/?show=past")) == ["已办的", "更早的"]


def test_drafts_withdrawn_and_foreign_ones_are_not_listed(browser, hongqi, dongfeng, activity):
    shown, gone = activity("在办"), activity("撤回的")
    with tenant_scope(hongqi):
        kit.write(column="notices", title="草稿", details=details(now() + DAY))
        services.withdraw_article(article_id=gone.pk, reason="", actor=Actor.system(), at=now())
    assert titles(browser(hongqi, "member").get("/news/activities/")) == ["在办"]
    stranger = browser(dongfeng, "member")
    assert titles(stranger.get("/news/activities/")) == []
    assert stranger.get(f"/news/activities/{shown.pk}/calendar.ics").status_code == 404
    assert stranger.post(f"/news/activities/{shown.pk}/sign-up/").status_code == 404
    with tenant_scope(hongqi):
        assert not SignUp.objects.exists()


def test_past_ones_come_page_by_page(browser, hongqi, activity):
    for number in range(21):
        activity(f"往期{number:02}", -1 - number)
    client = browser(hongqi, "member")
    first = client.get("/news/activities/?show=past")
    more = re.search(r'href="(\?[^"]*cursor=[^"]*)"', text(first)).group(1).replace("&amp;", "&")
    found = titles(first) + titles(client.get(f"/news/activities/{more}"))
    assert found == [f"往期{number:02}" for number in range(21)]
    assert client.get("/news/activities/?show=past&cursor=%00").status_code == 200


def test_lists_cost_the_same_for_one_and_three(browser, hongqi, activity):
    client, desk = browser(hongqi, "member"), browser(hongqi, "editor")

    def count(who, path):
        with CaptureQueriesContext(connection) as queries:
            assert who.get(path).status_code == 200
        return len(queries)

    pages = [
        (client, "/news/activities/"),
        (client, "/news/activities/?show=past"),
        (desk, "/console/news/activities/"),
    ]
    for days in (1, -1):
        activity(days=days)
    for who, path in pages:
        who.get(path)
    once = [count(*page) for page in pages]
    for days in (2, 3, -2, -3):
        activity(days=days)
    assert [count(*page) for page in pages] == once


def test_the_calendar_file(browser, hongqi, activity):
    article = activity("义务植树, 第二次")
    client = browser(hongqi, "member")
    answer = client.get(f"/news/activities/{article.pk}/calendar.ics")
    assert answer["Content-Type"] == "text/calendar; charset=utf-8; method=PUBLISH"
    lines = text(answer).split("\r\n")
    assert f"UID:{article.pk}" in lines and "SUMMARY:义务植树\\, 第二次" in lines
    assert re.search(rf"\r\nURL:https?://[^/]+/news/{article.pk}/\r\n", text(answer).replace("\r\n ", ""))
    with tenant_scope(hongqi):
        services.withdraw_article(article_id=article.pk, reason="", actor=Actor.system(), at=now())
        other = kit.publish(kit.write())
    assert client.get(f"/news/activities/{article.pk}/calendar.ics").status_code == 410
    assert client.get(f"/news/activities/{other.pk}/calendar.ics").status_code == 404


# --- Console ----------------------------------------------------------------------------------------------------------
def test_the_editor_asks_for_time_and_place(browser, hongqi):
    desk = browser(hongqi, "editor")
    assert 'name="details-starts_at"' in text(desk.get("/console/news/new/?kind=activity"))
    fields = {
        "title": "义务植树", "column": "notices", "body": "来吧", "level": "internal", "everyone": "on",
        "details-starts_at": "2030-03-06T09:00", "details-ends_at": "2030-03-06T11:00", "details-place": "南门",
        "details-takes_sign_ups": "on", "details-capacity": "30",
    }  # fmt: skip
    bad = desk.post("/console/news/new/?kind=activity", {**fields, "details-ends_at": "2030-03-06T08:00"})
    assert bad.status_code == 422 and "结束时间必须晚于开始时间" in text(bad)
    assert desk.post("/console/news/new/?kind=activity", fields).status_code == 302
    with tenant_scope(hongqi):
        made = Activity.objects.get()
        assert (made.capacity, made.place, made.starts_at.isoformat()) == (30, "南门", "2030-03-06T01:00:00+00:00")
    assert "2030-03-06T09:00" in text(desk.get(f"/console/news/{made.article_id}/"))


def test_the_list_of_sign_ups_and_ticking_off(browser, hongqi, activity, join):
    article = activity(days=2)
    join(article, "member")
    join(article, "editor")
    desk, path = browser(hongqi, "secretary"), f"/console/news/activities/{article.pk}/"
    page = desk.get(f"{path}sign-ups/")
    assert "已报名 1" in text(page) and "候补 1" in text(page) and 'name="present"' not in text(page)
    with tenant_scope(hongqi):
        Activity.objects.update(starts_at=now(), ends_at=now() + HOUR)
        row, waiting = SignUp.objects.get(state="joined"), SignUp.objects.get(state="waiting")
    assert 'name="present"' in text(desk.get(f"{path}sign-ups/"))
    answer = desk.post(f"{path}attendance/", {"shown": [str(row.pk), "x"], "present": [str(row.pk)]}, follow=True)
    assert "本页 1 人到场" in text(answer)
    back = desk.post(f"{path}attendance/?show=waiting", {"shown": [str(waiting.pk)]})
    assert back["Location"] == f"{path}sign-ups/?show=waiting"
    table = text(desk.get(f"{path}sign-ups/export/"))
    assert row.name in table and "已到" in table
    assert browser(hongqi, "member").get(f"{path}sign-ups/").status_code == 403
    assert "没有符合条件的人" in text(desk.get(f"{path}sign-ups/?q=查无此人"))


def upload():
    return samples.upload("a.jpg", samples.picture())


def test_what_came_of_it_appears_below_the_article(browser, hongqi, activity, join):
    article = activity(days=-2)
    desk, path = browser(hongqi, "secretary"), f"/console/news/activities/{article.pk}/result/"
    assert desk.get(path).status_code == 200
    assert desk.post(path, {"body": ""}).status_code == 422
    assert desk.post(path, {"body": "种了<b>八十</b>棵树。\n\n谢谢大家。", "uploads": upload()}).status_code == 302
    page = text(browser(hongqi, "member").get(f"/news/{article.pk}/"))
    assert "种了&lt;b&gt;八十&lt;/b&gt;棵树。" in page and "谢谢大家。" in page
    with tenant_scope(hongqi):
        picture = StoredFile.objects.get()
        assert picture.owner == f"news.article:{article.pk}" and str(picture.pk) in page
        services.update_article(article_id=article.pk, fields={"body": "<p>改</p>"}, actor=Actor.system(), at=now())
        assert StoredFile.objects.get().owner == f"news.article:{article.pk}"
    assert str(picture.pk) in text(desk.get(path))
    assert desk.post(path, {"body": "种了八十棵树。"}).status_code == 302
    with tenant_scope(hongqi):
        assert (StoredFile.objects.get().owner, "img" in Activity.objects.get().result) == ("", False)


def test_results_have_their_time_their_people_and_their_limits(hongqi, activity, people):
    early, over = activity(days=2), activity(days=-2)
    with tenant_scope(hongqi):
        actor = Actor.for_user(people(hongqi).secretary)
        write = lambda article, **more: publish_result(  # noqa: E731
            article_id=article.pk, at=now(), **{"body": "好", "actor": actor, **more}
        )
        with pytest.raises(refusals.ActivityNotEnded):
            write(early)
        with pytest.raises(errors.ClassifiedRefused):
            write(over, body="机密★1年")
        with pytest.raises(refusals.ResultInvalid) as refused:
            write(over, uploads=[upload() for _ in range(10)])
        assert [fault.pointer for fault in refused.value.fields] == ["/uploads"]
        services.withdraw_article(article_id=over.pk, reason="", actor=Actor.system(), at=now())
        with pytest.raises(errors.NotPublished):
            write(over)
        assert not Activity.objects.exclude(result="").exists() and not StoredFile.objects.exists()


# --- API --------------------------------------------------------------------------------------------------------------
def test_programs_read_activities_and_managers_who_comes(client_for, api_key, hongqi, activity, join):
    soon, late = activity("近的", 1), activity("远的", 9)
    join(soon, "member")
    reader = client_for(hongqi, key=api_key(hongqi, ["news.read"]))
    manager = client_for(hongqi, key=api_key(hongqi, ["news.read", "news.publish"]))
    base = "/api/v1/news/activities"
    until = (now() + 3 * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    found = reader.get(base, {"starts_until": until}).json()["results"]
    assert [(row["title"], row["place"]) for row in found] == [("近的", "南门")]
    assert [row["title"] for row in reader.get(base, {"starts_from": until}).json()["results"]] == ["远的"]
    detail = reader.get(f"{base}/{soon.pk}").json()
    assert detail["counts"] == {"joined": 1, "waiting": 0, "cancelled": 0, "attended": 0}
    assert reader.get(f"{base}/sign-ups").status_code == 403
    rows = manager.get(f"{base}/sign-ups", {"activity": str(soon.pk)}).json()["results"]
    assert [(row["activity_id"], row["state"]) for row in rows] == [(str(soon.pk), "joined")]
    assert manager.get(f"{base}/sign-ups", {"activity": str(late.pk)}).json()["results"] == []
    assert manager.post(base, {}).status_code == 405


def test_the_editorial_page_leads_on(browser, hongqi, activity):
    article = activity(days=-2)
    page = text(browser(hongqi, "secretary").get(f"/console/news/{article.pk}/preview/"))
    assert f"/console/news/activities/{article.pk}/sign-ups/" in page and "写活动成果" in page


def test_who_only_writes_sees_the_list_and_changes_nothing(browser, hongqi, activity, join):
    article = activity(days=2)
    join(article, "member")
    with tenant_scope(hongqi):
        Activity.objects.update(starts_at=now() - 2 * HOUR, ends_at=now() - HOUR)
        role = create_role(name="撰写", permissions={"news.read", "news.write", "console.view"}, actor=Actor.system())
        writer = create_user(
            username="zhuanxie", password=PASSWORD, display_name="撰写", roles=(role.code,), actor=Actor.system()
        )
        row = SignUp.objects.get()
    client = browser(hongqi)
    client.login_as(writer)
    path = f"/console/news/activities/{article.pk}"
    page = text(client.get(f"{path}/sign-ups/"))
    assert row.name in page and 'name="present"' not in page and "/export/" not in page and "/result/" not in page
    assert "写活动成果" not in text(client.get(f"/console/news/{article.pk}/preview/"))
    assert client.post(f"{path}/attendance/", {"shown": [str(row.pk)], "present": [str(row.pk)]}).status_code == 403
    assert (
        client.get(f"{path}/sign-ups/export/").status_code,
        client.post(f"{path}/result/", {"body": "好"}).status_code,
    ) == (403, 403)
    with tenant_scope(hongqi):
        assert not SignUp.objects.exclude(attended_at=None).exists() and Activity.objects.get().result == ""
