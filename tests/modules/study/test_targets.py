"""What a year asks of whom, who lacks it, and who is told."""

from __future__ import annotations

import io
import json
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest

from jiceng.audit.models import AuditEntry
from jiceng.kernel.clock import now, today
from jiceng.kernel.errors import Forbidden
from jiceng.members.models import Membership
from jiceng.members.services.posts import appoint
from jiceng.notices.models import Notice
from modules.study import errors
from modules.study.models import TargetPlan, TargetReminder
from modules.study.selectors import gaps
from modules.study.selectors import hours as hours_reads
from modules.study.selectors.duties import duties_of
from modules.study.selectors.plans import plan_for, plans
from modules.study.selectors.targets import targets_of
from modules.study.services import hours
from modules.study.services import targets as services
from tenants.context import tenant_scope

from . import kit

YEAR = today().year
PLAN = {"member_hours": 40, "officer_hours": 60, "officer_centralised_count": 2}


def save(year=YEAR, version=0, actor=kit.SYSTEM, **fields):
    return services.save_plan(year=year, fields={**PLAN, **fields}, version=version, actor=actor, at=now())


def credit(person, amount="4", *, on=None, kind="offline", source="a", is_centralised=False):
    return hours.credit(
        person=person, hours=Decimal(amount), kind=kind, source_kind="test", source_id=source, label="培训", rule="",
        date=on or today(), actor=kit.SYSTEM, at=now(), is_centralised=is_centralised,
    )  # fmt: skip


def join(person, **dates):
    Membership.objects.filter(person=person, body="party").update(state="full", **dates)
    return person


@pytest.fixture
def party_member(hongqi, learner):
    with tenant_scope(hongqi):
        return join(learner, started_on=date(2001, 7, 1), confirmed_on=date(2002, 7, 1))


class TestPlans:
    def test_a_year_without_one_takes_the_settings(self, hongqi):
        with tenant_scope(hongqi):
            plan = plan_for(YEAR)
            assert (plan.member_hours, plan.officer_hours, plan.officer_centralised_count, plan.version) == (
                32,
                56,
                1,
                0,
            )
            assert [row.year for row in plans(around=YEAR)] == [YEAR + 1, YEAR, YEAR - 1]

    def test_each_year_keeps_its_own(self, hongqi, party_member):
        with tenant_scope(hongqi):
            save()
            assert targets_of([party_member], YEAR)[party_member.pk].hours == 40
            assert targets_of([party_member], YEAR - 1)[party_member.pk].hours == 32
            save(version=1, member_hours=24)
            assert plan_for(YEAR).version == 2
            before, after = AuditEntry.objects.filter(action="study.plan.saved").latest("id"), plan_for(YEAR)
            assert (before.before["member_hours"], after.member_hours) == (40, 24)

    def test_a_stale_version_changes_nothing(self, hongqi):
        with tenant_scope(hongqi):
            save()
            for version in (0, 7):
                with pytest.raises(errors.PlanStale):
                    save(version=version, member_hours=1)
            assert TargetPlan.objects.get().member_hours == 40

    @pytest.mark.parametrize(("fields", "pointer"), [
        ({"member_hours": -1}, "/member_hours"), ({"officer_hours": 201}, "/officer_hours"),
        ({"officer_centralised_count": 13}, "/officer_centralised_count"), ({"member_hours": True}, "/member_hours"),
        ({"new_member_months": 0}, "/new_member_months"), ({"member_hours": "x"}, "/member_hours"),
        ({"unknown": 1}, "/unknown"), ({"member_hours": None}, "/member_hours"),
    ])  # fmt: skip
    def test_bad_plans_are_refused(self, hongqi, fields, pointer):
        with tenant_scope(hongqi):
            with pytest.raises(errors.PlanInvalid) as caught:
                save(**fields)
            assert [fault.pointer for fault in caught.value.fields] == [pointer]
            assert not TargetPlan.objects.exists()

    @pytest.mark.parametrize("year", [1999, 2201, 10**9])
    def test_a_year_out_of_bounds(self, hongqi, year):
        with tenant_scope(hongqi):
            with pytest.raises(errors.PlanInvalid):
                save(year)
            assert not TargetPlan.objects.exists()

    def test_only_for_the_whole_organisation(self, hongqi, actors, branch):
        with tenant_scope(hongqi):
            own = kit.secretary_of(branch, "书记乙", "shujiyi")
            for actor in (actors.member, actors.stranger):
                with pytest.raises(Forbidden):
                    save(actor=actor)
            assert not TargetPlan.objects.exists()
            assert own is not None


class TestDuties:
    def test_a_new_secretary_is_trained_in_half_a_year(self, hongqi, party_member, branch):
        with tenant_scope(hongqi):
            since = date(YEAR, 1, 10)
            appoint(person_id=party_member.pk, unit_id=branch.pk, kind="secretary", actor=kit.SYSTEM, started_on=since)

            def state(on):
                return [d.state for d in duties_of([party_member], plan=plan_for(YEAR), on=on).get(party_member.pk, ())]

            assert state(date(YEAR, 3, 1)) == ["open"]
            assert state(date(YEAR, 7, 10)) == ["late"]
            credit(party_member, on=date(YEAR, 2, 1), source="a")
            assert state(date(YEAR, 7, 10)) == ["late"]
            credit(party_member, on=date(YEAR, 2, 1), source="b", is_centralised=True)
            assert state(date(YEAR, 7, 10)) == ["met"]
            target = targets_of([party_member], YEAR)[party_member.pk]
            assert (target.hours, target.reason) == (56, "第一支部书记")

    def test_a_new_member_is_trained_in_a_year(self, hongqi, learner):
        with tenant_scope(hongqi):
            join(learner, started_on=date(YEAR - 2, 1, 1), confirmed_on=date(YEAR, 1, 1))
            found = duties_of([learner], plan=plan_for(YEAR), on=today())[learner.pk]
            assert [(duty.state, duty.until) for duty in found] == [("open", date(YEAR, 12, 31))]
            credit(learner, on=date(YEAR, 1, 2), kind="online", source="a")
            assert duties_of([learner], plan=plan_for(YEAR), on=today())[learner.pk][0].state == "open"
            entry = credit(learner, on=date(YEAR, 1, 2), source="b")
            assert duties_of([learner], plan=plan_for(YEAR), on=today())[learner.pk][0].state == "met"
            hours.reverse(entry_id=entry.pk, reason="登记有误", actor=kit.SYSTEM, at=now())
            assert duties_of([learner], plan=plan_for(YEAR), on=today())[learner.pk][0].state == "open"

    def test_old_members_owe_nothing(self, hongqi, party_member):
        with tenant_scope(hongqi):
            assert duties_of([party_member], plan=plan_for(YEAR), on=today()) == {}


class TestGaps:
    def test_sql_and_python_agree(self, hongqi, party_member, branch):
        with tenant_scope(hongqi):
            officer = join(kit.make_person("书记甲", branch))
            appoint(person_id=officer.pk, unit_id=branch.pk, kind="secretary", actor=kit.SYSTEM)
            kit.make_person("群众甲")
            credit(party_member, "12.5")
            hours.reverse(entry_id=credit(party_member, "3", source="b").pk, reason="错", actor=kit.SYSTEM, at=now())
            rows = list(gaps.with_gaps(hours_reads.people_in_reach(kit.SYSTEM), year=YEAR))
            found = {one.person.pk: one for one in hours_reads.standings(rows, year=YEAR)}
            for row in rows:
                one = found[row.pk]
                assert (row.target_hours, row.done_hours, row.gap_hours) == (one.target.hours, one.done, one.gap)
            names = [person.name for person in gaps.behind(kit.SYSTEM, year=YEAR)]
            assert names == ["书记甲", "成员甲"]
            assert [person.name for person in gaps.behind(kit.SYSTEM, year=YEAR, order="least")] == ["成员甲", "书记甲"]

    def test_of_a_subtree_and_within_reach(self, hongqi, party_member):
        with tenant_scope(hongqi):
            other = kit.make_unit("第二支部")
            join(kit.make_person("别人", other))
            mine = kit.secretary_of(other, "书记乙", "shujiyi")
            assert "成员甲" not in [person.name for person in gaps.behind(mine, year=YEAR)]
            assert {person.name for person in gaps.behind(kit.SYSTEM, year=YEAR, unit=other)} == {"别人", "书记乙"}
            assert gaps.unit_in_reach(mine, str(party_member.unit_id)) is None

    def test_assigned_hours_enter_the_forecast_once(self, hongqi, party_member):
        with tenant_scope(hongqi):
            course = kit.make_course(class_hours="1.5")
            kit.assign(course)
            kit.assign(course, title="再布置一次")
            assigned = hours_reads.assigned_hours(party_member, year=YEAR)
            standing = hours_reads.standing_of(party_member, year=YEAR)
            assert (assigned, hours_reads.forecast(standing, on=today(), assigned=assigned)) == (
                Decimal("1.5"),
                Decimal("1.5"),
            )


class TestReminding:
    def remind(self, at=None, actor=kit.SYSTEM, unit=None):
        return services.remind_behind(year=YEAR, unit=unit, actor=actor, at=at or now())

    def test_once_in_seven_days_each(self, hongqi, party_member, branch):
        with tenant_scope(hongqi):
            join(kit.make_person("无账号", branch))
            assert self.remind() == 1
            with pytest.raises(errors.NobodyToRemind):
                self.remind(now() + timedelta(days=6))
            late = join(kit.make_person("后来的", branch, login="houlai"))
            assert self.remind(now() + timedelta(days=6)) == 1
            assert late is not None
            assert self.remind(now() + timedelta(days=7, hours=1)) == 1
            assert Notice.objects.filter(category="study.target").count() == 3

    def test_nobody_out_of_reach_is_told(self, hongqi, party_member, actors):
        with tenant_scope(hongqi):
            other = kit.secretary_of(kit.make_unit("第二支部"), "书记乙", "shujiyi")
            assert self.remind(actor=other) == 1
            for actor in (actors.member, actors.stranger):
                with pytest.raises(Forbidden):
                    self.remind(actor=actor)
            assert not TargetReminder.objects.filter(person=party_member).exists()


class TestPages:
    def test_my_hours_show_the_formula_and_nobody_else(self, browser, hongqi, party_member, branch):
        with tenant_scope(hongqi):
            save()
            credit(party_member)
            join(kit.make_person("别人", branch))
        page = browser(hongqi, "member").get("/study/hours/").content.decode()
        assert "应修 40 学时" in page and "÷ 已过天数" in page and "别人" not in page

    def test_a_plan_is_set_in_the_console(self, browser, hongqi):
        desk = browser(hongqi, "secretary")
        here = f"/console/study/targets/plans/{YEAR}/"
        form = {**PLAN, "new_secretary_months": 6, "new_member_months": 12, "version": 0}
        assert desk.get(here).status_code == 200
        assert desk.post(here, {**form, "member_hours": 999}).status_code == 422
        assert desk.post(here, {}).status_code == 422
        assert desk.post(here, form)["Location"] == "/console/study/targets/plans/"
        assert "40" in desk.get("/console/study/targets/plans/").content.decode()
        assert desk.post("/console/study/targets/plans/99999/", form).status_code == 422

    def test_the_list_the_file_and_the_reminder(self, browser, hongqi, party_member, branch):
        desk = browser(hongqi, "secretary")
        page = desk.get(f"/console/study/targets/?unit={branch.pk}&order=name").content.decode()
        assert "成员甲" in page and "不作排名" in page
        assert desk.get("/console/study/targets/?unit=x&order=x&cursor=x").status_code == 200
        answer = desk.get(f"/console/study/targets/export/?unit={branch.pk}")
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
        assert [cell.value for cell in sheet[3]] == ["成员甲", "第一支部", "党员", 32, 0, 32]
        assert desk.post("/console/study/targets/remind/", {"unit": str(branch.pk)}).status_code == 302
        with tenant_scope(hongqi):
            assert Notice.objects.filter(category="study.target").count() == 1

    def test_three_people_cost_what_one_does(self, browser, hongqi, party_member, branch, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        desk = browser(hongqi, "secretary")
        desk.get("/console/study/targets/")
        with CaptureQueriesContext(connection) as one:
            desk.get("/console/study/targets/")
        with tenant_scope(hongqi):
            for name in ("乙", "丙"):
                join(kit.make_person(f"成员{name}", branch))
        with django_assert_num_queries(len(one)):
            desk.get("/console/study/targets/")

    @pytest.mark.parametrize("who", ["member", "stranger"])
    def test_others_are_turned_away(self, browser, hongqi, party_member, who):
        for path in ("", "export/", "plans/"):
            assert browser(hongqi, who).get(f"/console/study/targets/{path}").status_code in (403, 404)


class TestApi:
    def test_one_person_and_the_gap_list(self, client_for, api_key, hongqi, party_member, branch):
        with tenant_scope(hongqi):
            done = join(kit.make_person("学完的", branch))
            credit(done, "32")
        api = client_for(hongqi, key=api_key(hongqi, ["study.hours"]))
        rows = api.get("/api/v1/study/targets?min_gap=0.1&ordering=-gap_hours").json()["results"]
        assert [(row["name"], row["gap_hours"]) for row in rows] == [("成员甲", "32.0")]
        found = api.get(f"/api/v1/study/targets/{party_member.pk}").json()
        assert (found["reason"], found["target_hours"], found["duties"]) == ("党员", "32.0", [])
        assert (
            api.post("/api/v1/study/targets", data=json.dumps({}), content_type="application/json").status_code == 405
        )

    def test_another_scope_reads_nothing(self, client_for, api_key, hongqi, party_member):
        api = client_for(hongqi, key=api_key(hongqi, ["study.learn"]))
        assert api.get("/api/v1/study/targets").status_code == 403
