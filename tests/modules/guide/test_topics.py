"""The guide's texts: who may read and write what."""

from __future__ import annotations

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from jiceng.kernel import clock
from modules.guide import errors
from modules.guide import services as setup
from modules.guide.models import Topic
from modules.guide.selectors import topics as reads
from modules.guide.services import topics
from modules.guide.services.builtin import TOPICS
from tenants.context import tenant_scope

GOOD = {"title": "食堂怎么订饭", "body": "打开“应用”。\n\n点“黄页”。"}


def png():
    held = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(held, "PNG")
    return SimpleUploadedFile("p.png", held.getvalue(), "image/png")


def write(actors, **fields):
    return topics.create_topic(fields={**GOOD, **fields}, actor=actors.secretary, at=clock.now())


def test_every_tenant_begins_with_the_built_in_ones(in_hongqi):
    setup.prepare()
    assert Topic.objects.exclude(code="").count() == len(TOPICS)
    Topic.objects.filter(code="start").update(title="我们自己的话")
    setup.prepare()
    assert Topic.objects.get(code="start").title == "我们自己的话"
    assert Topic.objects.exclude(code="").count() == len(TOPICS)


def test_visitors_read_public_ones_only(browser, hongqi, actors):
    with tenant_scope(hongqi):
        open_one, closed = write(actors, is_public=True), write(actors, title="内部怎么报销", is_public=False)
        hidden = write(actors, title="旧的怎么登录", is_public=True, is_shown=False)
    page = browser(hongqi).get("/guide/").content.decode()
    assert open_one.title in page and closed.title not in page and hidden.title not in page
    assert browser(hongqi).get(f"/guide/topics/{open_one.pk}/").status_code == 200
    for topic in (closed, hidden):
        assert browser(hongqi).get(f"/guide/topics/{topic.pk}/").status_code == 404
    assert browser(hongqi, "member").get(f"/guide/topics/{closed.pk}/").status_code == 200
    assert browser(hongqi, "member").get(f"/guide/topics/{hidden.pk}/").status_code == 404


def test_topics_of_modules_that_are_off_are_not_shown(in_hongqi, actors):
    topic = write(actors, module="study")
    assert topic in reads.readable(actors.member)
    actors.member.modules = actors.member.modules - {"study"}
    assert topic not in reads.readable(actors.member)


def test_the_question_mark_leads_to_the_modules_topics(browser, hongqi, actors):
    with tenant_scope(hongqi):
        topic = write(actors, module="yellowpages", title="黄页里的小窍门")
    member = browser(hongqi, "member")
    assert "/guide/about/yellowpages/" in member.get("/yellowpages/").content.decode()
    assert topic.title in member.get("/guide/about/yellowpages/").content.decode()
    assert "/guide/about/" not in member.get("/").content.decode()
    assert member.get("/guide/about/never/").status_code == 200


@pytest.mark.parametrize(("fields", "pointer"), [
    ({"title": ""}, "/title"), ({"title": "长" * 41}, "/title"), ({"body": " "}, "/body"), ({"body": "x" * 4001}, "/body"),
    ({"title": "坏\x00字"}, "/title"), ({"module": "never"}, "/module"), ({"position": -1}, "/position"),
    ({"position": True}, "/position"), ({"code": "start"}, "/code"),
])  # fmt: skip
def test_bad_input_changes_nothing(in_hongqi, actors, fields, pointer):
    kept = write(actors)
    before = Topic.objects.count()
    with pytest.raises(errors.TopicInvalid) as refused:
        write(actors, **fields)
    assert [fault.pointer for fault in refused.value.fields] == [pointer]
    with pytest.raises(errors.TopicInvalid):
        topics.update_topic(topic_id=kept.pk, fields=fields, actor=actors.secretary, at=clock.now())
    kept.refresh_from_db()
    assert (Topic.objects.count(), kept.title, kept.version) == (before, GOOD["title"], 1)


def test_hostile_uploads_change_nothing(in_hongqi, actors):
    before = Topic.objects.count()
    for name, content in (("a.png", b"<svg onload=alert(1)>"), ("a.html", b"<script>"), ("a.png", b"")):
        with pytest.raises(errors.TopicInvalid):
            write(actors, picture_upload=SimpleUploadedFile(name, content, "image/png"))
    assert Topic.objects.count() == before


def test_pictures_follow_their_topic(browser, hongqi, actors):
    with tenant_scope(hongqi):
        topic = write(actors, picture_upload=png())
    url = f"/guide/topics/{topic.pk}/picture/"
    assert browser(hongqi, "member").get(url).status_code == 200
    assert browser(hongqi).get(url).status_code == 404
    with tenant_scope(hongqi):
        topics.update_topic(topic_id=topic.pk, fields={"drop_picture": True}, actor=actors.secretary, at=clock.now())
    assert browser(hongqi, "member").get(url).status_code == 404


def test_markup_is_shown_as_text(browser, hongqi, actors):
    with tenant_scope(hongqi):
        topic = write(actors, body="<script>alert(1)</script>")
    page = browser(hongqi, "member").get(f"/guide/topics/{topic.pk}/").content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_two_editors_do_not_overwrite_each_other(in_hongqi, actors):
    topic = write(actors)
    change = {"topic_id": topic.pk, "actor": actors.secretary, "at": clock.now(), "version": 1}
    topics.update_topic(fields={"title": "第一位"}, **change)
    with pytest.raises(errors.TopicStale):
        topics.update_topic(fields={"title": "第二位"}, **change)
    assert Topic.objects.get(pk=topic.pk).title == "第一位"


def test_built_in_ones_are_hidden_not_deleted(in_hongqi, actors):
    setup.prepare()
    built_in = Topic.objects.get(code="start")
    with pytest.raises(errors.TopicBuiltIn):
        topics.delete_topic(topic_id=built_in.pk, actor=actors.secretary)
    own = write(actors)
    topics.delete_topic(topic_id=own.pk, actor=actors.secretary)
    assert not Topic.objects.filter(pk=own.pk).exists() and Topic.objects.filter(code="start").exists()
    with pytest.raises(errors.TopicMissing):
        topics.delete_topic(topic_id=uuid.uuid4(), actor=actors.secretary)


def test_console_writes_and_refuses(browser, hongqi):
    secretary = browser(hongqi, "secretary")
    sent = {**GOOD, "module": "", "position": "5", "is_shown": "on"}
    assert secretary.post("/console/guide/topics/new/", sent).status_code == 302
    with tenant_scope(hongqi):
        topic = Topic.objects.get(title=GOOD["title"])
    refused = secretary.post(f"/console/guide/topics/{topic.pk}/", {**sent, "title": "", "version": "1"})
    assert refused.status_code == 422
    assert (
        secretary.post(f"/console/guide/topics/{topic.pk}/", {**sent, "title": "改过", "version": "1"}).status_code
        == 302
    )
    assert secretary.post(f"/console/guide/topics/{topic.pk}/delete/").status_code == 302
    assert browser(hongqi, "member").get("/console/guide/topics/").status_code in (302, 403, 404)


def test_api_reads_and_writes(client_for, api_key, hongqi, actors):
    with tenant_scope(hongqi):
        write(actors, title="隐藏的", is_shown=False)
    reader, writer = api_key(hongqi, ["guide.read"]), api_key(hongqi, ["guide.read", "guide.manage"])
    client = client_for(hongqi, key=writer)
    made = client.post("/api/v1/guide/topics", GOOD, content_type="application/json")
    assert made.status_code == 201, made.content
    titles = [
        row["title"] for row in client_for(hongqi, key=reader).get("/api/v1/guide/topics?limit=100").json()["results"]
    ]
    assert GOOD["title"] in titles and "隐藏的" not in titles
    refused = client_for(hongqi, key=reader).post("/api/v1/guide/topics", GOOD, content_type="application/json")
    assert refused.status_code == 403
    assert (
        client.post("/api/v1/guide/topics", {**GOOD, "module": "never"}, content_type="application/json").status_code
        == 400
    )
