"""Into the inbox: once, for everybody named, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from jiceng.access.models import User
from jiceng.events.models import OutboxMessage
from jiceng.kernel.registry import registry
from jiceng.notices import selectors, services
from jiceng.notices.errors import HabitsInvalid, MandatoryCategory, NoticeUnknown
from jiceng.notices.models import Delivery, Entry, Mute, Notice
from jiceng.notices.services.wanting import Wishes
from jiceng.notices.times import Shift
from tenants.context import tenant_scope

pytestmark = pytest.mark.usefixtures("in_hongqi")
AT = datetime(2031, 5, 6, 3, 0, tzinfo=UTC)


def send(users, **fields):
    given = {
        "category": "news.article",
        "title": "通知",
        "url": "/news/",
        "source": "news.article:1",
        "at": AT,
        **fields,
    }
    return services.send(users=users, **given)


def wishes(**fields):
    usual = selectors.usual_times()
    given = {
        "muted": [], "quiet_from": usual.quiet_from, "quiet_to": usual.quiet_to, "pace": "at_once", "uses_email": True, "uses_wechat": True, "shifts": [],
        **fields,
    }  # fmt: skip
    return Wishes(**given)


def test_everybody_named_gets_one_entry(people):
    notice = send([people.member.pk, people.member.pk, people.editor.pk])
    assert notice.entry_count == 2
    assert {entry.user for entry in Entry.objects.filter(notice=notice)} == {people.member, people.editor}
    assert selectors.unread_count(people.member) == 1
    assert selectors.unread_count(people.secretary) == 0


def test_a_queryset_of_any_size_costs_the_same(people, django_assert_num_queries):
    User.objects.bulk_create([User(username=f"u{n}", display_name=f"u{n}") for n in range(300)])
    one = User.objects.filter(username="u1").values("pk")
    send([people.member.pk])  # reads the settings, which are then cached
    many = User.objects.filter(username__startswith="u").values("pk")
    with django_assert_num_queries(8):  # one asks whether any system wants to hear of it
        send(one)
    with django_assert_num_queries(8):
        assert send(many).entry_count == 300


def test_disabled_logins_get_nothing(people):
    User.objects.filter(pk=people.member.pk).update(is_active=False)
    assert send([people.member.pk]).entry_count == 0


def test_the_same_key_twice_is_one_notice(people):
    assert send([people.member.pk], key="a") is not None
    assert send([people.member.pk, people.editor.pk], key="a") is None
    assert Entry.objects.count() == 1
    assert OutboxMessage.objects.filter(name="notices.notice.sent").count() == 1


def test_the_event_says_how_many_but_not_who(people):
    notice = send([people.member.pk])
    payload = OutboxMessage.objects.get(name="notices.notice.sent").payload
    assert payload == {
        "notice_id": str(notice.pk), "category": "news.article", "source": "news.article:1", "count": 1,
    }  # fmt: skip


def test_muted_is_kept_but_not_counted(people):
    services.save_wishes(user=people.member, wishes=wishes(muted=["news.article"]), at=AT)
    entry = Entry.objects.get(notice=send([people.member.pk]))
    assert entry.is_muted
    assert selectors.unread_count(people.member) == 0
    assert list(selectors.inbox(people.member)) == [entry]


def test_mandatory_ones_cannot_be_muted(people):
    with pytest.raises(MandatoryCategory):
        services.save_wishes(user=people.member, wishes=wishes(muted=["news.must_read"]), at=AT)
    assert not Mute.objects.exists()
    services.save_wishes(user=people.member, wishes=wishes(muted=["news.article"]), at=AT)
    assert not Entry.objects.get(notice=send([people.member.pk], is_mandatory=True)).is_muted


BAD_WISHES = {
    "unknown category": ({"muted": ["news.nothing"]}, "/muted"),
    "unknown pace": ({"pace": "weekly"}, "/pace"),
    "backwards": ({"shifts": [Shift(0, AT.time().replace(hour=12), AT.time().replace(hour=9))]}, "/shifts"),
    "no such day": ({"shifts": [Shift(7, AT.time().replace(hour=9), AT.time().replace(hour=12))]}, "/shifts"),
    "overlapping": (
        {"shifts": [
            Shift(0, AT.time().replace(hour=9), AT.time().replace(hour=12)),
            Shift(0, AT.time().replace(hour=11), AT.time().replace(hour=14)),
        ]}, "/shifts",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_WISHES)
def test_bad_wishes_change_nothing(people, name):
    given, pointer = BAD_WISHES[name]
    services.save_wishes(user=people.member, wishes=wishes(muted=["news.article"]), at=AT)
    before = selectors.wishes_of(people.member)
    with pytest.raises(HabitsInvalid) as caught:
        services.save_wishes(user=people.member, wishes=wishes(**given), at=AT)
    assert [fault.pointer for fault in caught.value.fields] == [pointer]
    assert selectors.wishes_of(people.member) == before


def test_withdrawn_ones_vanish(people):
    send([people.member.pk], source="news.article:1")
    send([people.member.pk], source="news.article:2")
    assert services.withdraw(source="news.article:1", at=AT) == 1
    assert services.withdraw(source="news.article:1", at=AT) == 0
    assert [entry.notice.source for entry in selectors.inbox(people.member)] == ["news.article:2"]
    assert selectors.unread_count(people.member) == 1


def test_reading(people):
    entry = Entry.objects.get(notice=send([people.member.pk, people.editor.pk]), user=people.member)
    with pytest.raises(NoticeUnknown):
        services.mark_read(user=people.editor, entry_id=entry.pk, at=AT)
    services.mark_read(user=people.member, entry_id=entry.pk, at=AT)
    services.mark_read(user=people.member, entry_id=entry.pk, at=AT + timedelta(hours=1))
    assert Entry.objects.get(pk=entry.pk).read_at == AT
    assert selectors.unread_count(people.editor) == 1
    assert services.mark_all_read(user=people.editor, at=AT) == 1
    assert selectors.unread_count(people.editor) == 0


def test_unread_is_counted_up_to_a_hundred(people):
    for number in range(105):
        send([people.member.pk], source=f"news.article:{number}")
    assert selectors.unread_count(people.member) == 100


def test_the_other_tenant_sees_nothing(people, dongfeng):
    send([people.member.pk])
    with tenant_scope(dongfeng):
        assert not Notice.objects.exists()
        assert not Entry.objects.exists()


def test_without_a_channel_nothing_is_planned(people):
    send([people.member.pk])
    assert not Delivery.objects.exists()
    assert not OutboxMessage.objects.filter(name="notices.deliver").exists()


def test_old_ones_are_let_go(people):
    old = send([people.member.pk], at=AT - timedelta(days=200))
    new = send([people.member.pk], at=AT - timedelta(days=100))
    assert services.purge(at=AT) == 1
    assert list(Notice.objects.all()) == [new]
    assert not Entry.objects.filter(notice=old.pk).exists()


def test_every_category_has_a_name():
    assert registry.notice_categories
    assert all(str(category.label) for category in registry.notice_categories.values())
