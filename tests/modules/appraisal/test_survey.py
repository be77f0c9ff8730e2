"""群众满意度考察: one answer a form, one a device for some hours, never more than the limits; and what follows."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.kernel import module_settings
from jiceng.kernel.errors import Forbidden, TooMany
from jiceng.notices.models import Entry
from jiceng.workflow.models import Todo
from modules.appraisal.errors import survey as refusals
from modules.appraisal.models import FollowUp, FollowUpStep, SurveyAnswer, SurveyPoint, SurveyRefusal, SurveyTrace
from modules.appraisal.selectors import answers as reads
from modules.appraisal.selectors import follow_ups as cases
from modules.appraisal.services import admitting, answering, follow_ups, moderating, points, receipts
from modules.appraisal.services.working_days import end_of_working_day
from tenants.context import tenant_scope

from . import kit
from .kit import DAY, HOUR, MONDAY, SYSTEM

SECOND = timedelta(seconds=1)


@pytest.fixture
def point(in_hongqi):
    return kit.point()


def refused(outcome):
    assert outcome.answer is None
    return type(outcome.refusal).__name__


def counted():
    return dict(SurveyRefusal.objects.values_list("reason", "count"))


# --- Points --------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"), ({"name": "窗\x00"}, "/name"), ({"name": "窗" * 61}, "/name"), ({"place": "长" * 10_000_000}, "/place"),
        ({"kind": "robot"}, "/kind"), ({"person_id": kit.SYSTEM.id or "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2c11"}, "/person_id"),
        ({"kind": "person", "person_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c2c11"}, "/person_id"),
    ],
)  # fmt: skip
def test_points_that_cannot_be(in_hongqi, change, pointer):
    with pytest.raises(refusals.PointInvalid) as caught:
        kit.point(**change)
    assert [fault.pointer for fault in caught.value.fields] == [pointer]
    assert not SurveyPoint.objects.exists()


def test_points_are_for_those_who_manage_their_unit(branch, actors):
    whole, own = kit.point(), kit.point(branch.unit, name="支部窗口")
    secretary = kit.give(branch.secretary, "secretary", branch.unit)
    assert points.update_point(point_id=own.pk, fields={"name": "改"}, actor=secretary, at=MONDAY).name == "改"
    for actor, row in ((secretary, whole), (actors.member, own), (actors.stranger, own)):
        for deed in (
            lambda a=actor, p=row: points.update_point(point_id=p.pk, fields={"name": "越权"}, actor=a, at=MONDAY),
            lambda a=actor, p=row: points.switch_point(point_id=p.pk, is_active=False, actor=a, at=MONDAY),
            lambda a=actor, p=row: points.renew_code(point_id=p.pk, actor=a, at=MONDAY),
            lambda a=actor, p=row: points.delete_point(point_id=p.pk, actor=a, at=MONDAY),
        ):
            with pytest.raises(Forbidden):
                deed()
    assert set(SurveyPoint.objects.values_list("name", "is_active", "code")) == {
        ("3 号登记窗口", True, whole.code), ("改", True, own.code),
    }  # fmt: skip


def test_codes_cannot_be_guessed_and_old_ones_are_void(point):
    assert len(point.code) == 20 and point.code != kit.point().code
    old = point.code
    new = points.renew_code(point_id=point.pk, actor=SYSTEM, at=MONDAY)
    with pytest.raises(refusals.CodeUnknown):
        answering.answer(code=old, grade=5, visit=kit.visit(old), at=MONDAY + 10 * SECOND)
    assert kit.answer(new).answer


def test_points_with_answers_stay(point):
    kit.answer(point)
    with pytest.raises(refusals.PointInUse):
        points.delete_point(point_id=point.pk, actor=SYSTEM, at=MONDAY)
    points.delete_point(point_id=kit.point().pk, actor=SYSTEM, at=MONDAY)
    assert list(SurveyPoint.objects.all()) == [point]


# --- Answering -----------------------------------------------------------------------------------------------------------
def test_an_answer_keeps_nothing_of_who_gave_it(point):
    coming = kit.visit(point.code, address="203.0.113.77")
    row = kit.answer(point, 4, visit=coming, text="很好。", phone="138 0013 8000").answer
    assert (row.grade, row.text, len(row.receipt)) == (4, "很好。", 10)
    assert answering.phone_of(row) == "13800138000" and b"13800138000" not in bytes(row.phone_sealed)
    device = admitting.device_of(coming.device)
    with connection.cursor() as cursor:
        for table in (
            "appraisal_surveyanswer",
            "appraisal_surveytrace",
            "appraisal_surveyrefusal",
            "events_outboxmessage",
        ):
            cursor.execute(f'SELECT coalesce(string_agg(x::text, chr(10)), $$$$) FROM "{table}" x')
            text = cursor.fetchone()[0]
            assert "203.0.113" not in text and device not in text and "13800138000" not in text
    payload = OutboxMessage.objects.get(name="appraisal.survey.answered").payload
    assert payload == {"point_id": str(point.pk), "answer_id": str(row.pk), "grade": 4}


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"grade": 0}, "/grade"), ({"grade": 6}, "/grade"), ({"grade": ""}, "/grade"), ({"grade": "5 OR 1=1"}, "/grade"),
        ({"text": "空\x00"}, "/text"), ({"text": "长" * 501}, "/text"), ({"text": "长" * 10_000_000}, "/text"),
        ({"phone": "12345"}, "/phone"), ({"phone": "\x00"}, "/phone"),
    ],
)  # fmt: skip
def test_answers_that_cannot_be(point, given, pointer):
    with pytest.raises(refusals.AnswerInvalid) as caught:
        kit.answer(point, **{"grade": 3, **given})
    assert [fault.pointer for fault in caught.value.fields] == [pointer]
    assert not SurveyAnswer.objects.exists() and not SurveyTrace.objects.exists()


def test_text_is_text(point):
    words = "<script>alert(1)</script> =1+1 '; DROP TABLE"
    assert kit.answer(point, text=words).answer.text == words


def test_the_same_form_twice_is_one_answer(point):
    coming = kit.visit(point.code)
    first = kit.answer(point, 1, visit=coming, text="一").answer
    again = answering.answer(code=point.code, grade=5, visit=coming, at=MONDAY + HOUR, text="二").answer
    assert again == first and (again.grade, again.text) == (1, "一")
    assert receipts.code_of(again) == receipts.code_of(first)
    assert (SurveyAnswer.objects.count(), FollowUp.objects.count()) == (1, 1)
    # also once the point is off: the citizen sees the receipt again
    points.switch_point(point_id=point.pk, is_active=False, actor=SYSTEM, at=MONDAY)
    assert answering.answer(code=point.code, grade=5, visit=coming, at=MONDAY + HOUR).answer == first


def test_one_device_answers_once_in_the_hours_of_the_setting(point):
    device = admitting.new_device()
    late = datetime(2026, 3, 2, 15, 30, tzinfo=UTC)  # half an hour to midnight in Shanghai
    assert kit.answer(point, at=late, visit=kit.visit(point.code, device=device, at=late)).answer
    for after in (HOUR, 8 * HOUR, 23 * HOUR):
        coming = kit.visit(point.code, device=device, at=late + after)
        assert refused(kit.answer(point, at=late + after, visit=coming)) == "AnsweredLately"
    other = kit.point(name="4 号窗口")
    assert kit.answer(other, at=late + HOUR, visit=kit.visit(other.code, device=device, at=late + HOUR)).answer
    next_day = late + 25 * HOUR
    assert kit.answer(point, at=next_day, visit=kit.visit(point.code, device=device, at=next_day)).answer
    assert SurveyAnswer.objects.count() == 3 and counted() == {"repeated": 3}


@pytest.mark.parametrize(
    ("spoil", "refusal", "reason"),
    [
        ({"trap": "https://spam.example"}, "LooksAutomatic", "automated"),
        ({"token": "made.up.word"}, "FormExpired", "expired"),
        ({"token": ""}, "FormExpired", "expired"),
        ({"token": "x" * 10_000}, "FormExpired", "expired"),
        ({"device": ""}, "FormExpired", "expired"),
        ({"device": "word.badmark"}, "FormExpired", "expired"),
    ],
)
def test_forms_that_are_not_ours(point, spoil, refusal, reason):
    coming = kit.visit(point.code)
    spoilt = answering.Visit(
        **{"token": coming.token, "device": coming.device, "address": coming.address, "trap": "", **spoil}
    )
    assert refused(kit.answer(point, visit=spoilt)) == refusal
    assert not SurveyAnswer.objects.exists() and counted() == {reason: 1}


def test_forms_of_another_point_or_device_or_time(point):
    other, coming = kit.point(name="4 号窗口"), kit.visit(point.code)
    assert refused(answering.answer(code=other.code, grade=5, visit=coming, at=MONDAY + 10 * SECOND)) == "FormExpired"
    stolen = answering.Visit(token=coming.token, device=admitting.new_device(), address="203.0.113.8")
    assert refused(kit.answer(point, visit=stolen)) == "FormExpired"
    assert refused(answering.answer(code=point.code, grade=5, visit=coming, at=MONDAY + SECOND)) == "LooksAutomatic"
    assert refused(answering.answer(code=point.code, grade=5, visit=coming, at=MONDAY + 3 * HOUR)) == "FormExpired"
    assert not SurveyAnswer.objects.exists()


def test_a_point_that_is_off_takes_nothing(point):
    coming = kit.visit(point.code)
    points.switch_point(point_id=point.pk, is_active=False, actor=SYSTEM, at=MONDAY)
    with pytest.raises(refusals.PointWithdrawn):
        kit.answer(point, visit=coming)
    assert not SurveyAnswer.objects.exists() and not SurveyRefusal.objects.exists()


# --- Floods --------------------------------------------------------------------------------------------------------------
def limit(**values):
    module_settings.write("appraisal", values, expected_version=0, changed_by="测试")


def test_a_network_cannot_flood(point):
    limit(answers_per_network=5)
    outcomes = [kit.answer(point, visit=kit.visit(point.code, address=f"203.0.113.{n}")) for n in range(12)]
    assert [bool(outcome.answer) for outcome in outcomes] == [True] * 5 + [False] * 7
    assert {refused(outcome) for outcome in outcomes[5:]} == {"TooManyAnswers"}
    assert SurveyAnswer.objects.count() == 5 and counted() == {"flooded": 7}
    # somebody else's network still gets through
    assert kit.answer(point, visit=kit.visit(point.code, address="198.51.100.1")).answer


def test_a_point_cannot_be_flooded(point):
    limit(answers_per_point=5)
    outcomes = [kit.answer(point, visit=kit.visit(point.code, address=f"198.51.{n}.1")) for n in range(9)]
    assert [bool(outcome.answer) for outcome in outcomes] == [True] * 5 + [False] * 4
    other = kit.point(name="4 号窗口")
    assert kit.answer(other, visit=kit.visit(other.code, address="192.0.2.1")).answer
    assert SurveyAnswer.objects.count() == 6


def test_networks_are_prefixes_digested_with_the_day(in_hongqi):
    name = admitting.network_of
    assert name("203.0.113.1", at=MONDAY) == name("203.0.113.254", at=MONDAY) != name("203.0.114.1", at=MONDAY)
    assert (
        name("2001:db8:0:1::1", at=MONDAY) == name("2001:db8:0:2::9", at=MONDAY) != name("2001:db8:1:1::1", at=MONDAY)
    )
    assert name("203.0.113.1", at=MONDAY) != name("203.0.113.1", at=MONDAY + DAY)
    assert name("", at=MONDAY) == name("x", at=MONDAY)


def test_traces_and_telephone_numbers_go(point):
    kit.answer(point, 5)
    bad = kit.answer(point, 1, phone="13900139000", visit=kit.visit(point.code, address="198.51.100.9")).answer
    assert moderating.purge(at=MONDAY + HOUR) == 0 and SurveyTrace.objects.count() == 2
    moderating.purge(at=MONDAY + 2 * DAY)
    assert not SurveyTrace.objects.exists()
    moderating.purge(at=MONDAY + 91 * DAY)
    bad.refresh_from_db()
    assert bad.phone_sealed is not None  # still needed: not closed
    case = bad.follow_up
    follow_ups.accept(follow_up_id=case.pk, actor=SYSTEM, at=MONDAY)
    follow_ups.reply(follow_up_id=case.pk, text="已回电", actor=SYSTEM, at=MONDAY)
    follow_ups.close(follow_up_id=case.pk, actor=SYSTEM, at=MONDAY + DAY)
    moderating.purge(at=MONDAY + 92 * DAY)
    bad.refresh_from_db()
    assert bad.phone_sealed is None and bad.grade == 1


# --- Trend ---------------------------------------------------------------------------------------------------------------
def test_averages_only_of_five(branch, actors):
    one, two = kit.point(), kit.point(branch.unit, name="支部窗口", kind="service")
    for number, grade in enumerate((5, 5, 4, 2, 4)):
        kit.answer(one, grade, at=MONDAY, visit=kit.visit(one.code, address=f"198.51.{number}.1"))
    for number in range(4):
        kit.answer(two, 1, at=MONDAY, visit=kit.visit(two.code, address=f"192.0.{number}.1"))
    found = reads.trend(actor=actors.secretary, at=MONDAY + DAY, step="day")
    assert [(row.label, row.count, row.bad_count, str(row.average)) for row in found.by_unit] == [
        ("", 5, 1, "4.0"), ("登记窗口党支部", 4, 4, "None"),
    ]  # fmt: skip
    assert [(row.label, row.count) for row in found.by_kind] == [("窗口", 5), ("服务事项", 4)]
    assert found.counts == [("03-02", 9)] and str(found.whole.average) == "2.7"  # (20+4)/9 = 2.67
    secretary = kit.give(branch.secretary, "secretary", branch.unit)
    own = reads.trend(actor=secretary, at=MONDAY + DAY, step="month")
    assert (own.whole.count, own.whole.average, own.counts) == (4, None, [("2026-03", 4)])


# --- Follow-ups ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("at", "days", "holidays", "end"),
    [
        # Monday + 5 working days = Monday's end, which is Tuesday 00:00 in Shanghai
        (MONDAY, 5, (), datetime(2026, 3, 9, 16, tzinfo=UTC)),
        (datetime(2026, 3, 6, 1, tzinfo=UTC), 1, (), datetime(2026, 3, 9, 16, tzinfo=UTC)),  # Friday → Monday
        (datetime(2026, 3, 7, 1, tzinfo=UTC), 1, (), datetime(2026, 3, 9, 16, tzinfo=UTC)),  # Saturday → Monday
        (MONDAY, 1, ("2026-03-03", "nonsense"), datetime(2026, 3, 4, 16, tzinfo=UTC)),
        (
            datetime(2026, 3, 2, 17, tzinfo=UTC),
            1,
            (),
            datetime(2026, 3, 4, 16, tzinfo=UTC),
        ),  # Tuesday already in Shanghai
    ],
)
def test_working_days(in_hongqi, at, days, holidays, end):
    assert end_of_working_day(at, days=days, holidays=holidays) == end


@pytest.fixture
def case(branch):
    secretary = kit.give(branch.secretary, "secretary", branch.unit)
    row = kit.answer(kit.point(branch.unit), 2, text="等了两小时").answer
    return row.follow_up, secretary


def test_a_bad_grade_is_followed_up(case, branch):
    row, _secretary = case
    assert (row.state, row.owner, row.due_at) == ("open", branch.secretary, datetime(2026, 3, 9, 16, tzinfo=UTC))
    todo = Todo.objects.get(kind="appraisal.follow_up")
    assert (todo.permission, todo.unit_path, todo.due_at) == ("appraisal.follow", branch.unit.path, row.due_at)
    assert "等了两小时" not in todo.title
    assert list(Entry.objects.values_list("user", flat=True)) == [branch.secretary.user_id]
    opened = OutboxMessage.objects.get(name="appraisal.follow_up.opened").payload
    assert (opened["person_id"], opened["user_id"]) == (str(branch.secretary.pk), str(branch.secretary.user_id))
    kit.answer(row.answer.point, 3, visit=kit.visit(row.answer.point.code))
    assert FollowUp.objects.count() == 1


def test_from_acceptance_to_the_end(case):
    row, secretary = case
    with pytest.raises(refusals.NotAccepted):
        follow_ups.reply(follow_up_id=row.pk, text="抱歉", actor=secretary, at=MONDAY)
    follow_ups.accept(follow_up_id=row.pk, actor=secretary, at=MONDAY)
    with pytest.raises(refusals.AcceptedAlready):
        follow_ups.accept(follow_up_id=row.pk, actor=secretary, at=MONDAY)
    with pytest.raises(refusals.NotAnswered):
        follow_ups.close(follow_up_id=row.pk, actor=secretary, at=MONDAY)
    for text in ("", " ", "\x00", "长" * 1001):
        with pytest.raises(refusals.FollowUpInvalid):
            follow_ups.reply(follow_up_id=row.pk, text=text, actor=secretary, at=MONDAY)
    follow_ups.add_note(follow_up_id=row.pk, text="内部：已加开窗口", actor=secretary, at=MONDAY)
    follow_ups.reply(follow_up_id=row.pk, text="已加开窗口，抱歉。", actor=secretary, at=MONDAY + HOUR)
    done = follow_ups.close(follow_up_id=row.pk, actor=secretary, at=MONDAY + DAY)
    assert (done.state, done.reply) == ("closed", "已加开窗口，抱歉。")
    assert not Todo.objects.filter(state="open").exists()
    assert OutboxMessage.objects.filter(name="appraisal.follow_up.closed").count() == 1
    with pytest.raises(refusals.FollowUpClosed):
        follow_ups.reply(follow_up_id=row.pk, text="再改", actor=secretary, at=MONDAY + DAY)
    public = [step.text for step in cases.public_steps(done.answer)]
    assert "内部：已加开窗口" not in public and "已加开窗口，抱歉。" in public


def test_the_database_refuses_an_end_without_an_answer(case):
    row, _secretary = case
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.filter(pk=row.pk).update(state="closed", closed_at=MONDAY + DAY)


def test_others_can_do_nothing(case, branch, actors):
    row, _secretary = case
    for actor in (actors.member, actors.stranger, kit.actor_of(branch.people[0])):
        for deed in (
            lambda a=actor: follow_ups.accept(follow_up_id=row.pk, actor=a, at=MONDAY),
            lambda a=actor: moderating.reveal_phone(follow_up_id=row.pk, actor=a, at=MONDAY),
        ):
            with pytest.raises(Forbidden):
                deed()
        with pytest.raises(refusals.FollowUpMissing):
            cases.get_follow_up(follow_up_id=row.pk, actor=actor)
    row.refresh_from_db()
    assert row.state == "open" and FollowUpStep.objects.count() == 1
    assert not AuditEntry.objects.filter(action="appraisal.answer.phone_seen").exists()


def test_still_dissatisfied_once(case):
    row, secretary = case
    with pytest.raises(refusals.CannotReopen):
        follow_ups.reopen(answer=row.answer, wish="快点", at=MONDAY)
    follow_ups.accept(follow_up_id=row.pk, actor=secretary, at=MONDAY)
    follow_ups.reply(follow_up_id=row.pk, text="已处理", actor=secretary, at=MONDAY)
    follow_ups.close(follow_up_id=row.pk, actor=secretary, at=MONDAY)
    for wish in ("", "\x00", "长" * 501):
        with pytest.raises(refusals.FollowUpInvalid):
            follow_ups.reopen(answer=row.answer, wish=wish, at=MONDAY + DAY)
    again = follow_ups.reopen(answer=row.answer, wish="还是慢", at=MONDAY + DAY)
    assert (again.state, again.reply, again.closed_at) == ("open", "", None)
    assert again.due_at == datetime(2026, 3, 10, 16, tzinfo=UTC)
    assert Todo.objects.filter(state="open").count() == 1
    follow_ups.accept(follow_up_id=row.pk, actor=secretary, at=MONDAY + DAY)
    with pytest.raises(refusals.NotAnswered):
        follow_ups.close(follow_up_id=row.pk, actor=secretary, at=MONDAY + DAY)
    follow_ups.reply(follow_up_id=row.pk, text="再次处理", actor=secretary, at=MONDAY + DAY)
    with pytest.raises(refusals.CannotReopen):
        follow_ups.reopen(answer=row.answer, wish="第三次", at=MONDAY + DAY)
    assert [step.text for step in cases.public_steps(row.answer) if step.kind == "answered"] == ["已处理", "再次处理"]


def test_overdue(case, actors):
    row, _secretary = case
    assert list(cases.listed(actor=actors.secretary, at=row.due_at - SECOND, show="overdue")) == []
    assert list(cases.listed(actor=actors.secretary, at=row.due_at, show="overdue")) == [row]
    assert list(cases.listed(actor=actors.member, at=row.due_at)) == []


def test_a_telephone_number_is_shown_for_the_record(branch):
    secretary = kit.give(branch.secretary, "secretary", branch.unit)
    row = kit.answer(kit.point(branch.unit), 1, phone="13800138000").answer.follow_up
    assert moderating.reveal_phone(follow_up_id=row.pk, actor=secretary, at=MONDAY) == "13800138000"
    entry = AuditEntry.objects.get(action="appraisal.answer.phone_seen")
    assert entry.actor_id == secretary.id and "13800138000" not in str(vars(entry))


# --- Hiding --------------------------------------------------------------------------------------------------------------
def test_words_are_hidden_with_a_trace_and_never_lost(point, actors):
    row = kit.answer(point, 5, text="金丝雀骂人").answer
    for actor in (actors.member, actors.stranger):
        with pytest.raises(Forbidden):
            moderating.hide_text(answer_id=row.pk, reason="不雅", actor=actor, at=MONDAY)
    with pytest.raises(refusals.ModerationInvalid):
        moderating.hide_text(answer_id=row.pk, reason="", actor=actors.editor, at=MONDAY)
    hidden = moderating.hide_text(answer_id=row.pk, reason="不雅", actor=actors.editor, at=MONDAY)
    assert (hidden.text, hidden.shown_text, hidden.hidden_by_name) == (
        "金丝雀骂人",
        "（文字已隐藏）",
        actors.editor.display_name,
    )
    assert AuditEntry.objects.get(action="appraisal.answer.hidden").note == "不雅"
    assert moderating.show_text(answer_id=row.pk, actor=actors.editor, at=MONDAY).shown_text == "金丝雀骂人"
    assert AuditEntry.objects.filter(action="appraisal.answer.shown").count() == 1


# --- Receipts ------------------------------------------------------------------------------------------------------------
def test_number_and_code_lead_back(point):
    row = kit.answer(point, 1).answer
    code, ways = receipts.code_of(row), {"address": "203.0.113.1", "at": MONDAY}
    key = receipts.find(number=f" {row.receipt.lower()[:5]}-{row.receipt[5:]} ", code=f"{code[:3]} {code[3:]}", **ways)
    assert receipts.answer_of(key, at=MONDAY + 59 * timedelta(minutes=1)) == row
    with pytest.raises(refusals.ReceiptExpired):
        receipts.answer_of(key, at=MONDAY + 61 * timedelta(minutes=1))
    for number, wrong in (
        (row.receipt, "000000" if code != "000000" else "111111"),
        ("M" * 10, code),
        ("\x00", code),
        ("", ""),
    ):
        with pytest.raises(refusals.ReceiptUnknown):
            receipts.find(number=number, code=wrong, **ways)
    for made_up in ("x", key[:-1] + ("0" if key[-1] != "0" else "1"), f"{row.pk.hex}-99-{'0' * 40}", "\x00"):
        with pytest.raises(refusals.ReceiptUnknown):
            receipts.answer_of(made_up, at=MONDAY)


def test_codes_cannot_be_tried_out(point):
    row = kit.answer(point, 1).answer
    for number in range(10):
        with pytest.raises(refusals.ReceiptUnknown):
            receipts.find(number=row.receipt, code=f"x{number}", address=f"198.51.{number}.1", at=MONDAY)
    with pytest.raises(TooMany):
        receipts.find(number=row.receipt, code=receipts.code_of(row), address="192.0.2.1", at=MONDAY)


# --- Races ---------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
class TestRaces:
    @pytest.fixture(autouse=True)
    def appraisal_on(self):
        """These tests call services; no module has to be on."""

    @staticmethod
    def at_once(tenant, calls):
        gate, outcomes = threading.Barrier(len(calls)), []

        def run(call):
            try:
                with tenant_scope(tenant):
                    gate.wait(10)
                    done = call()
                    outcomes.append(str(done.answer.pk) if done.answer else type(done.refusal).__name__)
            except Exception as error:
                outcomes.append(repr(error))
            finally:
                connection.close()

        threads = [threading.Thread(target=run, args=(call,)) for call in calls]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return outcomes

    def test_two_threads_with_the_same_form_make_one_answer(self, fresh_tenant):
        with tenant_scope(fresh_tenant):
            point = kit.point()
            coming = kit.visit(point.code)
        outcomes = self.at_once(fresh_tenant, [lambda: kit.answer(point, 1, visit=coming)] * 4)
        assert len(set(outcomes)) == 1 and "-" in outcomes[0]
        with tenant_scope(fresh_tenant):
            assert (SurveyAnswer.objects.count(), FollowUp.objects.count(), SurveyTrace.objects.count()) == (1, 1, 1)

    def test_one_device_in_four_windows_answers_once(self, fresh_tenant):
        with tenant_scope(fresh_tenant):
            point, device = kit.point(), admitting.new_device()
            visits = [kit.visit(point.code, device=device) for _each in range(4)]
        outcomes = self.at_once(fresh_tenant, [lambda each=each: kit.answer(point, visit=each) for each in visits])
        assert sorted(outcomes)[1:] == ["AnsweredLately"] * 3
        with tenant_scope(fresh_tenant):
            assert SurveyAnswer.objects.count() == 1 and counted() == {"repeated": 3}

    def test_a_flood_at_once_stops_at_the_limit(self, fresh_tenant):
        with tenant_scope(fresh_tenant):
            point = kit.point()
            limit(answers_per_network=5)
            visits = [kit.visit(point.code) for _each in range(12)]
        outcomes = self.at_once(fresh_tenant, [lambda each=each: kit.answer(point, visit=each) for each in visits])
        assert outcomes.count("TooManyAnswers") == 7
        with tenant_scope(fresh_tenant):
            assert SurveyAnswer.objects.count() == 5 and counted() == {"flooded": 7}


def test_programs_cannot_accept_for_a_person(case):
    row, _secretary = case
    done = follow_ups.accept(follow_up_id=row.pk, actor=Actor.system(), at=MONDAY)
    assert (done.owner, done.owner_name) == (None, "系统")
