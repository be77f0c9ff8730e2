"""微党课: media in, progress by the clock, completed once, and only for those who may read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from jiceng.access.actor import Actor
from jiceng.events.models import OutboxMessage
from jiceng.files import services as files
from modules.news import errors, selectors, services
from modules.news.models import Lesson, LessonProgress
from modules.news.selectors import lessons as reads
from modules.news.services.lessons import record_progress
from tenants.context import tenant_scope
from tests.factories.news import MONDAY
from tests.files import samples

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
MINUTE = timedelta(minutes=1)


def draft(actors, **details):
    upload = samples.upload("党课.mp4", samples.movie(seconds=100))
    given = {"media_upload": upload, "lecturer": "王书记", **details}
    return kit.write(column="lessons", title="一刻钟党课", actor=actors.editor, at=MONDAY, details=given)


@pytest.fixture
def lesson(actors):
    return kit.publish(draft(actors), actor=actors.secretary, at=MONDAY)


def watch(lesson, actor, after, *, position, watched):
    return record_progress(article_id=lesson.pk, position=position, watched=watched, actor=actor, at=MONDAY + after)


def completions():
    return OutboxMessage.objects.filter(name="news.lesson.completed").count()


def test_the_media_belong_to_the_article(lesson, actors):
    kept = Lesson.objects.select_related("media").get(pk=lesson.pk)
    assert (kept.duration_seconds, kept.lecturer) == (100, "王书记")
    assert kept.media.owner == f"news.article:{lesson.pk}"
    services.update_article(
        article_id=lesson.pk, fields={"body": "<p>改</p>"}, actor=actors.secretary, at=MONDAY + MINUTE
    )
    kept.media.refresh_from_db()
    assert kept.media.is_attached


def test_watching_to_the_end(lesson, actors):
    for step in range(1, 6):
        row = watch(lesson, actors.member, step * MINUTE, position=step * 15, watched=15)
        assert row.completed_at is None
    row = watch(lesson, actors.member, 6 * MINUTE, position=100, watched=15)
    assert (row.watched_seconds, row.completed_at) == (90, MONDAY + 6 * MINUTE)
    watch(lesson, actors.member, 9 * MINUTE, position=100, watched=15)
    assert completions() == 1
    assert reads.phone_part(lesson, actor=actors.member, at=MONDAY)["resume_at"] == 0
    assert reads.figures(lesson) == reads.Figures(begun=1, completed=1)


def test_nobody_watches_faster_than_the_clock(lesson, actors):
    assert watch(lesson, actors.member, MINUTE, position=100, watched=10_000).watched_seconds == 20
    assert (
        watch(lesson, actors.member, MINUTE + timedelta(seconds=10), position=100, watched=10_000).watched_seconds == 35
    )
    for _device in range(20):
        row = watch(lesson, actors.member, MINUTE + timedelta(seconds=10), position=100, watched=10_000)
    assert completions() == int(row.completed_at is not None)


def test_a_clock_that_goes_back_gains_nothing(lesson, actors):
    watch(lesson, actors.member, 5 * MINUTE, position=10, watched=5)
    row = watch(lesson, actors.member, MINUTE, position=10, watched=3600)
    assert row.watched_seconds == 10
    assert row.updated_at == MONDAY + 5 * MINUTE


def test_where_one_left_off(lesson, actors):
    watch(lesson, actors.member, MINUTE, position=42, watched=5)
    assert reads.phone_part(lesson, actor=actors.member, at=MONDAY)["resume_at"] == 42
    assert reads.phone_part(lesson, actor=actors.editor, at=MONDAY)["resume_at"] == 0
    assert watch(lesson, actors.member, MINUTE, position=9999, watched=0).position_seconds == 100


def test_the_editor_may_ask_for_less(actors):
    article = kit.publish(draft(actors, needed_seconds=20), actor=actors.secretary, at=MONDAY)
    assert watch(article, actors.member, MINUTE, position=20, watched=5).completed_at is None
    assert watch(article, actors.member, 2 * MINUTE, position=40, watched=20).completed_at is not None


def test_who_may_not_read_learns_nothing(lesson, actors):
    for actor in (actors.stranger, Actor.system()):
        with pytest.raises(errors.ArticleMissing):
            watch(lesson, actor, MINUTE, position=1, watched=1)
    services.withdraw_article(article_id=lesson.pk, reason="", actor=actors.secretary, at=MONDAY + MINUTE)
    with pytest.raises(errors.ArticleWithdrawn):
        watch(lesson, actors.member, 2 * MINUTE, position=1, watched=1)
    assert not LessonProgress.objects.exists()


def test_a_link_instead(actors):
    article = draft(actors, media_upload=None, media_url="https://video.example/1")
    article = kit.publish(article, actor=actors.secretary, at=MONDAY)
    with pytest.raises(errors.ArticleMissing):
        watch(article, actors.member, MINUTE, position=1, watched=1)
    assert services.kinds.kind_of(article).snapshot(article)["media_url"] == "https://video.example/1"


BAD = {
    "script as link": ({"media_upload": None, "media_url": "javascript:alert(1)"}, "/details/media_url"),
    "both": ({"media_url": "https://video.example/1"}, "/details/media_url"),
    "unknown file": ({"media_upload": None, "media_id": "00000000-0000-0000-0000-000000000000"}, "/details/media_id"),
    "no id": ({"media_upload": None, "media_id": "1"}, "/details/media_id"),
    "negative time": ({"needed_seconds": -1}, "/details/needed_seconds"),
    "text as time": ({"needed_seconds": "90"}, "/details/needed_seconds"),
    "unknown field": ({"speed": 2}, "/details/speed"),
    "long name": ({"lecturer": "长" * 51}, "/details/lecturer"),
    "a picture": ({"media_upload": samples.upload("a.png", samples.picture(fmt="PNG"))}, "/details/media_upload"),
    "a broken movie": ({"media_upload": samples.upload("a.mp4", samples.movie()[:-9])}, "/details/media_upload"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_details_change_nothing(actors, name):
    details, pointer = BAD[name]
    with pytest.raises(errors.ArticleInvalid) as caught:
        draft(actors, **details)
    assert [fault.pointer for fault in caught.value.fields] == [pointer]
    assert not Lesson.objects.exists()


def test_somebody_elses_file(actors):
    file = files.store_media(upload=samples.upload("a.mp4", samples.movie()), actor=actors.member)
    with pytest.raises(errors.ArticleInvalid):
        draft(actors, media_upload=None, media_id=str(file.pk))


def test_nothing_to_play_is_not_published(actors):
    article = draft(actors, media_upload=None)
    with pytest.raises(errors.ArticleInvalid) as caught:
        kit.publish(article, actor=actors.secretary, at=MONDAY)
    assert caught.value.fields[0].pointer == "/details/media_id"


def test_on_the_phone_and_at_the_desk(lesson, client_for, login, hongqi, dongfeng, people):
    phone = login(client_for(hongqi), people(hongqi).member)
    page = phone.get(f"/news/{lesson.pk}/").content.decode()
    assert "<video" in page
    assert f'data-lesson="/news/lessons/{lesson.pk}/progress/"' in page
    report = f"/news/lessons/{lesson.pk}/progress/"
    assert phone.post(report, {"position": "7", "watched": "5"}).status_code == 204
    for bad in ({"position": "-1", "watched": "1"}, {"position": "x", "watched": "1"}, {}):
        assert phone.post(report, bad).status_code == 422
    assert 'data-resume="7"' in phone.get(f"/news/{lesson.pk}/").content.decode()
    media = Lesson.objects.get(pk=lesson.pk).media
    assert phone.get(media.url(), headers={"Range": "bytes=0-3"}).status_code == 206
    desk = login(client_for(hongqi), people(hongqi).secretary)
    assert "成员" in desk.get(f"/console/news/lessons/{lesson.pk}/learners/").content.decode()
    assert phone.get(f"/console/news/lessons/{lesson.pk}/learners/").status_code in (403, 404)
    with tenant_scope(dongfeng):
        foreign = login(client_for(dongfeng), people(dongfeng).member)
    assert foreign.post(report, {"position": "7", "watched": "5"}).status_code == 404
    assert foreign.get(media.url()).status_code == 404


def test_the_editor_form_takes_the_upload(client_for, login, hongqi, people):
    desk = login(client_for(hongqi), people(hongqi).secretary)
    posted = {
        "title": "党课", "column": "lessons", "body": "<p>正文</p>", "details-lecturer": "王书记", "details-needed_minutes": "1",
        "details-media_upload": samples.upload("党课.mp4", samples.movie(), "video/mp4"), "level": "internal",
    }  # fmt: skip
    assert desk.post("/console/news/new/?kind=lesson", posted).status_code == 302
    lesson = Lesson.objects.get()
    assert (lesson.needed_seconds, lesson.duration_seconds) == (60, 90)
    assert "党课.mp4" in desk.get(f"/console/news/{lesson.pk}/preview/").content.decode()
    assert selectors.get_managed(article_id=lesson.pk, actor=Actor.for_user(people(hongqi).secretary))
