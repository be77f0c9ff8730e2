"""The ledger of class hours: credited once, taken back by another entry, seen by oneself and by those in charge."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest

from jiceng.kernel.clock import now, today
from jiceng.kernel.errors import Forbidden
from jiceng.members.models import Membership
from modules.study import errors
from modules.study.models import HoursEntry
from modules.study.selectors import hours as reads
from modules.study.services import hours as services
from tenants.context import tenant_scope

from . import kit

GIVEN = {"label": "书记培训班", "reason": "结业证", "hours": "8", "date": "2026-01-05"}


def credit(person, hours="4", source="a", kind="online", on=None):
    return services.credit(
        person=person, hours=Decimal(hours), kind=kind, source_kind="study.course", source_id=source, label="条例导读",
        rule="4 课时 × 1", date=on or today(), actor=kit.SYSTEM, at=now(),
    )  # fmt: skip


def facts():
    return sorted((row.kind, str(row.hours)) for row in HoursEntry.objects.all())


@pytest.fixture
def party_member(hongqi, learner):
    with tenant_scope(hongqi):
        Membership.objects.filter(person=learner).update(state="full")
        return learner


class TestServices:
    def test_one_source_counts_once(self, hongqi, learner):
        with tenant_scope(hongqi):
            assert credit(learner).hours == 4
            assert credit(learner) is None
            assert facts() == [("online", "4.0")]

    @pytest.mark.parametrize("hours", ["0", "-1", "200.1", "0.25", "NaN", "Infinity"])
    def test_impossible_hours_are_refused(self, hongqi, learner, hours):
        with tenant_scope(hongqi):
            with pytest.raises(errors.HoursInvalid):
                credit(learner, hours)
            assert facts() == []

    def test_taken_back_once_and_kept(self, hongqi, learner):
        with tenant_scope(hongqi):
            entry = credit(learner)
            services.reverse(entry_id=entry.pk, reason="记错了人", actor=kit.SYSTEM, at=now())
            with pytest.raises(errors.HoursReversed):
                services.reverse(entry_id=entry.pk, reason="再来", actor=kit.SYSTEM, at=now())
            assert facts() == [("correction", "-4.0"), ("online", "4.0")]
            standing = reads.standing_of(learner, year=today().year)
            assert (standing.done, standing.kinds) == (0, ())

    def test_every_fault_is_told_and_nothing_kept(self, hongqi, learner):
        with tenant_scope(hongqi):
            bad = {"label": "", "reason": "", "hours": "x", "date": "2999-01-01"}
            with pytest.raises(errors.HoursInvalid) as caught:
                services.record_manual(person_id=learner.pk, fields=bad, actor=kit.SYSTEM, at=now())
            assert {fault.pointer for fault in caught.value.fields} == {"/label", "/reason", "/hours", "/date"}
            assert facts() == []

    def test_only_over_ones_own_units(self, hongqi, learner):
        with tenant_scope(hongqi):
            entry = credit(learner)
            other = kit.secretary_of(kit.make_unit("第二支部"), "书记乙", "shujiyi")
            with pytest.raises(errors.LearnerMissing):
                services.record_manual(person_id=learner.pk, fields=GIVEN, actor=other, at=now())
            with pytest.raises(errors.HoursMissing):
                services.reverse(entry_id=entry.pk, reason="越权", actor=other, at=now())
            assert "成员甲" not in [row[0] for row in reads.table_of(year=2026, actor=other)]
            assert facts() == [("online", "4.0")]

    def test_a_member_enters_nothing(self, hongqi, learner, actors):
        with tenant_scope(hongqi):
            with pytest.raises((Forbidden, errors.LearnerMissing)):
                services.record_manual(person_id=learner.pk, fields=GIVEN, actor=actors.member, at=now())
            assert facts() == []

    def test_years_are_apart_and_the_target_has_its_reason(self, hongqi, party_member):
        with tenant_scope(hongqi):
            credit(party_member, "8", "then", on=date(2025, 12, 31))
            credit(party_member, "4", "now", on=date(2026, 1, 1))
            standing = reads.standing_of(party_member, year=2026)
            assert (standing.done, standing.gap, standing.percent) == (4, 28, 12)
            assert (standing.target.hours, standing.target.reason) == (32, "党员")
            assert reads.forecast(standing, on=date(2026, 1, 2)) == 730

    def test_three_people_cost_what_one_does(self, hongqi, learner, branch, django_assert_num_queries):
        with tenant_scope(hongqi):
            people = [learner, kit.make_person("乙", branch), kit.make_person("丙", branch)]
            credit(people[1])
            reads.standings(people[:1], year=2026)
            from django.db import connection
            from django.test.utils import CaptureQueriesContext

            with CaptureQueriesContext(connection) as one:
                reads.standings(people[:1], year=2026)
            with django_assert_num_queries(len(one)):
                assert [row.done for row in reads.standings(people, year=today().year)] == [0, 4, 0]


class TestPages:
    def test_my_hours_are_mine_alone(self, browser, hongqi, party_member, branch):
        with tenant_scope(hongqi):
            credit(party_member)
            credit(kit.make_person("别人", branch), "7.7", "b")
        page = browser(hongqi, "member").get("/study/hours/").content.decode()
        assert "已修 4 学时" in page and "还差 28 学时" in page
        assert "7.7" not in page and "别人" not in page

    def test_who_is_not_on_the_roster_sees_an_empty_page(self, browser, hongqi):
        answer = browser(hongqi, "editor").get("/study/hours/")
        assert (answer.status_code, "今年还没有学时" in answer.content.decode()) == (200, True)

    def test_a_secretary_enters_and_takes_back(self, browser, hongqi, learner):
        desk = browser(hongqi, "secretary")
        here = f"/console/study/hours/people/{learner.pk}/"
        form = {**GIVEN, "date": f"{today():%Y-%m-%d}", "entry_id": "01933f4e-7c1a-7b52-9d3e-0f6f5f0c3b31"}
        assert desk.post(f"{here}new/", {**form, "hours": "900"}).status_code == 422
        for _again in range(2):
            assert desk.post(f"{here}new/", form)["Location"] == here
        with tenant_scope(hongqi):
            entry = HoursEntry.objects.get()
        assert "书记培训班" in desk.get(here).content.decode()
        assert "成员甲" in desk.get("/console/study/hours/").content.decode()
        table = list(csv.reader(io.StringIO(desk.get("/console/study/hours/export/").content.decode("utf-8-sig"))))
        assert [row[4] for row in table if row[0] == "成员甲"] == ["8.0"]
        back = f"/console/study/hours/entries/{entry.pk}/reverse/"
        assert desk.get(back).status_code == 200
        assert desk.post(back, {"reason": "登记有误"})["Location"] == here
        with tenant_scope(hongqi):
            assert facts() == [("correction", "-8.0"), ("manual", "8.0")]

    @pytest.mark.parametrize("who", ["member", "stranger"])
    def test_others_are_turned_away(self, browser, hongqi, learner, who):
        here = f"/console/study/hours/people/{learner.pk}/"
        answer = browser(hongqi, who).post(f"{here}new/", {**GIVEN, "entry_id": str(learner.pk)})
        assert answer.status_code in (403, 404)
        with tenant_scope(hongqi):
            assert facts() == []


class TestApi:
    def test_written_once_and_read_by_person(self, client_for, api_key, hongqi, learner):
        api = client_for(hongqi, key=api_key(hongqi, ["study.hours"]))
        body = json.dumps({**GIVEN, "person_id": str(learner.pk)})
        extra = {"content_type": "application/json", "headers": {"Idempotency-Key": "one-and-only"}}
        first = api.post("/api/v1/study/hours", data=body, **extra)
        again = api.post("/api/v1/study/hours", data=body, **extra)
        assert (first.status_code, again.json()["id"]) == (201, first.json()["id"])
        rows = api.get(f"/api/v1/study/hours?person_id={learner.pk}").json()["results"]
        assert [(row["hours"], row["rule"]) for row in rows] == [("8.0", "手工登记：结业证")]

    def test_a_key_without_the_scope_gets_nothing(self, client_for, api_key, hongqi, learner):
        api = client_for(hongqi, key=api_key(hongqi, ["study.learn"]))
        body = json.dumps({**GIVEN, "person_id": str(learner.pk)})
        assert api.post("/api/v1/study/hours", data=body, content_type="application/json").status_code == 403
        with tenant_scope(hongqi):
            assert facts() == []
