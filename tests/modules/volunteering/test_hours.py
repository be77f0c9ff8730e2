"""Verified hours, corrections with a trace, stars, certificates, figures."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from openpyxl import load_workbook

from jiceng.events.models import OutboxMessage
from jiceng.kernel import module_settings
from jiceng.kernel.errors import Forbidden
from modules.volunteering import errors
from modules.volunteering.models import Certificate, HoursEntry
from modules.volunteering.selectors import hours as reads
from modules.volunteering.selectors import statistics
from modules.volunteering.selectors.people import masked_name
from modules.volunteering.services import certificates, exporting, hours
from tenants.context import tenant_scope
from tests.factories.news import MONDAY

from . import kit

HOUR, DAY = kit.HOUR, kit.DAY
AFTER = kit.END + 10 * DAY


@pytest.fixture(autouse=True)
def scope(hongqi, volunteering_on):
    with tenant_scope(hongqi):
        yield


@pytest.fixture
def row(helper):
    return kit.attend(kit.open_shift(), helper)


def verify(row, given=None, reason="", actor=kit.SYSTEM, at=AFTER):
    return hours.verify_hours(shift_id=row.shift_id, hours={row.pk: given}, reason=reason, actor=actor, at=at)[0]


def ledger():
    return list(HoursEntry.objects.order_by("created_at", "id").values_list("hours", flat=True))


def settings(**values):
    latest = module_settings.latest_version("volunteering")
    module_settings.write("volunteering", values, expected_version=latest.version if latest else 0, changed_by="测试")
    from django.core.cache import cache

    cache.delete("module-settings:volunteering")


class TestVerifying:
    def test_hours_come_from_the_times(self, row, helper, actors):
        assert reads.standing_of(helper, year=2026).total == 0
        entry = verify(row, actor=actors.secretary)
        assert (entry.hours, str(entry.date), entry.author_name) == (
            Decimal("2.0"),
            "2026-03-03",
            actors.secretary.display_name,
        )
        payload = OutboxMessage.objects.get(name="volunteering.hours.verified").payload
        assert payload == {
            "hours_id": str(entry.pk), "person_id": str(helper.pk), "user_id": str(helper.user_id),
            "shift_id": str(row.shift_id), "hours": "2.0",
        }  # fmt: skip
        assert reads.standing_of(helper, year=2026).total == 2

    @pytest.mark.parametrize(
        ("minutes", "rounded", "down"),
        [(74, "1.0", "1.0"), (75, "1.5", "1.0"), (104, "1.5", "1.5"), (105, "2.0", "1.5")],
    )
    def test_rounded_to_half_hours(self, helper, minutes, rounded, down):
        shift = kit.open_shift()
        row = kit.attend(shift, helper, end=kit.START + minutes * HOUR / 60)
        assert str(reads.proposed(row, shift)) == rounded
        settings(rounds_down=True)
        assert str(reads.proposed(row, shift)) == down

    def test_coming_early_does_not_count(self, helper):
        shift = kit.open_shift()
        row = kit.attend(shift, helper, start=kit.START - HOUR)
        assert reads.proposed(row, shift) == 2

    def refused(self, error, call):
        before = ledger()
        with pytest.raises(error):
            call()
        assert ledger() == before

    def test_other_hours_need_a_reason(self, row):
        self.refused(errors.HoursInvalid, lambda: verify(row, "3"))
        assert verify(row, "3", "收尾多留一小时").reason == "收尾多留一小时"

    @pytest.mark.parametrize("given", ["-1", "0", "24.5", "0.3", "nan", "x", "1e9", "\x00", "9" * 10])
    def test_impossible_hours(self, row, given):
        self.refused(errors.HoursInvalid, lambda: verify(row, given, "原因"))

    def test_without_times_hours_must_be_given(self, helper):
        row = kit.join(kit.open_shift(), helper)
        self.refused(errors.HoursInvalid, lambda: verify(row))
        assert verify(row, "1.5", "纸质签到表").hours == Decimal("1.5")

    def test_not_twice_not_early_and_not_by_others(self, row, helper, actors):
        other = kit.join(kit.open_shift(title="后天", start=kit.START + 2 * DAY), helper)
        self.refused(errors.HoursInvalid, lambda: verify(other, "2", "提前", at=kit.START))
        for actor in (actors.member, actors.stranger):
            self.refused((errors.ShiftMissing, Forbidden), lambda actor=actor: verify(row, actor=actor))
        secretary = kit.secretary_of(kit.make_unit("第二支部"), "书记乙", "shujiyi")
        self.refused(errors.ShiftMissing, lambda: verify(row, actor=secretary))
        verify(row)
        self.refused(errors.HoursTwice, lambda: verify(row))
        self.refused(errors.NothingToVerify, lambda: hours.verify_hours(
            shift_id=row.shift_id, hours={}, reason="", actor=kit.SYSTEM, at=AFTER
        ))  # fmt: skip

    def test_no_more_than_a_day_has(self, row, helper):
        long = kit.attend(kit.open_shift(title="夜班", start=kit.START + 3 * HOUR, hours=10), helper)
        verify(row, "15", "按纸质记录")
        self.refused(errors.TooManyHours, lambda: verify(long))
        assert verify(long, "9", "只计夜里").hours == 9

    def test_the_database_holds_too(self, row, helper):
        entry = verify(row)
        with pytest.raises(IntegrityError), transaction.atomic():
            HoursEntry.objects.create(
                person=helper, shift=row.shift, date=entry.date, hours=2, label="x", created_at=MONDAY, revision=0
            )
        with pytest.raises(IntegrityError), transaction.atomic():
            HoursEntry.objects.create(
                person=helper, shift=row.shift, date=entry.date, hours=-2, label="x", created_at=MONDAY, revision=9
            )
        assert ledger() == [Decimal("2.0")]


class TestCorrecting:
    def test_the_old_entry_stays(self, row, helper):
        entry = verify(row)
        made = hours.correct_hours(entry_id=entry.pk, hours="1.5", reason="中途离开", actor=kit.SYSTEM, at=AFTER)
        assert (ledger(), made.revision) == ([Decimal("2.0"), Decimal("-2.0"), Decimal("1.5")], 1)
        assert reads.standing_of(helper, year=2026).total == Decimal("1.5")
        with pytest.raises(errors.HoursReversed):
            hours.correct_hours(entry_id=entry.pk, hours="1", reason="再改", actor=kit.SYSTEM, at=AFTER)
        hours.reverse_hours(entry_id=made.pk, reason="没有来", actor=kit.SYSTEM, at=AFTER)
        assert reads.standing_of(helper, year=2026).total == 0
        assert verify(row).revision == 2

    @pytest.mark.parametrize(("given", "reason"), [("2", "没变"), ("1", ""), ("25", "多"), ("-2", "负")])
    def test_bad_corrections(self, row, given, reason):
        entry = verify(row)
        with pytest.raises(errors.HoursInvalid):
            hours.correct_hours(entry_id=entry.pk, hours=given, reason=reason, actor=kit.SYSTEM, at=AFTER)
        assert ledger() == [Decimal("2.0")]

    def test_a_correction_keeps_to_the_day_too(self, row, helper):
        entry = verify(row)
        verify(kit.attend(kit.open_shift(title="乙", start=kit.END, hours=1), helper), "20", "按纸质记录")
        with pytest.raises(errors.TooManyHours):
            hours.correct_hours(entry_id=entry.pk, hours="5", reason="多", actor=kit.SYSTEM, at=AFTER)
        assert ledger() == [Decimal("2.0"), Decimal("20.0")]

    def test_out_of_reach(self, row, actors):
        entry = verify(row)
        for actor in (actors.member, kit.secretary_of(kit.make_unit("第二支部"), "书记乙", "shujiyi")):
            with pytest.raises(errors.HoursMissing):
                hours.reverse_hours(entry_id=entry.pk, reason="x", actor=actor, at=AFTER)
        assert ledger() == [Decimal("2.0")]


class TestStars:
    def test_with_what_is_missing(self, row, helper):
        settings(star_1_hours=2, star_2_hours=5, star_3_hours=6, star_4_hours=7, star_5_hours=8)
        verify(row)
        standing = reads.standing_of(helper, year=2026)
        assert (standing.star, standing.missing, standing.percent) == (1, Decimal("3.0"), 40)
        verify(kit.attend(kit.open_shift(title="乙", start=kit.START + 2 * DAY, hours=6), helper))
        assert (reads.standing_of(helper, year=2026).star, reads.standing_of(helper, year=2026).missing) == (5, None)

    def test_defaults_and_years(self, row, helper):
        assert reads.thresholds() == [100, 300, 600, 1000, 1500]
        settings(star_1_hours=2, stars_yearly=True)
        verify(row)
        assert [reads.standing_of(helper, year=year).star for year in (2026, 2027)] == [1, 0]


class TestCertificates:
    def test_one_for_the_same_hours(self, row, actors):
        with pytest.raises(errors.NothingToCertify):
            certificates.issue_certificate(actor=actors.member, at=AFTER)
        verify(row)
        made = certificates.issue_certificate(actor=actors.member, at=AFTER)
        assert certificates.issue_certificate(actor=actors.member, at=AFTER).pk == made.pk
        assert (made.hours, len(made.code)) == (Decimal("2.0"), 20)
        with pytest.raises(errors.NotOnRoster):
            certificates.issue_certificate(actor=actors.stranger, at=AFTER)
        assert Certificate.objects.count() == 1

    def test_taking_hours_back_takes_it_back(self, row, actors):
        entry = verify(row)
        certificates.issue_certificate(actor=actors.member, at=AFTER)
        hours.correct_hours(entry_id=entry.pk, hours="1", reason="早退", actor=kit.SYSTEM, at=AFTER)
        assert Certificate.objects.get().revoked_at == AFTER

    def test_revoked_by_hand_once_with_a_reason(self, row, actors):
        verify(row)
        made = certificates.issue_certificate(actor=actors.member, at=AFTER)
        facts = {"certificate_id": made.pk, "at": AFTER}
        with pytest.raises(errors.CertificateInvalid):
            certificates.revoke_certificate(**facts, reason="", actor=kit.SYSTEM)
        assert Certificate.objects.get().revoked_at is None
        certificates.revoke_certificate(**facts, reason="姓名有误", actor=kit.SYSTEM)
        with pytest.raises(errors.CertificateRevoked):
            certificates.revoke_certificate(**facts, reason="再", actor=kit.SYSTEM)

    def test_names_are_masked(self):
        assert [masked_name(name) for name in ("张三", "欧阳建国", "李")] == ["张*", "欧***", "李*"]

    def test_codes_cannot_be_tried(self, row, actors):
        verify(row)
        made = certificates.issue_certificate(actor=actors.member, at=AFTER)
        look = lambda code: certificates.look_up(code=code, address="198.51.100.9", at=AFTER)  # noqa: E731
        assert look(made.code).pk == made.pk
        for bad in ("", "x", made.code.lower(), made.code[:-1], "\x00" * 20, "中" * 20):
            with pytest.raises(errors.CertificateMissing):
                look(bad)
        with pytest.raises(errors.TooManyLookUps):
            for _attempt in range(40):
                look(made.code)


class TestFigures:
    def test_by_team_and_unit_and_as_a_workbook(self, helper, branch):
        team = kit.make_team()
        first = kit.attend(kit.open_shift(title="=清洁", team_id=team.pk), helper)
        other = kit.make_person("乙", branch)
        second = kit.attend(kit.open_shift(title="陪伴", start=kit.START + DAY), other)
        verify(first)
        verify(second, "3", "多留一小时")
        rows = statistics.entries(kit.SYSTEM, first=date(2026, 1, 1), last=date(2026, 12, 31))
        assert [(f.name, f.people, f.shifts, f.hours) for f in statistics.by_team(rows)] == [
            ("红马甲", 1, 1, Decimal("2.0")), ("不属于队伍", 1, 1, Decimal("3.0")),
        ]  # fmt: skip
        assert [(f.name, f.people, f.hours) for f in statistics.by_unit(rows)] == [("第一支部", 2, Decimal("5.0"))]
        assert statistics.whole(rows).hours == 5
        content = exporting.export_hours(first=date(2026, 1, 1), last=date(2026, 12, 31), actor=kit.SYSTEM)
        table = [list(line) for line in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
        assert table[0] == [
            "姓名", "证件类型", "证件号码", "项目名称", "服务开始时间", "服务结束时间", "服务时长(小时)", "团队名称", "备注",
        ]  # fmt: skip
        assert table[1] == ["成员甲", None, None, "=清洁", "2026-03-03 09:00", "2026-03-03 11:00", 2, "红马甲", None]
        empty = statistics.entries(kit.SYSTEM, first=date(2025, 1, 1), last=date(2025, 12, 31))
        assert (statistics.by_team(empty), statistics.whole(empty).hours) == ([], 0)
