"""Boards: closed by default, fair, by people and units; nobody is named who does not want to be."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.cache import cache

from jiceng.access.actor import Actor
from jiceng.audit.models import AuditEntry
from jiceng.events.models import OutboxMessage
from jiceng.kernel import module_settings
from jiceng.kernel.clock import local_zone, now
from modules.rankings import errors
from modules.rankings.models import ReliefChange
from modules.rankings.selectors import boards, checking, relief
from modules.rankings.services import hiding
from modules.rankings.services.relief import set_relief
from tenants.context import tenant_scope
from tests.modules.study import kit as study
from tests.points import kit

SYSTEM = kit.SYSTEM
LOOKING = Actor.anonymous(modules=frozenset({"rankings"}))
pytestmark = pytest.mark.usefixtures("points_on")


def open_boards():
    return set_relief(is_on=False, reason="支部大会决定试行一季度", actor=SYSTEM, at=now())


def month():
    return boards.span("month", now().astimezone(local_zone()).date())


def people_of(unit, *points):
    """A person for each number, with so many points."""
    made = []
    for name, number in zip("甲乙丙丁戊己庚辛", points, strict=False):
        made.append(study.make_person(f"{unit.name[1]}支{name}", unit))
        if number:
            kit.give(made[-1], number)
    return made


def tune(**values):
    latest = module_settings.latest_version("rankings")
    module_settings.write("rankings", values, expected_version=latest.version if latest else 0, changed_by="t")
    cache.clear()


@pytest.mark.usefixtures("in_hongqi")
class TestRelief:
    def test_it_is_on_from_the_beginning(self):
        assert relief.is_on()
        for call in (lambda: boards.people(month()), lambda: boards.units(month()), boards.ranked_people):
            with pytest.raises(errors.BoardsClosed):
                call()

    def test_switching_it_off_needs_a_reason(self):
        for reason in ("", "  ", "原\x00因"):
            with pytest.raises(errors.ReliefInvalid):
                set_relief(is_on=False, reason=reason, actor=SYSTEM, at=now())
        assert relief.is_on()
        open_boards()
        assert not relief.is_on()
        assert AuditEntry.objects.get(action="rankings.relief_changed").after["reason"] == "支部大会决定试行一季度"
        assert OutboxMessage.objects.get(name="rankings.relief.changed").payload["is_on"] is False
        with pytest.raises(errors.ReliefUnchanged):
            open_boards()
        set_relief(is_on=True, reason="", actor=SYSTEM, at=now())
        assert relief.is_on()
        assert ReliefChange.objects.count() == 2


@pytest.mark.usefixtures("in_hongqi")
class TestPeople:
    def test_ties_are_fair(self, branch):
        people_of(branch, 9, 5, 5, 1, 0)
        open_boards()
        assert [line.rank for line in boards.lines(month(), before=0, size=50)] == [1, 2, 2, 4]
        assert [line.rank for line in boards.lines(month(), before=2, size=50)] == [2, 4]
        assert boards.lines(month(), before=50, size=50) == []
        ranks = boards.ranked_people().filter(period="month").order_by("-points")
        assert [row.rank for row in ranks] == [1, 2, 2, 4]

    def test_who_has_left_is_not_on_it(self, branch):
        people = people_of(branch, 9, 5)
        people[0].state = "left"
        people[0].save(update_fields=("state",))
        open_boards()
        assert [row.points for row in boards.people(month())] == [5]

    def test_the_personal_board_can_be_closed_alone(self, branch):
        people_of(branch, 9, 5, 5)
        open_boards()
        tune(shows_people=False)
        with pytest.raises(errors.BoardsClosed):
            boards.people(month())
        assert len(boards.units(month())) == 1


@pytest.mark.usefixtures("in_hongqi")
class TestUnits:
    def test_by_head_and_not_by_sum(self, branch):
        """Eight people with 24 points are behind three people with 12."""
        people_of(branch, 24, 0, 0, 0, 0, 0, 0, 0)
        small = study.make_unit("第二支部")
        people_of(small, 4, 4, 4)
        people_of(study.make_unit("第三支部"), 50, 50)  # too few to be compared
        open_boards()
        lines = boards.units(month())
        assert [(line.rank, line.unit.name, float(line.figure)) for line in lines] == [
            (1, "第二支部", 4.0),
            (2, "第一支部", 3.0),
        ]

    def test_by_median(self, branch):
        people_of(branch, 30, 1, 1, 1)
        people_of(study.make_unit("第二支部"), 4, 4, 4)
        open_boards()
        tune(unit_measure="median")
        assert [(line.unit.name, float(line.figure)) for line in boards.units(month())] == [
            ("第二支部", 4.0),
            ("第一支部", 1.0),
        ]

    def test_equal_units_share_a_rank(self, branch):
        for unit in (branch, study.make_unit("第二支部"), study.make_unit("第三支部")):
            people_of(unit, 3, 3, 3 if unit != branch else 6)
        open_boards()
        assert [line.rank for line in boards.units(month())] == [1, 2, 2]

    def test_a_unit_shows_reasons_and_no_names(self, branch):
        people = people_of(branch, 5, 0, 0)
        kit.complete_course(people[1])
        open_boards()
        line, reasons = boards.unit(branch.pk, month())
        assert line.people == 3
        assert sorted(reasons) == [("学完课程", 5), ("手工登记", 5)]
        with pytest.raises(errors.UnitMissing):
            boards.unit(study.make_unit("第九支部").pk, month())

    def test_one_query_more_for_no_number_of_units(self, branch, django_assert_num_queries):
        open_boards()
        for name in ("第一支队", "第二支队", "第三支队"):
            people_of(study.make_unit(name), 1, 1, 1)
        boards.units(month())
        with django_assert_num_queries(3):
            boards.units(month())


@pytest.mark.parametrize(
    ("period", "last", "start"),
    [
        ("week", False, date(2026, 11, 23)), ("week", True, date(2026, 11, 16)), ("month", True, date(2026, 10, 1)),
        ("quarter", False, date(2026, 10, 1)), ("quarter", True, date(2026, 7, 1)), ("year", True, date(2025, 1, 1)),
        ("all", True, date(2000, 1, 1)), ("nonsense", False, date(2026, 11, 1)),
    ],
)  # fmt: skip
def test_spans(period, last, start):
    assert boards.span(period, date(2026, 11, 25), last=last).start == start


class TestPages:
    def test_relief_hides_every_rank(self, browser, hongqi, person, branch):
        with tenant_scope(hongqi):
            kit.give(person, 5)
            people_of(branch, 9, 8, 7)
        phone = browser(hongqi, "member")
        page = phone.get("/rankings/").content.decode()
        assert "减负模式" in page
        assert "5 分" in page
        for path in ("people/", "units/", f"units/{branch.pk}/"):
            answer = phone.get(f"/rankings/{path}")
            assert (answer.status_code, answer["Location"]) == (302, "/rankings/")

    def test_open_boards_and_hiding(self, browser, hongqi, person, branch):
        with tenant_scope(hongqi):
            kit.give(person, 5)
            people_of(branch, 9, 8, 7)
            open_boards()
        phone, other = browser(hongqi, "member"), browser(hongqi, "editor")
        page = other.get("/rankings/people/").content.decode()
        assert "成员甲" in page
        assert "我的名次：第 4 名，5 分" in phone.get("/rankings/people/").content.decode()
        assert "人均 7.3" in phone.get("/rankings/units/").content.decode()
        assert "手工登记" in phone.get(f"/rankings/units/{branch.pk}/").content.decode()
        assert phone.post("/rankings/hide/", {"hidden": "1"}).status_code == 302
        page = other.get("/rankings/people/").content.decode()
        assert "成员甲" not in page
        assert "不公开姓名" in page
        assert "我的名次：第 4 名" in phone.get("/rankings/people/").content.decode()
        phone.post("/rankings/hide/", {"hidden": "0"})
        assert "成员甲" in other.get("/rankings/people/").content.decode()

    def test_only_administrators_switch(self, browser, hongqi):
        for who in ("member", "editor", "stranger"):
            assert browser(hongqi, who).post("/console/rankings/relief/", {"reason": "x"}).status_code == 403
        with tenant_scope(hongqi):
            assert relief.is_on()

    def test_administrators_way(self, client_for, people, hongqi):
        from jiceng.access.services import assign_role

        user = people(hongqi).secretary
        with tenant_scope(hongqi):
            assign_role(user=user, role="administrator", actor=SYSTEM)
        desk = client_for(hongqi).login_as(user)
        assert "减负模式已开启" in desk.get("/console/rankings/").content.decode()
        assert "关闭前请确认" in desk.get("/console/rankings/relief/").content.decode()
        assert desk.post("/console/rankings/relief/", {"reason": ""}).status_code == 422
        assert desk.post("/console/rankings/relief/", {"reason": "支部大会决定"}).status_code == 302
        assert "支部大会决定" in desk.get("/console/rankings/").content.decode()
        assert "请留意" in desk.get("/console/rankings/check/").content.decode()
        assert "支部大会决定" in desk.get("/console/rankings/check/export/").content.decode("utf-8-sig")


class TestApi:
    def test_boards_are_closed_and_open(self, client_for, api_key, hongqi, person, actors):
        with tenant_scope(hongqi):
            kit.give(person, 5)
        api = client_for(hongqi, key=api_key(hongqi, ["rankings.view"]))
        answer = api.get("/api/v1/rankings/people?period=month")
        assert (answer.status_code, answer.json()["code"]) == (409, "rankings.closed")
        with tenant_scope(hongqi):
            open_boards()
        row = api.get("/api/v1/rankings/people?period=month").json()["results"][0]
        assert (row["rank"], row["name"], row["points"]) == (1, "成员甲", 5)
        with tenant_scope(hongqi):
            hiding.set_hidden(is_hidden=True, actor=actors.member, at=now())
        row = api.get("/api/v1/rankings/people?period=month").json()["results"][0]
        assert (row["person_id"], row["name"]) == (None, "")


@pytest.mark.usefixtures("in_hongqi")
def test_the_self_check_sees_what_is_open(branch):
    states = {one.ban: one.state for one in checking.findings(actor=LOOKING, at=now())}
    assert states["不设积分排名"] == "ok"
    assert states["积分不作考核依据"] == "look"
    assert states["清理长期不用的功能"] == "look"
    open_boards()
    states = {one.ban: one.state for one in checking.findings(actor=LOOKING, at=now())}
    assert states["不设积分排名"] == "look"
    assert states["清理长期不用的功能"] == "ok"
