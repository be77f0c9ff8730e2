"""The inbox on the phone, its settings, and the record of what was sent."""

from __future__ import annotations

import pytest

from jiceng.audit.models import AuditEntry
from jiceng.notices import selectors
from jiceng.notices.models import Entry, Habits
from tenants.context import tenant_scope

from .test_sending import send

HABITS = {
    "quiet_from": "21:00", "quiet_to": "08:00", "pace": "daily", "muted": ["news.article"],
    "weekdays": ["0", "2"], "morning_from": "09:00", "morning_to": "12:00", "afternoon_from": "", "afternoon_to": "",
}  # fmt: skip


@pytest.fixture
def sent(hongqi, people):
    """One notice to the member, one to the member and the editor."""
    with tenant_scope(hongqi):
        return (
            send([people.member.pk], title="只给成员", url="/news/", source="news.article:1"),
            send([people.member.pk, people.editor.pk], title="=给两个人", url="/todos/", source="news.article:2"),
        )


@pytest.fixture
def phone(client_for, login, hongqi, people):
    return login(client_for(hongqi), people.member)


@pytest.fixture
def desk(client_for, login, hongqi, people):
    return login(client_for(hongqi), people.secretary)


def test_the_inbox_shows_ones_own(phone, sent):
    page = phone.get("/notices/").content.decode()
    assert page.index("=给两个人") < page.index("只给成员")
    assert phone.get("/notices/?show=duty").content.decode().count("只给成员") == 0


def test_the_bell_counts_on_every_page(phone, sent):
    assert '<b class="num">2</b>' in phone.get("/mine/").content.decode()
    phone.post("/notices/read/")
    assert '<b class="num">' not in phone.get("/mine/").content.decode()


def test_opening_marks_read_and_leads_on(hongqi, people, phone, sent):
    with tenant_scope(hongqi):
        own = Entry.objects.get(notice=sent[1], user=people.member)
        others = Entry.objects.get(notice=sent[1], user=people.editor)
    answer = phone.get(f"/notices/{own.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/todos/")
    assert phone.get(f"/notices/{others.pk}/").status_code == 404
    assert phone.get(f"/notices/{10**30}/").status_code == 404
    with tenant_scope(hongqi):
        assert selectors.unread_count(people.member) == 1
        assert selectors.unread_count(people.editor) == 1


def test_more_than_one_page(hongqi, people, phone):
    with tenant_scope(hongqi):
        for number in range(23):
            send([people.member.pk], title=f"第{number:02}条", source=f"news.article:{number}")
        cursor = selectors.inbox(people.member)[19].pk
    first = phone.get("/notices/").content.decode()
    assert "第22条" in first
    assert "第02条" not in first
    second = phone.get(f"/notices/?cursor={cursor}").content.decode()
    assert "第02条" in second
    assert "第03条" not in second
    assert phone.get("/notices/?cursor=abc").status_code == 200


def test_habits_are_kept(hongqi, people, phone):
    assert phone.post("/notices/settings/", HABITS).status_code == 302
    page = phone.get("/notices/settings/").content.decode()
    assert 'value="21:00"' in page
    assert 'value="news.article" checked' in page
    with tenant_scope(hongqi):
        wishes = selectors.wishes_of(people.member)
    assert (wishes["pace"], wishes["muted"], len(wishes["shifts"])) == ("daily", {"news.article"}, 2)


@pytest.mark.parametrize(
    ("fault", "field"),
    [
        ({"quiet_from": "25:00"}, "quiet_from"), ({"pace": "never"}, "pace"), ({"muted": ["news.must_read"]}, "muted"),
        ({"morning_to": ""}, "morning_to"), ({"morning_from": "", "morning_to": ""}, "weekdays"),
        ({"morning_to": "08:00"}, "__all__"), ({"weekdays": ["9"]}, "weekdays"),
    ],
    ids=["no time", "no pace", "mandatory", "no end", "no hours", "backwards", "no day"],
)  # fmt: skip
def test_bad_habits_are_refused(hongqi, people, phone, fault, field):
    answer = phone.post("/notices/settings/", {**HABITS, **fault})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    with tenant_scope(hongqi):
        assert not Habits.objects.exists()


def test_the_record_of_what_was_sent(desk, sent):
    assert "只给成员" in desk.get("/console/notices/").content.decode()
    assert "=给两个人" not in desk.get("/console/notices/?q=成员").content.decode()
    page = desk.get(f"/console/notices/{sent[1].pk}/").content.decode()
    assert "成员" in page
    assert "编辑" in page


def test_the_record_as_a_file(hongqi, desk, sent):
    rows = desk.get(f"/console/notices/{sent[1].pk}/export/").content.decode("utf-8-sig").splitlines()
    assert rows[0] == "姓名,账号,阅读时间,推送"
    assert {row.split(",")[0] for row in rows[1:]} == {"成员", "编辑"}
    with tenant_scope(hongqi):
        assert AuditEntry.objects.filter(action="notices.notice.exported").count() == 1


def test_nothing_to_send_again(desk, sent):
    assert desk.post(f"/console/notices/{sent[0].pk}/retry/").status_code == 409


def test_others_stay_out(client_for, login, hongqi, dongfeng, people, phone, sent):
    assert phone.get("/console/notices/").status_code in (403, 404)
    assert phone.get(f"/console/notices/{sent[0].pk}/").status_code in (403, 404)
    stranger = login(client_for(hongqi), people.stranger)
    assert stranger.get("/notices/").status_code in (403, 404)
    assert client_for(hongqi).get("/notices/").status_code == 302


def test_the_api_tells_how_far_it_got(client_for, hongqi, people, sent):
    from tests.factories.people import make_api_key

    key = make_api_key(hongqi, ["notices.manage"])
    client, auth = client_for(hongqi), {"headers": {"Authorization": f"Bearer {key}"}}
    listed = client.get("/api/v1/notices?source=news.article:2", **auth).json()["results"]
    assert [(row["title"], row["entry_count"]) for row in listed] == [("=给两个人", 2)]
    one = client.get(f"/api/v1/notices/{sent[1].pk}", **auth).json()
    assert (one["read_count"], one["muted_count"], one["deliveries"]) == (0, 0, [])
    assert client.get("/api/v1/notices").status_code == 401
