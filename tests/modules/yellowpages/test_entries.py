"""Entries: what may be written, when they are open, how they are found."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.workflow.models import Todo
from modules.yellowpages import errors
from modules.yellowpages.models import Category, Entry
from modules.yellowpages.selectors import entries as reads
from modules.yellowpages.selectors import opening
from modules.yellowpages.services import cleaning, days, entries, tending
from tests.factories.news import MONDAY
from tests.files import samples

from . import kit

pytestmark = pytest.mark.usefixtures("in_hongqi")
ZONE = ZoneInfo("Asia/Shanghai")


def at(day, hour, minute=0):
    return datetime(2026, 11, day, hour, minute, tzinfo=ZONE)  # 23 November 2026 is a Monday


def status(entry, moment):
    return opening.status_of(entry, moment, opening.special_days(moment))


class TestWriting:
    def test_kept_told_and_recorded(self):
        before = reads.register_version()
        entry = kit.make()
        assert [(line.label, line.number) for line in entry.lines.all()] == [("值班", "010-12345678")]
        assert OutboxMessage.objects.filter(name="yellowpages.entry.changed").count() == 1
        assert AuditEntry.objects.filter(action="yellowpages.entry.created", target=str(entry.pk)).count() == 1
        assert reads.register_version() == before + 1

    @pytest.mark.parametrize(
        ("fields", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"name": "\x00"}, "/name"),
            ({"name": "长" * 61}, "/name"),
            ({"category_id": uuid.uuid4()}, "/category_id"),
            ({"lines": [{"number": "打这个"}]}, "/lines/0"),
            ({"lines": [{"number": "1" * 26}]}, "/lines/0"),
            ({"lines": [{"number": "110"}] * 9}, "/lines"),
            ({"lines": "110"}, "/lines"),
            ({"openings": [(1, time(17), time(9))]}, "/openings"),
            ({"openings": [(8, time(9), time(17))]}, "/openings"),
            ({"openings": [(1, time(9), time(17)), (1, time(16), time(18))]}, "/openings"),
            ({"latitude": "31.2"}, "/latitude"),
            ({"latitude": "91", "longitude": "0"}, "/latitude"),
            ({"keeper_id": uuid.uuid4()}, "/keeper_id"),
        ],
    )
    def test_refused_with_the_field(self, fields, pointer):
        kit.category()
        with pytest.raises(errors.EntryInvalid) as caught:
            kit.make(**fields)
        assert [fault.pointer for fault in caught.value.fields] == [pointer]
        assert not Entry.objects.exists()

    def test_the_same_place_once(self):
        kit.make()
        with pytest.raises(errors.EntryTaken):
            kit.make()
        assert Entry.objects.count() == 1

    def test_the_slower_editor_is_told(self):
        entry = kit.make()
        entries.update_entry(entry_id=entry.pk, fields={"name": "甲"}, version=1, actor=kit.SYSTEM, at=MONDAY)
        with pytest.raises(errors.EntryStale):
            entries.update_entry(entry_id=entry.pk, fields={"name": "乙"}, version=1, actor=kit.SYSTEM, at=MONDAY)
        assert Entry.objects.get().name == "甲"

    def test_hostile_uploads_are_refused(self):
        with pytest.raises(errors.EntryInvalid) as caught:
            kit.make(photo_upload=samples.upload("a.jpg", b"<script>alert(1)</script>"))
        assert [fault.pointer for fault in caught.value.fields] == ["/photo_upload"]
        assert not Entry.objects.exists()

    def test_categories_in_use_stay(self):
        entry = kit.make()
        with pytest.raises(errors.CategoryInUse):
            entries.delete_category(category_id=entry.category_id, actor=kit.SYSTEM)
        with pytest.raises(errors.CategoryTaken):
            entries.save_category(category_id=None, name="食堂餐饮", icon="", position=0, actor=kit.SYSTEM)
        assert Category.objects.count() == 6


class TestNumbersAndHours:
    @pytest.mark.parametrize(
        ("written", "dialled"),
        [
            ("（010） 1234 5678", "010-12345678"), ("12345", "12345"), ("+86 138 0000 0000", "+8613800000000"),
            ("010-12345678转9", "010-12345678*9"), ("０１０－１２３４", "010-1234"), ("12", ""), ("tel:110", ""), ("", ""),
        ],
    )  # fmt: skip
    def test_numbers_as_they_are_dialled(self, written, dialled):
        assert cleaning.dialled(written) == dialled

    @pytest.mark.parametrize(
        "words",
        ["一至五 09:00-12:00 13:30-17:00；六 09:00-12:00", "一至日 00:00-24:00", "二 08:00-09:00；四至五 08:00-09:00"],
    )
    def test_hours_are_read_as_they_are_written(self, words):
        assert opening.format_hours(cleaning.parse_hours(words)) == words

    @pytest.mark.parametrize(
        "words", ["周一到周五 9:00—17:00", "星期一至星期五 9:00-17:00", "1到5 9点", "一 25:00-26:00", "好"]
    )
    def test_other_ways_are_read_or_refused_whole(self, words):
        rows = cleaning.parse_hours(words)
        assert rows is None or opening.format_hours(rows) == "一至五 09:00-17:00"

    def test_nothing_is_no_hours(self):
        assert cleaning.parse_hours(" ") == []


class TestOpenNow:
    def test_by_the_clock_of_the_tenant(self):
        entry = kit.make()
        assert status(entry, at(23, 8, 59)) == opening.Status(False, opens_at=at(23, 9))
        assert status(entry, at(23, 9)) == opening.Status(True, until=at(23, 17))
        assert status(entry, at(23, 17)) == opening.Status(False, opens_at=at(24, 9))
        assert status(entry, at(27, 18)) == opening.Status(False, opens_at=at(30, 9))

    def test_over_midnight(self):
        entry = kit.make(openings=[(1, time(20), time(0)), (2, time(0), time(2))])
        assert status(entry, at(23, 23, 59)).until == at(24, 0)
        assert status(entry, at(23, 23, 59)).until_words == "24:00"
        assert (status(entry, at(24, 1)).until, status(entry, at(24, 1)).until_words) == (at(24, 2), "02:00")

    def test_holidays_and_working_days_at_weekends(self):
        entry, hotline = kit.make(), kit.make("热线", address="", keeps_holidays=False)
        days.add_day(day=date(2026, 11, 23), label="调休", follows_weekday=None, actor=kit.SYSTEM)
        days.add_day(day=date(2026, 11, 28), label="补班", follows_weekday=1, actor=kit.SYSTEM)
        assert status(entry, at(23, 10)) == opening.Status(False, opens_at=at(24, 9), holiday="调休")
        assert status(hotline, at(23, 10)).is_open
        assert status(entry, at(28, 10)).is_open
        with pytest.raises(errors.DayTaken):
            days.add_day(day=date(2026, 11, 28), label="又", follows_weekday=None, actor=kit.SYSTEM)

    def test_always_and_unknown(self):
        assert status(kit.make("急诊", is_always_open=True, openings=[]), at(22, 3)).is_open
        assert status(kit.make("小店", openings=[]), at(23, 10)).is_open is None


class TestFinding:
    @pytest.mark.parametrize("words", ["食堂", "jiguan", "jgst", "JGST", "和平路", "zaocan", "机关 和平"])
    def test_by_name_pinyin_initials_tag_address(self, words, actors):
        kit.make(tags="早餐")
        kit.make("社区门诊", address="胜利街")
        assert [entry.name for entry in reads.search(actors.member, words=words)] == ["机关食堂"]

    def test_visitors_see_what_is_public(self, actors):
        kit.make()
        kit.make("服务热线", address="", is_public=True)
        assert [entry.name for entry in reads.search(Actor.anonymous())] == ["服务热线"]
        assert reads.search(actors.member).count() == 2
        with pytest.raises(errors.EntryMissing):
            reads.get_entry(entry_id=Entry.objects.get(name="机关食堂").pk, actor=Actor.anonymous())

    def test_closed_places_are_gone(self, actors):
        entry = kit.make()
        entries.set_state(entry_id=entry.pk, is_listed=False, actor=kit.SYSTEM, at=MONDAY)
        assert not reads.search(actors.member).exists()
        with pytest.raises(errors.EntryClosed):
            reads.get_entry(entry_id=entry.pk, actor=actors.member)


class TestKeeping:
    def test_keepers_are_asked_once_and_answer(self, actors):
        entry = kit.make(keeper_id=actors.member.user.pk)
        fresh = kit.make("新店", address="")
        later = MONDAY + timedelta(days=200)
        entries.verify_entry(entry_id=fresh.pk, actor=kit.SYSTEM, at=later)
        assert [tending.ask_keepers(at=later) for _twice in (1, 2)] == [1, 1]
        todo = Todo.objects.get(kind="yellowpages.verify")
        assert (todo.user_id, todo.url) == (actors.member.user.pk, f"/yellowpages/{entry.pk}/")
        entries.verify_own(entry_id=entry.pk, actor=actors.member, at=later)
        assert Todo.objects.get(kind="yellowpages.verify").state == "done"
        assert tending.ask_keepers(at=later) == 0

    def test_others_may_not_say_so(self, actors):
        from jiceng.kernel.errors import Forbidden

        entry = kit.make()
        with pytest.raises(Forbidden):
            entries.verify_own(entry_id=entry.pk, actor=actors.member, at=MONDAY + timedelta(days=9))
        assert Entry.objects.get().verified_on == entry.verified_on
