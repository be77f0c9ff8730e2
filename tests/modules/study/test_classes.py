"""Classes held in a room: attended, credited, corrected, taken back."""

from __future__ import annotations

import io
import json
import uuid
from datetime import timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now, today
from jiceng.kernel.errors import Forbidden
from jiceng.members import services as members
from modules.study import errors
from modules.study.models import Attendance, AttendanceChange, HoursEntry, OfflineClass
from modules.study.selectors import classes as reads
from modules.study.selectors import hours as hours_reads
from modules.study.services import attendance, hours
from modules.study.services import classes as services
from tenants.context import tenant_scope

from . import kit


def make_class(unit=None, actor=kit.SYSTEM, **fields):
    given = {
        "title": "书记培训班", "first_date": today() - timedelta(days=2), "last_date": today() - timedelta(days=1),
        "duration_kind": "days", "duration_count": "2", "is_centralised": True, "unit_id": unit.pk if unit else None,
    }  # fmt: skip
    return services.create_class(fields={**given, **fields}, actor=actor, at=now())


def mark(one, states, reason="", actor=kit.SYSTEM):
    return attendance.record_attendance(
        class_id=one.pk, states={person.pk: state for person, state in states.items()}, reason=reason, actor=actor,
        at=now(),
    )  # fmt: skip


def confirm(one, actor=kit.SYSTEM):
    return services.confirm_class(class_id=one.pk, actor=actor, at=now())


def facts():
    return sorted((row.person.name, str(row.hours)) for row in HoursEntry.objects.select_related("person"))


def states():
    return {row.person.name: row.state for row in Attendance.objects.select_related("person")}


@pytest.fixture
def others(hongqi, branch):
    with tenant_scope(hongqi):
        return [kit.make_person(f"成员{name}", branch) for name in "乙丙"]


class TestMaking:
    @pytest.mark.parametrize(("kind", "count", "made"), [
        ("days", "2", "16"), ("days", "0.5", "4"), ("half_days", "3", "12"), ("hours", "1.5", "1.5"),
    ])  # fmt: skip
    def test_duration_becomes_hours(self, hongqi, kind, count, made):
        with tenant_scope(hongqi):
            assert f"{float(make_class(duration_kind=kind, duration_count=count).hours):g}" == made

    @pytest.mark.parametrize(("fields", "pointer"), [
        ({"title": ""}, "/title"), ({"title": "长" * 101}, "/title"), ({"title": "a\x00b"}, "/title"),
        ({"first_date": None}, "/first_date"), ({"first_date": "2026-02-30"}, "/first_date"),
        ({"first_date": "0001-01-01"}, "/first_date"), ({"last_date": "2001-01-01"}, "/last_date"),
        ({"last_date": "9999-01-01"}, "/last_date"), ({"duration_kind": "weeks"}, "/duration_kind"),
        ({"duration_count": "0"}, "/duration_count"), ({"duration_count": "-1"}, "/duration_count"),
        ({"duration_count": "26"}, "/duration_count"), ({"duration_count": "0.3"}, "/duration_count"),
        ({"duration_count": "NaN"}, "/duration_count"), ({"duration_count": None}, "/duration_count"),
    ])  # fmt: skip
    def test_bad_input_makes_nothing(self, hongqi, fields, pointer):
        with tenant_scope(hongqi):
            with pytest.raises(errors.ClassInvalid) as caught:
                make_class(**fields)
            assert [fault.pointer for fault in caught.value.fields] == [pointer]
            assert not OfflineClass.objects.exists()

    def test_changed_with_its_version_while_open(self, hongqi, learner):
        with tenant_scope(hongqi):
            one = make_class()
            saved = services.update_class(
                class_id=one.pk, fields={"duration_count": "1"}, version=1, actor=kit.SYSTEM, at=now()
            )
            assert (saved.hours, saved.title, saved.version) == (8, "书记培训班", 2)
            with pytest.raises(errors.ClassStale):
                services.update_class(class_id=one.pk, fields={"title": "x"}, version=1, actor=kit.SYSTEM, at=now())
            mark(one, {learner: "present"})
            confirm(one)
            for call in (
                lambda: services.update_class(class_id=one.pk, fields={}, version=3, actor=kit.SYSTEM, at=now()),
                lambda: services.cancel_class(class_id=one.pk, actor=kit.SYSTEM, at=now()),
                lambda: confirm(one),
            ):
                with pytest.raises(errors.ClassConfirmed):
                    call()
            assert facts() == [("成员甲", "8.0")]

    def test_only_over_ones_own_units(self, hongqi, learner, branch, actors):
        with tenant_scope(hongqi):
            one = make_class(branch)
            other = kit.secretary_of(kit.make_unit("第二支部"), "书记丁", "shujiding")
            assert list(reads.managed(other)) == []
            for actor in (other, actors.member, actors.stranger):
                with pytest.raises((errors.ClassMissing, Forbidden)):
                    mark(one, {learner: "present"}, actor=actor)
                with pytest.raises((errors.ClassMissing, Forbidden)):
                    services.cancel_class(class_id=one.pk, actor=actor, at=now())
            assert (states(), OfflineClass.objects.get().state) == ({}, "open")


class TestAttending:
    def test_ticked_again_changes_nothing_and_changes_are_kept(self, hongqi, learner, others):
        with tenant_scope(hongqi):
            one = make_class()
            first = mark(one, {learner: "present", others[0]: "absent"})
            again = mark(one, {learner: "present", others[0]: "leave"})
            assert (first.created, again.created, again.changed, again.unchanged) == (2, 0, 1, 1)
            assert states() == {"成员甲": "present", "成员乙": "leave"}
            assert [(row.before, row.after) for row in reads.history_of(one)] == [("absent", "leave")]
            assert AttendanceChange.objects.count() == 3 and facts() == []

    @pytest.mark.parametrize("given", [{"x": "present"}, {"learner": "late"}, {"learner": ""}])
    def test_bad_ones_change_nothing(self, hongqi, learner, given):
        with tenant_scope(hongqi):
            one = make_class()
            wanted = {learner.pk if key == "learner" else uuid.uuid4(): state for key, state in given.items()}
            with pytest.raises(errors.AttendanceInvalid):
                attendance.record_attendance(class_id=one.pk, states=wanted, actor=kit.SYSTEM, at=now())
            assert states() == {}

    def test_not_before_it_is_over_nor_after_it_was_cancelled(self, hongqi, learner):
        with tenant_scope(hongqi):
            with pytest.raises(errors.ClassNotOver):
                mark(make_class(first_date=today() + timedelta(days=1), last_date=None), {learner: "present"})
            one = make_class()
            services.cancel_class(class_id=one.pk, actor=kit.SYSTEM, at=now())
            with pytest.raises(errors.ClassCancelled):
                mark(one, {learner: "present"})
            assert states() == {}

    def test_people_out_of_reach_are_refused(self, hongqi, learner, others):
        with tenant_scope(hongqi):
            unit = kit.make_unit("第二支部")
            actor = kit.secretary_of(unit, "书记丁", "shujiding")
            one = make_class(unit, actor=actor)
            with pytest.raises(errors.AttendanceInvalid):
                mark(one, {learner: "present"}, actor=actor)
            assert states() == {}


class TestCrediting:
    def test_everybody_present_once(self, hongqi, learner, others):
        with tenant_scope(hongqi):
            one = make_class()
            with pytest.raises(errors.NobodyPresent):
                confirm(one)
            mark(one, {learner: "present", others[0]: "leave", others[1]: "absent"})
            assert confirm(one).state == "confirmed"
            entry = HoursEntry.objects.get()
            assert (entry.kind, entry.is_centralised, entry.date, entry.rule) == (
                "offline", True, one.last_date, "线下培训：2 个全天，共 16 学时。"
            )  # fmt: skip
            assert hours_reads.standing_of(learner, year=entry.year).centralised == 1

    def test_corrections_need_a_reason_and_move_hours(self, hongqi, learner, others):
        with tenant_scope(hongqi):
            one = make_class()
            mark(one, {learner: "present", others[0]: "absent"})
            confirm(one)
            with pytest.raises(errors.AttendanceInvalid) as caught:
                mark(one, {learner: "absent"})
            assert [fault.pointer for fault in caught.value.fields] == ["/reason"]
            assert facts() == [("成员甲", "16.0")]
            mark(one, {learner: "absent", others[0]: "present"}, "签到表看错行")
            assert facts() == [("成员乙", "16.0"), ("成员甲", "-16.0"), ("成员甲", "16.0")]
            assert Attendance.objects.get(person=learner).entry is None
            mark(one, {learner: "present"}, "又核对了一次")
            assert hours_reads.standing_of(learner, year=one.last_date.year).done == 16
            assert {row.reason for row in reads.history_of(one)} == {"签到表看错行", "又核对了一次"}

    def test_taken_back_with_a_reason_and_credited_again(self, hongqi, learner, others):
        with tenant_scope(hongqi):
            one = make_class()
            mark(one, {learner: "present", others[0]: "present"})
            with pytest.raises(errors.ClassNotConfirmed):
                services.take_back_class(class_id=one.pk, reason="x", actor=kit.SYSTEM, at=now())
            confirm(one)
            with pytest.raises(errors.ClassInvalid):
                services.take_back_class(class_id=one.pk, reason="", actor=kit.SYSTEM, at=now())
            services.take_back_class(class_id=one.pk, reason="学时算错", actor=kit.SYSTEM, at=now())
            assert hours_reads.standing_of(learner, year=one.last_date.year).done == 0
            services.update_class(class_id=one.pk, fields={"duration_count": 1}, version=3, actor=kit.SYSTEM, at=now())
            confirm(one)
            assert hours_reads.standing_of(learner, year=one.last_date.year).done == 8
            assert AuditEntry.objects.filter(action="study.class.taken_back").count() == 1

    def test_hours_reversed_in_the_ledger_are_not_reversed_twice(self, hongqi, learner):
        with tenant_scope(hongqi):
            one = make_class()
            mark(one, {learner: "present"})
            confirm(one)
            hours.reverse(entry_id=HoursEntry.objects.get().pk, reason="手工冲销", actor=kit.SYSTEM, at=now())
            services.take_back_class(class_id=one.pk, reason="收回", actor=kit.SYSTEM, at=now())
            assert facts() == [("成员甲", "-16.0"), ("成员甲", "16.0")]


def table(*rows):
    text = "\n".join(",".join(row) for row in rows)
    return attendance.read_upload(SimpleUploadedFile("签到.csv", text.encode(), content_type="text/csv"))


def take(one, *rows, is_rehearsal=False):
    return attendance.import_attendance(
        class_id=one.pk, table=table(*rows), is_rehearsal=is_rehearsal, actor=kit.SYSTEM, at=now()
    )


@pytest.fixture
def numbered(hongqi, branch):
    with tenant_scope(hongqi):
        first = members.create_person(
            name="成员丁", unit_id=branch.pk, body="party", employee_number="A001", actor=kit.SYSTEM
        )
        second = members.create_person(
            name="成员戊", unit_id=branch.pk, body="party", phone="13800138000", actor=kit.SYSTEM
        )
        return first, second


HEAD = ("姓名", "工号", "手机后四位", "出席")


class TestImporting:
    def test_by_number_or_phone_and_idempotent(self, hongqi, numbered):
        with tenant_scope(hongqi):
            one = make_class()
            rows = (HEAD, ("成员丁", "A001", "", ""), ("成员戊", "", "8000", "请假"), ("成员丁", "A001", "", "出席"))
            seen = take(one, *rows, is_rehearsal=True)
            assert (seen.created, seen.repeated, seen.faults, states()) == (2, 1, (), {})
            assert take(one, *rows).created == 2
            assert states() == {"成员丁": "present", "成员戊": "leave"}
            again = take(one, *rows)
            assert (again.created, again.changed, again.unchanged) == (0, 0, 2)
            assert AttendanceChange.objects.count() == 2

    def test_every_fault_by_row_and_nothing_written(self, hongqi, numbered):
        with tenant_scope(hongqi):
            one = make_class()
            done = take(
                one, HEAD, ("成员丁", "A001", "", "出席"), ("", "A001", "", ""), ("成员丁", "", "", ""),
                ("成员丁", "B", "", ""), ("成员戊", "", "0000", ""), ("成员戊", "", "8000", "迟到"), ("成员丁", "A001", "", "缺席"),
            )  # fmt: skip
            assert [number for number, _sentence in done.faults] == [3, 4, 5, 6, 7, 8]
            assert (states(), OfflineClass.objects.get().state) == ({}, "open")

    @pytest.mark.parametrize("rows", [(("姓名", "单位"), ("成员丁", "x")), (("工号",), ("A001",))])
    def test_missing_columns(self, hongqi, numbered, rows):
        with tenant_scope(hongqi):
            with pytest.raises(errors.AttendanceInvalid) as caught:
                take(make_class(), *rows)
            assert [fault.pointer for fault in caught.value.fields] == ["/upload"]
            assert states() == {}

    def test_only_what_it_pretends_to_be(self, hongqi):
        with tenant_scope(hongqi), pytest.raises(errors.AttendanceInvalid):
            attendance.read_upload(SimpleUploadedFile("签到.xlsx", b"MZ not a table", content_type="text/csv"))

    def test_not_after_hours_were_credited(self, hongqi, numbered):
        with tenant_scope(hongqi):
            one = make_class()
            take(one, HEAD, ("成员丁", "A001", "", ""))
            confirm(one)
            with pytest.raises(errors.ClassConfirmed):
                take(one, HEAD, ("成员丁", "A001", "", "缺席"))
            assert facts() == [("成员丁", "16.0")]


class TestConsole:
    def test_from_the_plan_to_the_hours(self, browser, hongqi, learner, others):
        desk = browser(hongqi, "secretary")
        assert "还没有线下培训" in desk.get("/console/study/classes/").content.decode()
        day = f"{today() - timedelta(days=1):%Y-%m-%d}"
        form = {"title": "书记培训班", "first_date": day, "duration_kind": "days", "duration_count": "1"}
        assert desk.post("/console/study/classes/new/", {}).status_code == 422
        here = desk.post("/console/study/classes/new/", form)["Location"]
        assert desk.get(here).status_code == 200 and desk.get(f"{here}edit/").status_code == 200
        page = desk.get(f"{here}attendance/").content.decode()
        assert "成员甲" in page and "成员乙" in page
        sent = {f"state-{others[0].pk}": "leave", "shown": [str(learner.pk), str(others[0].pk)], "all": "present"}
        assert desk.post(f"{here}attendance/", sent)["Location"] == here
        with tenant_scope(hongqi):
            assert states() == {"成员甲": "present", "成员乙": "leave"}
        assert desk.get(f"{here}confirm/").status_code == 200
        assert desk.post(f"{here}confirm/")["Location"] == here
        assert desk.post(f"{here}attendance/", {f"state-{others[0].pk}": "present"}).status_code == 422
        assert (
            desk.post(f"{here}attendance/", {f"state-{others[0].pk}": "present", "reason": "补签"}).status_code == 302
        )
        assert "补签" in desk.get(here).content.decode()
        assert desk.post(f"{here}take-back/", {"reason": "登记错"})["Location"] == here
        assert desk.get(f"{here}cancel/").status_code == 200
        assert desk.post(f"{here}cancel/").status_code == 302
        with tenant_scope(hongqi):
            assert sum(row.hours for row in HoursEntry.objects.all()) == 0

    def test_strange_posts_change_nothing(self, browser, hongqi, learner):
        with tenant_scope(hongqi):
            one = make_class()
        desk = browser(hongqi, "secretary")
        here = f"/console/study/classes/{one.pk}/attendance/"
        assert desk.post(here, {"state-x": "present", "all": ""}).status_code == 302
        assert desk.post(here, {f"state-{uuid.uuid4()}": "present"}).status_code == 422
        assert desk.post(here, {f"state-{learner.pk}": "late"}).status_code == 422
        with tenant_scope(hongqi):
            assert states() == {}

    def test_a_table_is_checked_then_taken(self, browser, hongqi, numbered):
        with tenant_scope(hongqi):
            one = make_class()
        desk = browser(hongqi, "secretary")
        here = f"/console/study/classes/{one.pk}/import/"

        def file(*rows):
            book = openpyxl.Workbook()
            for row in rows:
                book.active.append(row)
            stream = io.BytesIO()
            book.save(stream)
            return SimpleUploadedFile("签到.xlsx", stream.getvalue())

        good, bad = (HEAD, ("成员丁", "A001", "", "")), (HEAD, ("没有", "B1", "", ""))
        assert desk.get(here).status_code == 200
        assert desk.post(here, {"upload": file(*bad)}).status_code == 422
        answer = desk.post(here, {"upload": file(*good), "is_rehearsal": "on"})
        assert (answer.status_code, "将新登记 1 人" in answer.content.decode()) == (200, True)
        with tenant_scope(hongqi):
            assert states() == {}
        assert desk.post(here, {"upload": file(*good)}).status_code == 302
        with tenant_scope(hongqi):
            assert states() == {"成员丁": "present"}

    def test_three_cost_what_one_does(self, browser, hongqi, learner, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with tenant_scope(hongqi):
            make_class()
        desk = browser(hongqi, "secretary")
        desk.get("/console/study/classes/")
        with CaptureQueriesContext(connection) as one:
            desk.get("/console/study/classes/")
        with tenant_scope(hongqi):
            make_class()
            make_class()
        with django_assert_num_queries(len(one)):
            desk.get("/console/study/classes/")

    @pytest.mark.parametrize("who", ["member", "stranger"])
    def test_others_are_turned_away(self, browser, hongqi, learner, who):
        with tenant_scope(hongqi):
            one = make_class()
        answer = browser(hongqi, who).post(
            f"/console/study/classes/{one.pk}/attendance/", {f"state-{learner.pk}": "present"}
        )
        assert answer.status_code in (403, 404)
        with tenant_scope(hongqi):
            assert states() == {}


class TestApi:
    def test_the_whole_way(self, client_for, api_key, hongqi, learner):
        api = client_for(hongqi, key=api_key(hongqi, ["study.hours"]))

        def post(path, body=None):
            return api.post(f"/api/v1/study/{path}", data=json.dumps(body or {}), content_type="application/json")

        day = f"{today() - timedelta(days=1):%Y-%m-%d}"
        body = {"title": "培训班", "first_date": day, "duration_kind": "half_days", "duration_count": "1"}
        assert post("classes", {**body, "duration_count": "0"}).status_code == 400
        made = post("classes", body).json()
        marks = {"marks": [{"person_id": str(learner.pk), "state": "present"}]}
        assert post(f"classes/{made['id']}/attendance", marks).json()["present_count"] == 1
        assert post(f"classes/{made['id']}/confirm").json()["state"] == "confirmed"
        assert post(f"classes/{made['id']}/confirm").status_code == 409
        rows = api.get(f"/api/v1/study/attendances?class_id={made['id']}").json()["results"]
        assert [(row["person_name"], row["state"], bool(row["entry_id"])) for row in rows] == [
            ("成员甲", "present", True)
        ]
        assert post(f"classes/{made['id']}/take-back", {"reason": "名单有误"}).json()["state"] == "open"
        answer = api.patch(
            f"/api/v1/study/classes/{made['id']}", data=json.dumps({"title": "新名"}), content_type="application/json"
        )
        assert answer.json()["title"] == "新名"
        assert post(f"classes/{made['id']}/cancel").json()["state"] == "cancelled"

    def test_another_scope_gets_nothing(self, client_for, api_key, hongqi):
        with tenant_scope(hongqi):
            make_class()
        api = client_for(hongqi, key=api_key(hongqi, ["study.learn"]))
        assert api.get("/api/v1/study/classes").status_code == 403
        assert api.get("/api/v1/study/attendances").status_code == 403
