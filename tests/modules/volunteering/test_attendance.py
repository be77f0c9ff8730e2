"""Codes, check-in and check-out, lists filled in by hand, feedback, reminders of none of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from modules.volunteering import errors
from modules.volunteering.models import SignUp
from modules.volunteering.services import attending, codes, feedback, hours, projects, shifts
from tenants.context import tenant_scope
from tests.factories.news import MONDAY

from . import kit

HOUR = kit.HOUR
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def scope(hongqi, volunteering_on):
    with tenant_scope(hongqi):
        yield


@pytest.fixture
def shift(helper):
    made = kit.open_shift()
    kit.join(made, helper)
    return made


def word(shift, person, kind="in", at=kit.START):
    return codes.word_for(codes.read(codes.make(shift.pk, kind, at=at), at=at), person, at=at)


def scan(shift, person, actor, kind="in", at=kit.START, **more):
    return attending.check(word=word(shift, person, kind, at), actor=actor, at=at, **more)


def times():
    return list(SignUp.objects.order_by("number").values_list("checked_in_at", "checked_out_at"))


class TestCodes:
    def test_in_and_out_each_once(self, shift, helper, actors):
        scan(shift, helper, actors.member, at=kit.START, whereabouts="东门")
        again = scan(shift, helper, actors.member, at=kit.START + 5 * MINUTE)
        assert (again.checked_in_at, again.whereabouts) == (kit.START, "东门")
        scan(shift, helper, actors.member, "out", at=kit.END)
        scan(shift, helper, actors.member, "out", at=kit.END + MINUTE)
        assert times() == [(kit.START, kit.END)]

    def refused(self, error, call):
        before = times()
        with pytest.raises(error) as caught:
            call()
        assert caught.value.detail.endswith("。")
        assert times() == before

    def test_codes_expire_within_a_minute(self, shift):
        token = codes.make(shift.pk, "in", at=kit.START)
        assert codes.read(token, at=kit.START + MINUTE).shift_id == shift.pk
        self.refused(errors.CodeExpired, lambda: codes.read(token, at=kit.START + MINUTE + timedelta(seconds=1)))

    def test_a_page_left_open_expires_too(self, shift, helper, actors):
        old = word(shift, helper)
        late = kit.START + 6 * MINUTE
        self.refused(errors.CodeExpired, lambda: attending.check(word=old, actor=actors.member, at=late))

    def test_a_word_replayed_by_somebody_else(self, shift, helper, actors, branch):
        other = kit.make_person("别人", branch, login="bieren")
        kit.join(shift, other)
        mine = word(shift, helper)
        self.refused(errors.CodeUnknown, lambda: attending.check(word=mine, actor=kit.actor_of(other), at=kit.START))

    def test_the_code_itself_is_no_word(self, shift, helper, actors):
        token = codes.make(shift.pk, "in", at=kit.START)
        self.refused(errors.CodeUnknown, lambda: attending.check(word=token, actor=actors.member, at=kit.START))

    def test_codes_of_another_shift_and_altered_ones(self, shift, helper, actors, branch):
        other = kit.open_shift(title="别的", start=kit.START + timedelta(days=3))
        token = codes.make(shift.pk, "in", at=kit.START)
        altered = token.replace(shift.pk.hex, other.pk.hex)
        self.refused(errors.CodeUnknown, lambda: codes.read(altered, at=kit.START))
        for bad in ("", "x", "a.b.c", "\x00", token + "0", "中" * 20, token.replace(".in.", ".out.")):
            self.refused(errors.CodeUnknown, lambda bad=bad: codes.read(bad, at=kit.START))
        self.refused(errors.NotJoined, lambda: scan(other, helper, actors.member, at=other.starts_at))

    def test_codes_of_another_tenant(self, shift, dongfeng):
        with tenant_scope(dongfeng):
            token = codes.make(shift.pk, "in", at=kit.START)
        self.refused(errors.CodeUnknown, lambda: codes.read(token, at=kit.START))

    def test_out_before_in(self, shift, helper, actors):
        self.refused(errors.NotCheckedIn, lambda: scan(shift, helper, actors.member, "out", at=kit.END))

    def test_too_early_too_late_waiting_and_cancelled(self, shift, helper, actors, branch):
        early, late = kit.START - 3 * HOUR, kit.END + MINUTE
        self.refused(errors.CheckTooEarly, lambda: scan(shift, helper, actors.member, at=early))
        self.refused(errors.CheckTooLate, lambda: scan(shift, helper, actors.member, at=late))
        full = kit.open_shift(title="满", capacity=1, start=kit.START + timedelta(days=2))
        kit.join(full, kit.make_person("甲", branch))
        kit.join(full, helper)
        self.refused(errors.NotJoined, lambda: scan(full, helper, actors.member, at=full.starts_at))
        shifts.cancel_shift(shift_id=shift.pk, reason="雨", actor=kit.SYSTEM, at=MONDAY)
        self.refused(errors.ShiftCancelled, lambda: scan(shift, helper, actors.member))

    def test_who_shows_the_code(self, shift, helper, actors):
        for actor in (actors.secretary, actors.editor, kit.SYSTEM):
            assert attending.code_for(shift_id=shift.pk, kind="in", actor=actor, at=MONDAY)
        self.refused(errors.NotYourShift, lambda: attending.code_for(
            shift_id=shift.pk, kind="in", actor=actors.member, at=MONDAY
        ))  # fmt: skip
        projects.update_project(
            project_id=shift.project_id, fields={"organiser_id": helper.pk}, actor=kit.SYSTEM, at=MONDAY
        )
        assert attending.code_for(shift_id=shift.pk, kind="out", actor=actors.member, at=MONDAY)


class TestByHand:
    def enter(self, shift, start, end, *, actor=kit.SYSTEM, at=kit.END + HOUR, row=None):
        row = row or SignUp.objects.filter(shift=shift).first()
        return attending.enter_attendance(
            shift_id=shift.pk, rows=[attending.Entered(row.pk, start, end)], actor=actor, at=at
        )

    def test_times_are_entered_changed_and_taken_away(self, shift):
        assert self.enter(shift, kit.START, None) == 1
        assert self.enter(shift, kit.START, None) == 0
        assert self.enter(shift, kit.START, kit.END) == 1
        assert (times(), SignUp.objects.get().is_entered) == ([(kit.START, kit.END)], True)
        assert self.enter(shift, None, None) == 1
        assert times() == [(None, None)]

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            (None, kit.END), (kit.END, kit.START), (kit.START, kit.START), (kit.START - 3 * HOUR, kit.END),
            (kit.START, kit.END + 2 * HOUR), (kit.END + MINUTE, None),
        ],
    )  # fmt: skip
    def test_impossible_times(self, shift, start, end):
        with pytest.raises(errors.AttendanceInvalid):
            self.enter(shift, start, end)
        assert times() == [(None, None)]

    def test_all_lines_or_none(self, shift, branch):
        other = kit.join(shift, kit.make_person("甲", branch))
        mine = SignUp.objects.exclude(pk=other.pk).get()
        rows = [attending.Entered(mine.pk, kit.START, kit.END), attending.Entered(other.pk, None, kit.END)]
        with pytest.raises(errors.AttendanceInvalid):
            attending.enter_attendance(shift_id=shift.pk, rows=rows, actor=kit.SYSTEM, at=kit.END)
        assert times() == [(None, None)] * 2

    def test_members_and_strangers_of_the_list(self, shift, actors, branch):
        with pytest.raises(errors.NotYourShift):
            self.enter(shift, kit.START, kit.END, actor=actors.member)
        elsewhere = kit.join(kit.open_shift(title="别的", start=kit.END), kit.make_person("甲", branch))
        with pytest.raises(errors.AttendanceInvalid):
            self.enter(shift, kit.START, kit.END, row=elsewhere)
        assert times() == [(None, None)] * 2

    def test_after_verifying_times_stay(self, shift, helper):
        row = kit.attend(shift, helper)
        hours.verify_hours(shift_id=shift.pk, hours={row.pk: None}, reason="", actor=kit.SYSTEM, at=kit.END)
        with pytest.raises(errors.AttendanceVerified):
            self.enter(shift, None, None)
        assert times() == [(kit.START, kit.END)]


class TestFeedback:
    def test_after_the_shift_and_again(self, shift, actors):
        facts = {"shift_id": shift.pk, "actor": actors.member, "at": kit.END}
        feedback.give_feedback(**facts, rating="4", text="组织得好")
        row = feedback.give_feedback(**facts, rating="5", text="<b>很好</b>")
        assert (row.rating, row.feedback) == (5, "<b>很好</b>")

    @pytest.mark.parametrize(("rating", "text"), [("0", ""), ("6", ""), ("", ""), ("5", "好" * 501), ("5", "\x00")])
    def test_bad_words(self, shift, actors, rating, text):
        with pytest.raises(errors.FeedbackInvalid):
            feedback.give_feedback(shift_id=shift.pk, rating=rating, text=text, actor=actors.member, at=kit.END)
        assert SignUp.objects.get().rating is None

    def test_not_before_the_end_and_only_by_those_who_came(self, shift, actors, branch):
        with pytest.raises(errors.FeedbackTooEarly):
            feedback.give_feedback(shift_id=shift.pk, rating="5", text="", actor=actors.member, at=kit.START)
        other = kit.actor_of(kit.make_person("甲", branch, login="jia"))
        with pytest.raises(errors.SignUpMissing):
            feedback.give_feedback(shift_id=shift.pk, rating="1", text="", actor=other, at=kit.END)
        assert SignUp.objects.get().rating is None
