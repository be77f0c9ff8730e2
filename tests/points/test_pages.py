"""Pages and API of points: one's own with reasons, appeals, rules, giving by hand, flags."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta

import pytest

from jiceng.kernel.clock import local_zone, now
from jiceng.notices.models import Entry as InboxEntry
from jiceng.points import errors
from jiceng.points.models import Appeal, Entry, Flag, RuleVersion
from jiceng.points.services import appeals, flags
from jiceng.workflow.models import Todo
from tenants.context import tenant_scope
from tests.modules.study import kit as study

from . import kit

pytestmark = pytest.mark.usefixtures("points_on")


@pytest.fixture
def entry(hongqi, person):
    with tenant_scope(hongqi):
        kit.complete_course(person)
        return Entry.objects.get()


class TestPhone:
    def test_every_point_shows_its_reason(self, browser, hongqi, entry):
        page = browser(hongqi, "member").get("/points/").content.decode()
        assert "累计 5 分" in page
        assert "学完课程：条例导读" in page
        assert entry.link in page

    def test_nobody_sees_anothers(self, browser, hongqi, entry):
        assert "条例导读" not in browser(hongqi, "editor").get("/points/").content.decode()

    def test_the_rules_in_words(self, browser, hongqi):
        page = browser(hongqi, "member").get("/points/rules/").content.decode()
        assert "每次 5 分，每天最多 10 分" in page
        assert "不作为考核" in page

    def test_an_appeal_and_its_answer(self, browser, hongqi, person, entry):
        phone = browser(hongqi, "member")
        form = f"/points/appeal/?entry={entry.pk}"
        assert phone.post(form, {"text": ""}).status_code == 422
        assert phone.post(form, {"text": "这门课我没有学"}).status_code == 302
        assert phone.post(form, {"text": "再说一次"}).status_code == 409
        with tenant_scope(hongqi):
            found = Appeal.objects.get()
            assert Todo.objects.get(kind="points.appeal").url == f"/console/points/appeals/{found.pk}/"
        desk = browser(hongqi, "secretary")
        here = f"/console/points/appeals/{found.pk}/"
        assert "这门课我没有学" in desk.get(here).content.decode()
        assert desk.post(here, {"text": "已核实，收回。", "takes_back": "on"}).status_code == 302
        with tenant_scope(hongqi):
            assert kit.amounts(person) == [5, -5]
            assert Appeal.objects.get().state == "upheld"
            assert Todo.objects.get(kind="points.appeal").state == "done"
            assert InboxEntry.objects.filter(notice__category="points.appeal", user=person.user).count() == 1
        assert desk.post(here, {"text": "再答复"}).status_code == 409
        assert "已核实，收回。" in phone.get("/points/").content.decode()

    def test_a_missing_one_is_made_good(self, browser, hongqi, person):
        browser(hongqi, "member").post("/points/appeal/", {"text": "昨天的活动没有记分"})
        with tenant_scope(hongqi):
            found = Appeal.objects.get()
        here = f"/console/points/appeals/{found.pk}/"
        browser(hongqi, "secretary").post(here, {"text": "补记。", "points": "2"})
        with tenant_scope(hongqi):
            assert kit.amounts(person) == [2]

    def test_strangers_entries_cannot_be_disputed(self, hongqi, person, actors, branch, entry):
        with tenant_scope(hongqi):
            other = study.make_person("成员乙", branch, login="yi")
            with pytest.raises(errors.EntryMissing):
                appeals.appeal(entry_id=entry.pk, text="x", actor=study.actor_of(other), at=now())
            assert not Appeal.objects.exists()


class TestConsole:
    def test_giving_and_taking_back(self, browser, hongqi, person):
        desk = browser(hongqi, "secretary")
        assert "成员甲" in desk.get("/console/points/people/?q=成员").content.decode()
        form = f"/console/points/give/{person.pk}/"
        token = re.search(r'name="entry_id" value="([^"]+)"', desk.get(form).content.decode())[1]
        data = {"points": "10", "label": "获评先进", "reason": "决定 3 号", "entry_id": token}
        assert desk.post(form, {**data, "points": "999"}).status_code == 422
        for _time in range(2):
            assert desk.post(form, data).status_code == 302
        with tenant_scope(hongqi):
            assert kit.amounts(person) == [10]
            given = Entry.objects.get()
        assert "获评先进" in desk.get("/console/points/").content.decode()
        back = f"/console/points/entries/{given.pk}/take-back/"
        assert desk.post(back, {"reason": ""}).status_code == 422
        assert desk.post(back, {"reason": "登记有误"}).status_code == 302
        assert "登记有误" in desk.get("/console/points/export/").content.decode("utf-8-sig")
        with tenant_scope(hongqi):
            assert kit.amounts(person) == [10, -10]

    def test_rules_are_edited_within_bounds(self, client_for, people, hongqi):
        from jiceng.access.services import assign_role
        from tests.factories.people import PASSWORD  # noqa: F401

        with tenant_scope(hongqi):
            assign_role(user=people(hongqi).secretary, role="administrator", actor=kit.SYSTEM)
        desk = client_for(hongqi).login_as(people(hongqi).secretary)
        page = desk.get("/console/points/rules/edit/").content.decode()
        data = dict(re.findall(r'name="([^"]+\|(?:points|daily_cap|yearly_cap))"[^>]*? value="([^"]*)"', page))
        data |= dict.fromkeys(re.findall(r'name="([^"]+\|is_on)"', page), "on") | {"version": "0", "note": "试行"}
        assert desk.post("/console/points/rules/edit/", {**data, "study.course|points": "999"}).status_code == 422
        assert desk.post("/console/points/rules/edit/", {**data, "study.course|points": "7"}).status_code == 302
        with tenant_scope(hongqi):
            assert RuleVersion.objects.get().rules["study.course"]["points"] == 7
        assert "每次 7 分" in desk.get("/console/points/rules/").content.decode()
        assert desk.post("/console/points/recompute/").status_code == 302

    def test_others_cannot(self, browser, hongqi, entry):
        for who in ("member", "editor", "stranger"):
            client = browser(hongqi, who)
            for path in ("", "people/", "appeals/", "flags/", "rules/", "export/", f"entries/{entry.pk}/take-back/"):
                assert client.get(f"/console/points/{path}").status_code == 403, (who, path)

    def test_flags_ask_somebody_to_look(self, browser, hongqi, person):
        with tenant_scope(hongqi):
            day = now().astimezone(local_zone()).date()
            for number in range(6):
                kit.sign_up(person, str(uuid.uuid4()))
                kit.happen("study.lesson.completed", {
                    "lesson_id": str(uuid.uuid4()), "course_id": "c", "person_id": str(person.pk), "user_id": "",
                }, at=now() - timedelta(microseconds=number))  # fmt: skip
            before = kit.amounts(person)
            found = flags.look(day=day, at=now())
            assert flags.look(day=day, at=now()) == 0
            if found == 0:  # the minute changed between the awards
                pytest.skip("awards fell into two minutes")
            flag = Flag.objects.get()
        desk = browser(hongqi, "secretary")
        assert "一分钟内" in desk.get("/console/points/flags/").content.decode()
        assert desk.post(f"/console/points/flags/{flag.pk}/", {"note": "集中补学，属实"}).status_code == 302
        with tenant_scope(hongqi):
            assert kit.amounts(person) == before
            assert Flag.objects.get().state == "seen"


class TestApi:
    @pytest.fixture
    def api(self, client_for, api_key, hongqi):
        return client_for(hongqi, key=api_key(hongqi, ["points.manage"]))

    def test_entries_and_standings(self, api, hongqi, person, entry):
        rows = api.get(f"/api/v1/points-entries?person_id={person.pk}").json()["results"]
        assert [(row["points"], row["label"], row["is_reversed"]) for row in rows] == [(5, "学完课程：条例导读", False)]
        rows = api.get("/api/v1/points-standings?period=all").json()["results"]
        assert [(row["person_id"], row["points"]) for row in rows] == [(str(person.pk), 5)]

    def test_giving_and_reversing(self, api, hongqi, person):
        body = {"person_id": str(person.pk), "points": 10, "label": "先进", "reason": "决定"}
        send = lambda path, data: api.post(path, data=json.dumps(data), content_type="application/json")  # noqa: E731
        assert send("/api/v1/points-entries", {**body, "points": -1}).status_code == 400
        made = send("/api/v1/points-entries", body)
        assert made.status_code == 201
        back = send(f"/api/v1/points-entries/{made.json()['id']}/reverse", {"reason": "误"}).json()
        assert (back["points"], back["reverses_id"]) == (-10, made.json()["id"])
        assert send(f"/api/v1/points-entries/{made.json()['id']}/reverse", {"reason": "误"}).status_code == 409
        with tenant_scope(hongqi):
            assert kit.amounts(person) == [10, -10]
